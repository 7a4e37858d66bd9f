import type { Box, Line } from './chart.ts';
import type { Point, SizedBox } from './layout.ts';
import { cut, escaped, widthOf } from './svg-text.ts';

const LINES = 14;
const LENGTH = 40;
const PADDING = 12;
const HEAD = 40;
const LINE = 16;

/** How much room a box takes; its arrows need some too. */
export function sizeOf(
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
export function renderBox(box: Box & SizedBox & Point): string {
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
