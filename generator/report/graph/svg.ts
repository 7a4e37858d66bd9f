import { type Arrow, type Chart, chartOf } from './chart.ts';
import type { Flow } from './flow.ts';
import type { Layout, SizedBox } from './layout.ts';
import { arrowHead, renderArrows } from './svg-arrows.ts';
import { renderBox, sizeOf } from './svg-box.ts';
import { LEGEND_WIDTH, legend, STYLE } from './svg-style.ts';
import { escaped } from './svg-text.ts';

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
