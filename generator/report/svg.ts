import { layoutChart } from '#layout';
import { groupBy } from '../core/json.ts';
import { type Arrow, type Box, type BoxLine, type Chart, chartOf, type Flow } from './flow.ts';
import type { Layout, Point, SizedBox } from './layout.ts';

const MARGIN = 24;
const LEGEND_HEIGHT = 44;

/** The flows as one SVG image: no scripts, nothing from elsewhere, light or dark as the reader has it. */
export function renderSvg(flows: readonly Flow[]): string {
  const drawn = flows.map((flow, index) => renderChart(chartOf(flow, { prefix: `e${index}n` })));
  const width = Math.max(LEGEND_WIDTH, ...drawn.map(chart => chart.width)) + 2 * MARGIN;
  let y = MARGIN + LEGEND_HEIGHT;
  const placed: string[] = [];
  for (const chart of drawn) {
    placed.push(`<g transform="translate(${MARGIN} ${y})">`, chart.text, '</g>');
    y += chart.height + MARGIN;
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

/** A chart without a look of its own. */
export function renderChart({
  name,
  boxes,
  arrows,
}: Chart): Pick<Layout, 'width' | 'height'> & { readonly text: string } {
  const incoming = groupBy(arrows, ({ to }) => to);
  const outgoing = groupBy(arrows, ({ from }) => from);
  const sized = boxes.map(box => {
    const [ends, starts] = [incoming, outgoing].map(all => all.get(box.id)?.length ?? 0);
    return { ...box, ...sizeOf(box, ends ?? 0, starts ?? 0) };
  });
  // Boxes of one role are equally wide.
  const widths = new Map<string, number>();
  for (const { role, width } of sized) widths.set(role, Math.max(width, widths.get(role) ?? 0));
  const sizes = sized.map(box => ({ ...box, width: widths.get(box.role) ?? box.width }));
  const chart = sizes.length === 0 ? nothing : layoutChart(sizes, arrows);
  const top = name === '' ? 0 : 28;
  const placed = sizes.map(box => ({ ...box, ...(chart.boxes.get(box.id) ?? { x: 0, y: 0 }) }));
  const boxesById = new Map(placed.map(box => [box.id, box]));
  const columns = columnsOf(placed);
  // Arrows leave a box at its right side and reach one at its left, each at a place of its own.
  const [starts, ends] = [portsOf(arrows, boxesById, 'from'), portsOf(arrows, boxesById, 'to')];
  const drawn = arrows.flatMap((arrow, index) => {
    const [start, end] = [starts.get(arrow), ends.get(arrow)];
    if (start === undefined || end === undefined) return [];
    return arrowText(arrow, [start, ...bendsOf(chart.arrows[index] ?? [], columns), end]);
  });
  const text = [
    ...(top > 0 ? [`<text class="heading" y="14">${escaped(name)}</text>`] : []),
    `<g transform="translate(0 ${top})">`,
    ...drawn,
    ...placed.map(renderBox),
    ...(placed.length === 0 ? ['<text y="14">no Secret is made or read</text>'] : []),
    '</g>',
  ].join('\n');
  return { text, width: chart.width, height: Math.max(chart.height, 20) + top };
}

const nothing: Layout = { boxes: new Map(), arrows: [], width: 0, height: 0 };

const LINES = 14;
const LENGTH = 40;
const PADDING = 12;
const HEAD = 40;
const LINE = 16;

function sizeOf(box: Box, incoming: number, outgoing: number): Pick<SizedBox, 'width' | 'height'> {
  const lines = shortened(box.lines);
  const width = Math.max(
    120,
    widthOf(cut(box.name, LENGTH), 13),
    widthOf(kindOf(box), 10.5) + (box.mark === undefined ? 0 : widthOf(box.mark, 10.5) + 16),
    ...lines.map(({ text }) => widthOf(cut(text, LENGTH), 11)),
  );
  const height = HEAD + (lines.length === 0 ? 0 : lines.length * LINE + 8);
  return {
    width: Math.ceil(width + 2 * PADDING),
    height: Math.max(height, incoming * 14 + 6, Math.min(240, outgoing * 8)),
  };
}

function renderBox(box: Box & SizedBox & Point): string {
  const { role, name, namespace, kind, width, height, isMissing, mark, link } = box;
  const [x, y] = [round(box.x), round(box.y)];
  const full = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  const classes = [role, isMissing && 'missing', mark].filter(Boolean).join(' ');
  return [
    ...(link === undefined ? [] : [`<a href="#${link}">`]),
    `<g class="${classes}" transform="translate(${x} ${y})">`,
    `<title>${escaped([full, ...box.lines.map(({ text }) => text)].join('\n'))}</title>`,
    `<rect class="box" width="${width}" height="${height}" rx="6"/>`,
    `<rect class="edge" width="4" height="${height - 12}" y="6" rx="2"/>`,
    `<text class="kind" x="${PADDING}" y="16">${escaped(kindOf(box))}</text>`,
    ...(mark ? [`<text class="mark" x="${width - PADDING}" y="16">${mark}</text>`] : []),
    `<text class="name" x="${PADDING}" y="32">${escaped(cut(name, LENGTH))}</text>`,
    ...shortened(box.lines).map(lineText),
    '</g>',
    ...(link === undefined ? [] : ['</a>']),
  ].join('\n');
}

function kindOf({ kind, namespace }: Box): string {
  return cut(namespace === '' ? kind : `${kind} · ${namespace}`, LENGTH + 8);
}

function lineText({ text, isMissing, mark }: BoxLine, index: number): string {
  const style = isMissing ? 'line lost' : mark === undefined ? 'line' : `line ${mark}`;
  return `<text class="${style}" x="${PADDING}" y="${HEAD + 12 + index * LINE}">${escaped(cut(text, LENGTH))}</text>`;
}

function shortened(lines: readonly BoxLine[]): readonly BoxLine[] {
  if (lines.length <= LINES) return lines;
  const kept = lines.slice(0, LINES - 1);
  const lost = lines.slice(LINES - 1).some(({ isMissing }) => isMissing);
  return [...kept, { text: `… ${lines.length - kept.length} more`, isMissing: lost }];
}

/** The head of the arrows of a kind, which refer to it by this id. */
export function arrowHead(id: string): string {
  return `<marker id="${id}" class="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0.5 8 4 0 7.5z"/></marker>`;
}

type Placed = SizedBox & Point;

function portsOf(arrows: readonly Arrow[], boxes: Map<string, Placed>, side: 'from' | 'to') {
  const otherSide = side === 'from' ? 'to' : 'from';
  const middle = ({ y = 0, height = 0 }: Partial<Placed> = {}): number => y + height / 2;
  const ports = new Map<Arrow, Point>();
  for (const [id, group] of groupBy(arrows, arrow => arrow[side])) {
    const box = boxes.get(id);
    if (box === undefined) continue;
    const x = side === 'from' ? box.x + box.width : box.x;
    const gap = Math.min(16, box.height / (group.length + 1));
    const first = middle(box) - (gap * (group.length - 1)) / 2;
    const sorted = [...group].sort(
      (a, b) => middle(boxes.get(a[otherSide])) - middle(boxes.get(b[otherSide])),
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
    return [column.left - 4, column.right + 4].map(at => ({ x: at, y }));
  });
}

type Column = Readonly<Record<'left' | 'right', number>>;

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

const ENTITIES = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' };

/** Text inside an element or an attribute; what XML does not allow at all is replaced. */
export function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll(/[&<>"']/g, sign => `&${ENTITIES[sign as keyof typeof ENTITIES]};`);
}

/** About how wide a text gets, in pixels: wide scripts take twice as much. */
function widthOf(text: string, size: number): number {
  let units = 0;
  for (const character of text) units += (character.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1;
  return units * size * 0.61;
}

export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** Light and dark. */
const COLORS = {
  page: ['#ffffff', '#0d1117'],
  box: ['#f6f8fa', '#161b22'],
  line: ['#d0d7de', '#3d444d'],
  text: ['#1f2328', '#f0f6fc'],
  quiet: ['#59636e', '#9198a1'],
  bad: ['#cf222e', '#f85149'],
  missing: ['#ffebe9', '#3c1618'],
  store: ['#0969da', '#4493f8'],
  maker: ['#8250df', '#ab7df8'],
  secret: ['#bf8700', '#d29922'],
  reader: ['#1a7f37', '#3fb950'],
} as const;

function colorRules(look: 0 | 1): string {
  const { page, box, line, text, quiet, bad, missing, ...roles } = COLORS;
  return [
    `.page{fill:${page[look]}}`,
    `.box{fill:${box[look]};stroke:${line[look]}}`,
    `text{fill:${text[look]}}`,
    `.kind,.label{fill:${quiet[look]}}`,
    `.label{stroke:${page[look]}}`,
    `.arrow.good{stroke:${quiet[look]}}`,
    `marker.good path{fill:${quiet[look]}}`,
    ...Object.entries(roles).map(([role, color]) => `.${role} .edge{fill:${color[look]}}`),
    `.arrow.bad{stroke:${bad[look]}}`,
    `marker.bad path,.label.bad,.lost,.missing .line,.missing .name{fill:${bad[look]}}`,
    `.missing .edge{fill:${bad[look]}}`,
    `.missing .box{fill:${missing[look]};stroke:${bad[look]}}`,
  ].join('');
}

/** The look, light and dark, without CSS variables: not every program that shows SVG knows them. */
const STYLE: string = [
  'text{font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;font-size:12px}',
  '.heading{font-size:18px;font-weight:600}',
  '.kind{font-size:10.5px}',
  '.name{font-size:13px;font-weight:600}',
  '.line{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:11px}',
  '.label{font-size:10px;text-anchor:end;paint-order:stroke;stroke-width:3px}',
  '.arrow{fill:none;stroke-width:1.3}',
  '.arrow.bad,.missing .box{stroke-dasharray:5 3}',
  colorRules(0),
  `@media (prefers-color-scheme:dark){${colorRules(1)}}`,
].join('');

const ENTRIES = [
  ['store', 'store'],
  ['maker', 'makes the Secret'],
  ['secret', 'Secret and its keys'],
  ['reader', 'reads it'],
  ['secret missing', 'missing: nothing makes it, or not this key'],
] as const;

const STEP = 165;

const LEGEND_WIDTH: number = ENTRIES.length * STEP + 90;

function legend(): string {
  return ENTRIES.map(([style, text], index) => {
    const box =
      '<rect class="box" width="26" height="18" rx="4"/><rect class="edge" x="0" y="3" width="4" height="12" rx="2"/>';
    return `<g class="${style}" transform="translate(${index * STEP} 0)">${box}<text x="34" y="13">${text}</text></g>`;
  }).join('');
}
