import { groupBy } from '../../ground/group-by.ts';
import type { Arrow } from './chart.ts';
import type { Point, SizedBox } from './layout.ts';
import { escaped } from './svg-text.ts';

/** The head that arrows of a kind refer to by this id. */
export function arrowHead(id: string): string {
  return `<marker id="${id}" class="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker>`;
}

/** A box that has its place. */
export type Placed = SizedBox & Point;

/** Arrows leave a box at its right side and reach one at its left, each at a place of its own. */
export function renderArrows(
  arrows: readonly Arrow[],
  ways: readonly (readonly Point[])[],
  placed: readonly Placed[],
): string[] {
  const boxes = new Map(placed.map(box => [box.id, box]));
  const columns = columnsOf(placed);
  const starts = portsOf(arrows, boxes, 'from');
  const ends = portsOf(arrows, boxes, 'to');
  return arrows.map((arrow, index) => {
    const [start, end] = [starts.get(arrow), ends.get(arrow)];
    if (start === undefined || end === undefined) return '';
    return arrowText(arrow, [start, ...bendsOf(ways[index] ?? [], columns), end]);
  });
}

/** Where arrows meet a side of their boxes, in the order of their other ends. */
function portsOf(
  arrows: readonly Arrow[],
  boxes: ReadonlyMap<string, Placed>,
  side: 'from' | 'to',
): Map<Arrow, Point> {
  const other = side === 'from' ? 'to' : 'from';
  const middle = ({ y = 0, height = 0 }: Partial<Placed> = {}): number => y + height / 2;
  const ports = new Map<Arrow, Point>();
  for (const [id, group] of groupBy(arrows, arrow => arrow[side])) {
    const box = boxes.get(id);
    if (box === undefined) continue;
    const x = side === 'from' ? box.x + box.width : box.x;
    const gap = Math.min(16, box.height / (group.length + 1));
    const first = middle(box) - (gap * (group.length - 1)) / 2;
    const sorted = [...group].sort(
      (a, b) => middle(boxes.get(a[other])) - middle(boxes.get(b[other])),
    );
    for (const [index, arrow] of sorted.entries()) ports.set(arrow, { x, y: first + gap * index });
  }
  return ports;
}

/** An arrow that passes a column goes straight through it, between the boxes. */
function bendsOf(way: readonly Point[], columns: readonly Column[]): Point[] {
  return way.slice(1, -1).flatMap(({ x, y }) => {
    const column = columns.find(({ left, right }) => left <= x && x <= right);
    if (column === undefined) return [];
    return [
      { x: column.left - 4, y },
      { x: column.right + 4, y },
    ];
  });
}

/** From where to where boxes stand. */
interface Column {
  readonly left: number;
  readonly right: number;
}

function columnsOf(placed: readonly Placed[]): Column[] {
  const columns: Column[] = [];
  for (const { x, width } of [...placed].sort((a, b) => a.x - b.x)) {
    const last = columns.at(-1);
    if (last === undefined || x > last.right) columns.push({ left: x, right: x + width });
    else columns.splice(-1, 1, { ...last, right: Math.max(last.right, x + width) });
  }
  return columns;
}

function arrowText({ label, isMissing, mark }: Arrow, points: readonly Point[]): string {
  const [start = { x: 0, y: 0 }, ...rest] = points;
  let before = start;
  const curves = rest.map(point => {
    const middle = round((before.x + point.x) / 2);
    const curve = `C${middle} ${round(before.y)} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
    return curve;
  });
  const kind = isMissing ? 'bad' : (mark ?? 'good');
  const path = `<path class="arrow ${kind}" marker-end="url(#${kind})" d="M${round(start.x)} ${round(start.y)}${curves.join('')}"/>`;
  if (label === '') return path;
  const at = `x="${round(before.x - 10)}" y="${round(before.y - 3)}"`;
  return `${path}<text class="label ${kind}" ${at}>${escaped(label)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
