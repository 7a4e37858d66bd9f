import { groupBy } from '../../source/group-by.ts';
import { type Arrow, type Chart, chartOf } from './chart.ts';
import type { Flow } from './flow.ts';
import type { Layout, Point, SizedBox } from './layout.ts';
import { renderBox, sizeOf } from './svg-box.ts';
import { LEGEND_WIDTH, legend, STYLE } from './svg-style.ts';
import { escaped } from './svg-text.ts';

/** What places boxes and arrows. */
export type LayoutOf = (boxes: readonly SizedBox[], arrows: readonly Arrow[]) => Layout;

interface Part {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

const MARGIN = 24;
const LEGEND_HEIGHT = 44;

/** The flows as one SVG image: no scripts, nothing from elsewhere, light or dark as the reader has it. */
export function renderSvg(flows: readonly Flow[], layoutOf: LayoutOf): string {
  const parts = flows.map((flow, index) => partOf(chartOf(flow, `e${index}n`), layoutOf));
  const width = Math.max(LEGEND_WIDTH, ...parts.map(part => part.width)) + 2 * MARGIN;
  let y = MARGIN + LEGEND_HEIGHT;
  const placed: string[] = [];
  for (const part of parts) {
    placed.push(`<g transform="translate(${MARGIN} ${y})">`, part.text, '</g>');
    y += part.height + MARGIN;
  }
  const [w, h] = [Math.ceil(width), Math.ceil(y)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img">`,
    '<title>Where Secrets come from and who reads them</title>',
    `<style>${STYLE}</style>`,
    '<defs>',
    ...['good', 'bad'].map(arrowHead),
    '</defs>',
    `<rect class="page" width="${w}" height="${h}"/>`,
    `<g transform="translate(${MARGIN} ${MARGIN})">${legend()}</g>`,
    ...placed,
    '</svg>\n',
  ].join('\n');
}

function arrowHead(id: string): string {
  return `<marker id="${id}" class="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker>`;
}

function partOf({ name, boxes, arrows }: Chart, layoutOf: LayoutOf): Part {
  const ports = { in: counts(arrows, 'to'), out: counts(arrows, 'from') };
  const sizes = inColumns(
    boxes.map(box => ({
      ...box,
      ...sizeOf(box, { in: ports.in.get(box.id) ?? 0, out: ports.out.get(box.id) ?? 0 }),
    })),
  );
  const {
    boxes: places,
    arrows: ways,
    width,
    height,
  } = sizes.length === 0 ? nothing : layoutOf(sizes, arrows);
  const top = name === '' ? 0 : 28;
  const placed = sizes.map(box => ({ ...box, ...(places.get(box.id) ?? { x: 0, y: 0 }) }));
  const text = [
    ...(top > 0 ? [`<text class="heading" y="14">${escaped(name)}</text>`] : []),
    `<g transform="translate(0 ${top})">`,
    ...arrowsOf(arrows, ways, placed),
    ...placed.map(renderBox),
    ...(placed.length === 0 ? ['<text y="14">no Secret is made or read</text>'] : []),
    '</g>',
  ].join('\n');
  return { text, width, height: Math.max(height, 20) + top };
}

const nothing: Layout = { boxes: new Map(), arrows: [], width: 0, height: 0 };

/** Boxes of one role are equally wide. */
function inColumns<T extends SizedBox>(boxes: readonly T[]): T[] {
  const widths = new Map<string, number>();
  for (const { role, width } of boxes) widths.set(role, Math.max(width, widths.get(role) ?? 0));
  return boxes.map(box => ({ ...box, width: widths.get(box.role) ?? box.width }));
}

function counts(arrows: readonly Arrow[], end: 'from' | 'to'): Map<string, number> {
  const found = new Map<string, number>();
  for (const arrow of arrows) found.set(arrow[end], (found.get(arrow[end]) ?? 0) + 1);
  return found;
}

type Placed = SizedBox & Point;

/** Arrows leave a box at its right side and reach one at its left, each at a place of its own. */
function arrowsOf(
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

function arrowText({ label, isMissing }: Arrow, points: readonly Point[]): string {
  const [start = { x: 0, y: 0 }, ...rest] = points;
  let before = start;
  const curves = rest.map(point => {
    const middle = round((before.x + point.x) / 2);
    const curve = `C${middle} ${round(before.y)} ${middle} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
    return curve;
  });
  const kind = isMissing ? 'bad' : 'good';
  const path = `<path class="arrow ${kind}" marker-end="url(#${kind})" d="M${round(start.x)} ${round(start.y)}${curves.join('')}"/>`;
  if (label === '') return path;
  const at = `x="${round(before.x - 10)}" y="${round(before.y - 3)}"`;
  return `${path}<text class="label ${kind}" ${at}>${escaped(label)}</text>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
