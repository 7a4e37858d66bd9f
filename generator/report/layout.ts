import { Graph, layout } from '@dagrejs/dagre';
import { oncePerText } from '../core/once.ts';
import type { Arrow, Role } from './flow.ts';

export interface SizedBox {
  readonly id: string;
  readonly role: Role;
  readonly width: number;
  readonly height: number;
}

/** The upper left corners of boxes by id, the points of each arrow, and the size of the whole chart. */
export interface Layout {
  readonly boxes: ReadonlyMap<string, Point>;
  readonly arrows: readonly (readonly Point[])[];
  readonly width: number;
  readonly height: number;
}

export type Point = Readonly<Record<'x' | 'y', number>>;

const COLUMNS: Readonly<Record<Role, number>> = { store: 0, maker: 1, secret: 2, reader: 3 };

/** Boxes in columns, with few crossings, by dagre. Only `graph` loads this file, as a script of its own. */
export function layoutChart(boxes: readonly SizedBox[], arrows: readonly Arrow[]): Layout {
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: 'LR', ranker: inColumns(boxes), nodesep: 10, ranksep: 90, edgesep: 6 });
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const { from, to } of arrows) graph.setEdge(from, to, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const corners = boxes.map((box): [string, Point] => {
    const { x, y } = graph.node(box.id);
    return [box.id, { x: x - box.width / 2, y: y - box.height / 2 }];
  });
  const ways = arrows.map(({ from, to }) =>
    graph.edge(from, to).points.map(({ x, y }: Point) => ({ x, y })),
  );
  return { boxes: new Map(corners), arrows: ways, width, height };
}

/** Each box is in its role's column, or left of the box it leads to. dagre counts columns in halves. */
function inColumns(boxes: readonly SizedBox[]): (graph: Graph) => void {
  const columns = new Map(boxes.map(({ id, role }) => [id, 2 * COLUMNS[role]]));
  return graph => {
    const rankOf: (id: string) => number = oncePerText(id => {
      const next = (graph.outEdges(id) ?? []).map((edge: { readonly w: string }) => {
        const { minlen = 1 } = graph.edge(edge);
        return rankOf(edge.w) - minlen;
      });
      return Math.min(columns.get(id) ?? 2 * COLUMNS.reader, ...next);
    });
    for (const id of graph.nodes()) graph.node(id).rank = rankOf(id);
  };
}
