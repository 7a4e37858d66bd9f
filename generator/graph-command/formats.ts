import { page } from '#graph/page';
import { layoutChart } from '#layout';
import type { ObjectName } from '../core/finding.ts';
import { groupBy } from '../core/json.ts';
import { RELOAD_LABEL } from '../kinds/cnpg/group.ts';
import {
  type Box,
  type Chart,
  chartOf,
  type Flow,
  type FlowMaker,
  type FlowReader,
  type FlowSecret,
  type Line,
  type Role,
} from '../report/flow.ts';
import type { Formats } from '../report/format.ts';
import {
  arrowHead,
  escaped as escapedFromSvgText,
  type LayoutOf,
  renderChart,
  renderSvg,
} from '../report/svg.ts';
import { type Cell, jsonText, nameText, shownLines, tableText, wrap } from '../report/text.ts';

const SHAPES: Readonly<Record<Role, string>> = {
  store: 'cylinder',
  maker: 'box',
  secret: 'note',
  reader: 'component',
};

/** The flows as a Graphviz digraph: `| dot -Tsvg`. */
function renderDot(flows: readonly Flow[]): string {
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

/** The flows for programs, the fields of `Flow` as they are. */
function renderFlowJson(flows: readonly Flow[]): string {
  return jsonText({ flows });
}

/** How many lines a box shows: GitHub draws a chart no wider than the page. */
const LINES = 8;

/** The outlines: a store is a cylinder, a Secret a box, a reader round. */
const MERMAID_SHAPES: Readonly<Record<Role, readonly [open: string, close: string]>> = {
  store: ['[(', ')]'],
  maker: ['[', ']'],
  secret: ['[[', ']]'],
  reader: ['([', '])'],
};

/** The flows as a Mermaid flowchart, which GitHub draws where Markdown has it in a `mermaid` fence. */
function renderMermaid(flows: readonly Flow[]): string {
  const charts = flows.map((flow, index) => chartOf(flow, flows.length > 1 ? `e${index}n` : 'n'));
  const lines = charts.length === 1 ? charts.flatMap(bodyOfMermaid) : charts.flatMap(subgraphOf);
  const styles = [
    'classDef missing fill:#fdd,stroke:#c00,color:#900',
    'classDef secret stroke-width:2px',
  ];
  return `${['flowchart LR', ...[...lines, ...styles].map(line => `  ${line}`)].join('\n')}\n`;
}

function subgraphOf(chart: Chart, index: number): string[] {
  const body = bodyOfMermaid(chart).map(line => `  ${line}`);
  return [`subgraph e${index}["${escaped(chart.name)}"]`, ...body, 'end'];
}

function bodyOfMermaid({ boxes, arrows }: Chart): string[] {
  return [
    ...boxes.map(boxLineOfMermaid),
    ...arrows.map(({ from, to, label, isMissing }) => {
      const line = isMissing ? '-.->' : '-->';
      return label === '' ? `${from} ${line} ${to}` : `${from} ${line}|"${escaped(label)}"| ${to}`;
    }),
  ];
}

function boxLineOfMermaid({ id, role, kind, namespace, name, lines, isMissing }: Box): string {
  const [open, close] = MERMAID_SHAPES[role];
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

const HEAD = ['SECRET', 'KEYS', 'MAKER', 'STORE AND REMOTE KEY', 'REFRESH', 'READERS', 'RESTARTS'];

/** How wide a cell with a list of keys gets. */
const WIDTH = 32;

/** The flows as a table for people. */
function renderTable(flows: readonly Flow[]): string {
  return flows.map(renderFlow).join('\n');
}

function renderFlow({ name, secrets }: Flow): string {
  const title = name === '' ? '' : `${name}\n`;
  if (secrets.length === 0) return `${title}no Secret is made or read\n`;
  return title + tableText(HEAD, secrets.map(rowOf));
}

function rowOf(secret: FlowSecret): Cell[] {
  const { namespace, name, makers, readers } = secret;
  // A maker's first line stands beside the first of its sources.
  const made = makers.flatMap(maker => makerLines(maker, namespace));
  return [
    [nameText({ namespace, name })],
    keyLines(secret),
    made.length === 0 ? [WITHOUT_MAKER[secret.state]] : made.map(([maker]) => maker),
    made.map(([, source]) => source),
    made.map(([, , refresh]) => refresh),
    readers.length === 0 ? ['nothing'] : readers.map(reader => readerLine(reader, namespace)),
    readers.map(({ pickup }) => PICKUPS[pickup]),
  ];
}

const WITHOUT_MAKER: Readonly<Record<FlowSecret['state'], string>> = {
  made: '',
  outside: 'outside',
  missing: 'MISSING',
  optional: 'none (optional)',
};

const PICKUPS: Readonly<Record<FlowReader['pickup'], string>> = {
  reloader: 'Reloader',
  files: 'files change',
  'next run': 'next run',
  'reload label': RELOAD_LABEL,
  'at use': '-',
  never: 'by hand',
};

/** Missing keys are marked. */
function keyLines({ keys, isOpen, missingKeys }: FlowSecret): string[] {
  const missing = missingKeys.map(key => `${key} (MISSING)`);
  return wrap([...keys, ...(isOpen ? ['…'] : []), ...missing], WIDTH);
}

type MakerLine = readonly [maker: string, source: string, refresh: string];

function makerLines({ refresh, sources, ...maker }: FlowMaker, namespace: string): MakerLine[] {
  const lines = sources.flatMap(({ remoteKeys: [key, ...rest], ...store }) => {
    const name = objectText(store, namespace);
    return [key === undefined ? name : `${name}: ${key}`, ...rest.map(other => `  ${other}`)];
  });
  const [first = '', ...rest] = lines;
  const head: MakerLine = [objectText(maker, namespace), first, refresh ?? ''];
  return [head, ...rest.map((line): MakerLine => ['', line, ''])];
}

function readerLine({ how, keys, pickup: _, ...reader }: FlowReader, namespace: string): string {
  const list = keys?.join(', ') ?? '';
  const named = list.length > WIDTH ? `${keys?.length} keys` : list;
  const part = keys === undefined ? how.join(', ') : `${how.join(', ')}: ${named}`;
  return `${objectText(reader, namespace)} (${part})`;
}

/** `Kind/name`, with the namespace where it is another one than the Secret's. */
function objectText({ kind, namespace: own, name }: ObjectName, namespace: string): string {
  return own === undefined || own === namespace ? `${kind}/${name}` : `${kind}/${own}/${name}`;
}

/** `graph --output`. */
export const graphFormats: Formats<readonly Flow[]> = {
  table: { render: renderTable },
  json: { render: renderFlowJson },
  mermaid: { render: renderMermaid },
  dot: { render: renderDot },
  svg: { render: flows => renderSvg(flows, layoutChart) },
  html: { render: flows => renderFlowHtml(flows, layoutChart) },
};

/**
 * The flows as one page of HTML that needs nothing else, for a whole world: a chart for each Secret,
 * folded, and a search over all names. Without scripts all is there to read.
 */
export function renderFlowHtml(flows: readonly Flow[], layoutOf: LayoutOf): string {
  return page.render(pageOf(flows, layoutOf), value =>
    escapedFromSvgText(shownLines(String(value))),
  );
}

/**
 * What the templates show; names may be shown as they are, and nothing is escaped yet. The build names it as the type of the compiled page.
 * @public
 */
export interface Page {
  readonly secrets: number;
  /** Of those, how many nothing makes though they are read, or lack a key. */
  readonly missing: number;
  readonly flows: readonly FlowSection[];
  readonly arrowHeads: string;
}

/** An environment, or the cluster that a world is. */
interface FlowSection {
  readonly name: string;
  readonly namespaces: readonly {
    readonly name: string;
    readonly missing: number;
    readonly secrets: readonly SecretChart[];
  }[];
}

/** A Secret with all that makes it and reads it, drawn. */
interface SecretChart {
  readonly name: string;
  /** In words: `3 keys, 2 readers`. */
  readonly summary: string;
  readonly isMissing: boolean;
  /** Every name in it, in small letters: what the search looks at. */
  readonly words: string;
  /** What goes inside of an `<svg>`. */
  readonly image: string;
  readonly width: number;
  readonly height: number;
}

/** The flows of a world as the page shows them: by environment, by namespace, by Secret. */
function pageOf(flows: readonly Flow[], layoutOf: LayoutOf): Page {
  const all = flows.flatMap(({ secrets }) => secrets);
  return {
    secrets: all.length,
    missing: all.filter(isMissing).length,
    flows: flows.map(({ name, secrets }) => ({
      name,
      namespaces: [...groupBy(secrets, ({ namespace }) => namespace)].map(([namespace, own]) => ({
        name: namespace,
        missing: own.filter(isMissing).length,
        secrets: own.map(secret => secretChart(secret, layoutOf)),
      })),
    })),
    arrowHeads: ['good', 'bad'].map(arrowHead).join(''),
  };
}

/** Nothing makes it and it is read, or it lacks a key that is. */
function isMissing({ state, missingKeys }: FlowSecret): boolean {
  return state === 'missing' || missingKeys.length > 0;
}

function secretChart(secret: FlowSecret, layoutOf: LayoutOf): SecretChart {
  const { text, width, height } = renderChart(chartOf({ name: '', secrets: [secret] }), layoutOf);
  return {
    name: secret.name,
    summary: summaryOf(secret),
    isMissing: isMissing(secret),
    words: [...new Set(wordsOf(secret))].join(' ').toLowerCase(),
    image: text,
    width: Math.ceil(width) + 2,
    height: Math.ceil(height) + 2,
  };
}

const STATES: Readonly<Record<FlowSecret['state'], string>> = {
  made: '',
  outside: 'from outside',
  missing: 'nothing makes it',
  optional: 'nothing makes it, all can do without',
};

function summaryOf({ state, keys, isOpen, missingKeys, readers }: FlowSecret): string {
  const lacks = missingKeys.length === 0 ? [] : [`lacks ${missingKeys.join(', ')}`];
  const count = isOpen ? [] : [keys.length === 1 ? '1 key' : `${keys.length} keys`];
  const read = readers.length === 0 ? 'read by nothing' : `read by ${readers.length}`;
  const made = state === 'made' ? count : [STATES[state]];
  return [...made, ...lacks, read].join(', ');
}

function wordsOf({ namespace, name, keys, missingKeys, makers, readers }: FlowSecret): string[] {
  const sources = makers.flatMap(maker => maker.sources);
  const objects = [...makers, ...readers, ...sources];
  return [
    namespace,
    name,
    ...keys,
    ...missingKeys,
    ...objects.flatMap(object => [object.kind, object.name]),
    ...sources.flatMap(({ remoteKeys }) => remoteKeys),
  ];
}
