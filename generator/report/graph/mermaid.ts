import { nameText } from '../text.ts';
import { type Box, type Chart, chartOf, type Line, type Role } from './chart.ts';
import type { Flow } from './flow.ts';

/** How many lines a box shows: GitHub draws a chart no wider than the page. */
const LINES = 8;

/** The outlines: a store is a cylinder, a Secret a box, a reader round. */
const SHAPES: Readonly<Record<Role, readonly [open: string, close: string]>> = {
  store: ['[(', ')]'],
  maker: ['[', ']'],
  secret: ['[[', ']]'],
  reader: ['([', '])'],
};

/** The flows as a Mermaid flowchart, which GitHub draws where Markdown has it in a `mermaid` fence. */
export function renderMermaid(flows: readonly Flow[]): string {
  const charts = flows.map((flow, index) => chartOf(flow, flows.length > 1 ? `e${index}n` : 'n'));
  const lines = charts.length === 1 ? charts.flatMap(bodyOf) : charts.flatMap(subgraphOf);
  const styles = [
    'classDef missing fill:#fdd,stroke:#c00,color:#900',
    'classDef secret stroke-width:2px',
  ];
  return `${['flowchart LR', ...[...lines, ...styles].map(line => `  ${line}`)].join('\n')}\n`;
}

function subgraphOf(chart: Chart, index: number): string[] {
  const body = bodyOf(chart).map(line => `  ${line}`);
  return [`subgraph e${index}["${escaped(chart.name)}"]`, ...body, 'end'];
}

function bodyOf({ boxes, arrows }: Chart): string[] {
  return [
    ...boxes.map(boxLine),
    ...arrows.map(({ from, to, label, isMissing }) => {
      const line = isMissing ? '-.->' : '-->';
      return label === '' ? `${from} ${line} ${to}` : `${from} ${line}|"${escaped(label)}"| ${to}`;
    }),
  ];
}

function boxLine({ id, role, kind, namespace, name, lines, isMissing }: Box): string {
  const [open, close] = SHAPES[role];
  const title = `<b>${escaped(nameText({ namespace, name }))}</b>`;
  const text = [escaped(kind), title, ...shortened(lines).map(line => escaped(line.text))].join(
    '<br/>',
  );
  const style = isMissing ? ':::missing' : role === 'secret' ? ':::secret' : '';
  return `${id}${open}"${text}"${close}${style}`;
}

function shortened(lines: readonly Line[]): readonly Line[] {
  if (lines.length <= LINES) return lines;
  const rest = { text: `… ${lines.length - LINES + 1} more`, isMissing: false };
  return [...lines.slice(0, LINES - 1), rest];
}

/** Entities, as Mermaid writes them, for all that HTML, Markdown or Mermaid would read as its own. */
function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ./:,…()-]/gu, character => `#${character.codePointAt(0)};`);
}
