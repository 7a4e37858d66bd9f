import { type Arrow, type Box, type Chart, chartOf, type Line } from './chart.ts';
import type { Flow } from './flow.ts';
import type { Layout, Point, SizedBox } from './layout.ts';
import { arrowHead, renderArrows } from './svg-arrows.ts';
import { LEGEND_WIDTH, legend, STYLE } from './svg-style.ts';
import { cut, escaped, widthOf } from './svg-text.ts';

/** What places boxes and arrows. */
export type LayoutOf = (boxes: readonly SizedBox[], arrows: readonly Arrow[]) => Layout;

/** A chart, drawn: what goes inside of an `<svg>`, and how large it is. */
interface DrawnChart {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

const MARGIN = 24;
const LEGEND_HEIGHT = 44;

/** The flows as one SVG image: no scripts, nothing from elsewhere, light or dark as the reader has it. */
export function renderSvg(flows: readonly Flow[], layoutOf: LayoutOf): string {
  const drawn = flows.map((flow, index) => renderChart(chartOf(flow, `e${index}n`), layoutOf));
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
export function renderChart({ name, boxes, arrows }: Chart, layoutOf: LayoutOf): DrawnChart {
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
    ...renderArrows(arrows, ways, placed),
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

const LINES = 14;
const LENGTH = 40;
const PADDING = 12;
const HEAD = 40;
const LINE = 16;

/** How much room a box takes; its arrows need some too. */
function sizeOf(
  box: Box,
  arrows: { readonly in: number; readonly out: number },
): { readonly width: number; readonly height: number } {
  const lines = shortened(box.lines);
  const width = Math.max(
    120,
    widthOf(cut(box.name, LENGTH), 13),
    widthOf(kindOf(box), 10.5) + (box.mark === undefined ? 0 : widthOf(box.mark, 10.5) + 16),
    ...lines.map(({ text }) => widthOf(cut(text, LENGTH), 11)),
  );
  const own = HEAD + (lines.length === 0 ? 0 : lines.length * LINE + 8);
  return {
    width: Math.ceil(width + 2 * PADDING),
    height: Math.max(own, arrows.in * 14 + 6, Math.min(240, arrows.out * 8)),
  };
}

/** A box with a coloured edge, its kind, its name and its lines; the title has what was cut. */
function renderBox(box: Box & SizedBox & Point): string {
  const { role, name, namespace, kind, width, height, isMissing, mark } = box;
  const [x, y] = [Math.round(box.x * 10) / 10, Math.round(box.y * 10) / 10];
  const full = `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
  return [
    `<g class="${[role, ...(isMissing ? ['missing'] : []), ...(mark === undefined ? [] : [mark])].join(' ')}" transform="translate(${x} ${y})">`,
    `<title>${escaped([full, ...box.lines.map(({ text }) => text)].join('\n'))}</title>`,
    `<rect class="box" width="${width}" height="${height}" rx="6"/>`,
    `<rect class="edge" width="4" height="${height - 12}" y="6" rx="2"/>`,
    `<text class="kind" x="${PADDING}" y="16">${escaped(kindOf(box))}</text>`,
    ...(mark === undefined
      ? []
      : [`<text class="mark" x="${width - PADDING}" y="16">${mark}</text>`]),
    `<text class="name" x="${PADDING}" y="32">${escaped(cut(name, LENGTH))}</text>`,
    ...shortened(box.lines).map(lineText),
    '</g>',
  ].join('\n');
}

function kindOf({ kind, namespace }: Box): string {
  return cut(namespace === '' ? kind : `${kind} · ${namespace}`, LENGTH + 8);
}

function lineText({ text, isMissing, mark }: Line, index: number): string {
  const style = isMissing ? 'line lost' : mark === undefined ? 'line' : `line ${mark}`;
  return `<text class="${style}" x="${PADDING}" y="${HEAD + 12 + index * LINE}">${escaped(cut(text, LENGTH))}</text>`;
}

function shortened(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= LINES) return lines;
  const kept = lines.slice(0, LINES - 1);
  const lost = lines.slice(LINES - 1).some(({ isMissing }) => isMissing);
  return [...kept, { text: `… ${lines.length - kept.length} more`, isMissing: lost }];
}
