import { nameText } from '../text.ts';
import { type Box, type Chart, chartOf, type Role } from './chart.ts';
import type { Flow } from './flow.ts';

const SHAPES: Readonly<Record<Role, string>> = {
  store: 'cylinder',
  maker: 'box',
  secret: 'note',
  reader: 'component',
};

/** The flows as a Graphviz digraph: `| dot -Tsvg`. */
export function renderDot(flows: readonly Flow[]): string {
  const charts = flows.map((flow, index) => chartOf(flow, flows.length > 1 ? `e${index}n` : 'n'));
  const head = [
    'rankdir=LR;',
    'node [fontname="Helvetica", fontsize=11];',
    'edge [fontname="Helvetica", fontsize=9];',
  ];
  const lines = charts.length === 1 ? charts.flatMap(bodyOf) : charts.flatMap(clusterOf);
  return `${['digraph secrets {', ...[...head, ...lines].map(line => `  ${line}`), '}'].join('\n')}\n`;
}

function clusterOf(chart: Chart, index: number): string[] {
  const body = [`label=${quoted(chart.name)};`, ...bodyOf(chart)].map(line => `  ${line}`);
  return [`subgraph cluster_${index} {`, ...body, '}'];
}

function bodyOf({ boxes, arrows }: Chart): string[] {
  return [
    ...boxes.map(boxLine),
    ...arrows.map(({ from, to, label, isMissing }) => {
      const color = isMissing ? ', color=red, style=dashed' : '';
      return `${from} -> ${to} [label=${quoted(label)}${color}];`;
    }),
  ];
}

function boxLine({ id, role, kind, namespace, name, lines, isMissing }: Box): string {
  const title = nameText({ namespace, name });
  const more = lines.map(({ text }) => text);
  const color = isMissing ? ', color=red, fontcolor=red' : '';
  return `${id} [shape=${SHAPES[role]}, label=${quoted([kind, title, ...more].join('\n'))}${color}];`;
}

/** A string of DOT; its labels know `\\n` and the like, so a backslash is doubled. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}
