import { page } from '#graph/page';
import type { Host } from '../core/host.ts';
import { groupBy } from '../core/json.ts';
import { graphOf } from '../graph/graph.ts';
import { RELOAD_LABEL } from '../kinds/cnpg/group.ts';
import { type Formats, findingFormats } from '../report/finding.ts';
import type { Box, Chart, Flow, FlowMaker, FlowReader, FlowSecret, Role } from '../report/flow.ts';
import { chartOf, flowOf, STATES } from '../report/flow.ts';
import { arrowHead, escaped as escapedXml, renderChart, renderSvg } from '../report/svg.ts';
import {
  type Cell,
  firstAnd,
  jsonText,
  nameText,
  pathText,
  shownLines,
  tableText,
  wrap,
} from '../report/text.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { manifestsAt } from '../shell/command-input.ts';
import { type AllowedFlags, allowedFor, type ManifestFlags, withFlags } from '../shell/flags.ts';
import { withKept } from '../shell/kept.ts';
import { printReport, tellUnseen, unseenIn } from '../shell/print.ts';
import { objectsOf, shownObjects, shownSources } from '../world/object-set.ts';
import type { Allowed } from '../world/programs.ts';

type GraphFlags = AllowedFlags & Omit<ManifestFlags, keyof Allowed> & { readonly output: string };

export const graphCommand: CommandLine<GraphFlags> = {
  name: 'graph',
  description: 'show where Secrets come from and who reads them',
  examples: [
    ['graph -e prod', 'as a table'],
    ['graph . -o svg >secrets.svg', 'as a picture, of manifests of anybody'],
    ['graph . -o html >secrets.html', 'as a page with a search, for a whole repository'],
    ['graph . -o mermaid', 'for a page in Markdown'],
  ],
  define: (command, run) =>
    withFlags(command, 'paths', 'overlay', 'namespace', 'root', 'noCache', 'helm', 'remote')
      .option('-o, --output <format>', 'how the flow is shown', 'table')
      .action((paths, flags) => run({ ...flags, paths })),
};

export const graphFormats: Formats<readonly Flow[]> = {
  table: flows => flows.map(renderFlow).join('\n'),
  json: flows => jsonText({ flows }),
  mermaid: flows => renderCharts(flows, MERMAID),
  dot: flows => renderCharts(flows, DOT),
  svg: renderSvg,
  html: renderFlowHtml,
};

export const graph: Action<GraphFlags> = {
  run: (options, host) => printFlow(options, withKept(host, options)),
  formats: findingFormats,
  outputs: graphFormats,
};

async function printFlow({ helm, ...options }: GraphFlags & CommonOptions, host: Host) {
  const allowed = await allowedFor({ ...options, ...(helm !== undefined && { helm }) }, host);
  const looked = await manifestsAt({ ...options, ...allowed }, host);
  if (typeof looked === 'number') return looked;
  const flows = looked.sets.map(set => {
    const objects = new Set(shownObjects(set));
    return flowOf(graphOf(objectsOf(set)), { name: set.unit?.name, objects });
  });
  printReport(graphFormats, options.output, flows, host);
  return tellUnseen(unseenIn(looked.sets.flatMap(shownSources)), host, 'not shown');
}

/** How charts are written in a language for diagrams; of several each is a group. */
interface Notation {
  readonly begin: readonly string[];
  readonly end: readonly string[];
  readonly group: (name: string, index: number) => readonly [begin: readonly string[], end: string];
  readonly box: (box: Box) => string;
  readonly arrow: (arrow: Chart['arrows'][number]) => string;
}

function renderCharts(flows: readonly Flow[], notation: Notation): string {
  const { begin, end, group, box, arrow } = notation;
  const indented = (lines: readonly string[]): string[] => lines.map(line => `  ${line}`);
  const bodies = flows.map((flow, index) => {
    const chart = chartOf(flow, { prefix: flows.length > 1 ? `e${index}n` : 'n' });
    const lines = [...chart.boxes.map(box), ...chart.arrows.map(arrow)];
    if (flows.length === 1) return lines;
    const [first, last] = group(chart.name, index);
    return [...first, ...indented(lines), last];
  });
  return `${[...begin, ...indented(bodies.flat()), ...end].join('\n')}\n`;
}

const DOT: Notation = {
  begin: [
    'digraph secrets {',
    '  rankdir=LR;',
    '  node [fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=9];',
  ],
  end: ['}'],
  group: (name, index) => [[`subgraph cluster_${index} {`, `  label=${quoted(name)};`], '}'],
  box: ({ id, role, kind, namespace, name, lines, isMissing }) => {
    const text = [kind, nameText({ namespace, name }), ...lines.map(line => line.text)].join('\n');
    const color = isMissing ? ', color=red, fontcolor=red' : '';
    return `${id} [shape=${SHAPES[role][0]}, label=${quoted(text)}${color}];`;
  },
  arrow: ({ from, to, label, isMissing }) => {
    const color = isMissing ? ', color=red, style=dashed' : '';
    return `${from} -> ${to} [label=${quoted(label)}${color}];`;
  },
};

/** How boxes look: their shapes in DOT, and their brackets in Mermaid. */
const SHAPES: Readonly<Record<Role, readonly [dot: string, open: string, close: string]>> = {
  store: ['cylinder', '[(', ')]'],
  maker: ['box', '[', ']'],
  secret: ['note', '[[', ']]'],
  reader: ['component', '([', '])'],
};

/** A string of DOT. Its labels have escapes such as `\\n`, so a backslash is doubled. */
function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
  return `"${escaped}"`;
}

const MERMAID: Notation = {
  begin: ['flowchart LR'],
  end: [
    '  classDef missing fill:#fdd,stroke:#c00,color:#900',
    '  classDef secret stroke-width:2px',
  ],
  group: (name, index) => [[`subgraph e${index}["${escaped(name)}"]`], 'end'],
  box: ({ id, role, kind, namespace, name, lines, isMissing }) => {
    const [, open, close] = SHAPES[role];
    const title = `<b>${escaped(nameText({ namespace, name }))}</b>`;
    const texts = lines.map(line => line.text);
    const names = firstAnd(texts, LINES - 1, count => `… ${count} more`);
    const text = [escaped(kind), title, ...names.map(escaped)].join('<br/>');
    const style = isMissing ? ':::missing' : role === 'secret' ? ':::secret' : '';
    return `${id}${open}"${text}"${close}${style}`;
  },
  arrow: ({ from, to, label, isMissing }) => {
    const line = isMissing ? '-.->' : '-->';
    return `${from} ${line}${label === '' ? '' : `|"${escaped(label)}"|`} ${to}`;
  },
};

/** The most lines in a box, as GitHub shrinks a chart to the width of the page. */
const LINES = 8;

/** Characters that HTML, Markdown or Mermaid might interpret, as entities of Mermaid. */
function escaped(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ./:,…()-]/gu, character => `#${character.codePointAt(0)};`);
}

const HEAD = ['SECRET', 'KEYS', 'MAKER', 'STORE AND REMOTE KEY', 'REFRESH', 'READERS', 'RESTARTS'];

const WIDTH = 32;

function renderFlow({ name, secrets }: Flow): string {
  const title = name === '' ? '' : `${name}\n`;
  if (secrets.length === 0) return `${title}no Secret is made or read\n`;
  return title + tableText(HEAD, secrets.map(rowOf));
}

function rowOf(secret: FlowSecret): Cell[] {
  const { namespace, name, keys, isOpen, missingKeys, makers, readers } = secret;
  // A maker and the first of its sources share a line.
  const made = makers.flatMap(maker => makerLines(maker, namespace));
  return [
    [nameText({ namespace, name })],
    wrap([...keys, ...(isOpen ? ['…'] : []), ...missingKeys.map(key => `${key} (MISSING)`)], WIDTH),
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

type MakerLine = readonly [maker: string, source: string, refresh: string];

function makerLines({ refresh, sources, ...maker }: FlowMaker, namespace: string): MakerLine[] {
  const lines = sources.flatMap(({ remoteKeys: [key, ...rest], ...store }) => {
    const name = pathText(store, namespace);
    return [key === undefined ? name : `${name}: ${key}`, ...rest.map(entry => `  ${entry}`)];
  });
  const [first = '', ...rest] = lines;
  const head: MakerLine = [pathText(maker, namespace), first, refresh ?? ''];
  return [head, ...rest.map((line): MakerLine => ['', line, ''])];
}

function readerLine({ how, keys, pickup: _, ...reader }: FlowReader, namespace: string): string {
  const list = keys?.join(', ') ?? '';
  const named = list.length > WIDTH ? `${keys?.length} keys` : list;
  const part = keys === undefined ? how.join(', ') : `${how.join(', ')}: ${named}`;
  return `${pathText(reader, namespace)} (${part})`;
}

/** Up to so many Secrets are all unfolded; of more only the missing ones. */
const SMALL = 12;

/** A namespace with more Secrets gets no map, as nobody could read it. */
const LARGE = 60;

/** The flows as one page: a map for each namespace, a chart for each Secret, and a search; it needs no network and no scripts. */
export function renderFlowHtml(flows: readonly Flow[]): string {
  return page.render(pageOf(flows), value => escapedXml(shownLines(String(value))));
}

/** The flows by environment, namespace and Secret. Names may be shown, and nothing is escaped yet. */
function pageOf(flows: readonly Flow[]) {
  const all = flows.flatMap(({ secrets }) => secrets);
  const ids = new Map(all.map((secret, index) => [secret, `secret-${index + 1}`]));
  return {
    secrets: all.length,
    missing: all.filter(isMissing).length,
    worlds: flows.map(({ name, secrets }, index) => ({
      id: `environment-${index + 1}`,
      name,
      missing: secrets.filter(isMissing).length,
      isSmall: secrets.length <= SMALL,
      namespaces: [...groupBy(secrets, ({ namespace }) => namespace)].map(
        ([namespace, inNamespace]) => ({
          name: namespace,
          missing: inNamespace.filter(isMissing).length,
          map: namespaceMap(inNamespace, ids),
          secrets: inNamespace.map(secret => ({
            id: ids.get(secret),
            name: secret.name,
            summary: summaryOf(secret),
            isMissing: isMissing(secret),
            ...imageOf(chartOf({ name: '', secrets: [secret] })),
          })),
        }),
      ),
    })),
    arrowHeads: ['good', 'bad'].map(arrowHead).join(''),
  };
}

function isMissing({ state, missingKeys }: FlowSecret): boolean {
  return state === 'missing' || missingKeys.length > 0;
}

/** From the stores to the workloads of a namespace. Undefined: the chart of its only Secret says the same, or it is too large. */
function namespaceMap(secrets: readonly FlowSecret[], ids: ReadonlyMap<FlowSecret, string>) {
  if (secrets.length < 2 || secrets.length > LARGE) return undefined;
  const { boxes, ...chart } = chartOf({ name: '', secrets }, { isMap: true });
  const linked = boxes.map(box => {
    const secret = secrets.find(({ name }) => box.role === 'secret' && name === box.name);
    return { ...box, link: secret && ids.get(secret) };
  });
  return { isSmall: secrets.length <= SMALL, ...imageOf({ ...chart, boxes: linked }) };
}

function imageOf(chart: Chart) {
  const { text, width, height } = renderChart(chart);
  return { image: text, width: Math.ceil(width) + 2, height: Math.ceil(height) + 2 };
}

function summaryOf({ state, keys, isOpen, missingKeys, readers }: FlowSecret): string {
  const lacks = missingKeys.length === 0 ? [] : [`lacks ${missingKeys.join(', ')}`];
  const count = isOpen ? [] : [keys.length === 1 ? '1 key' : `${keys.length} keys`];
  const read = readers.length === 0 ? 'read by nothing' : `read by ${readers.length}`;
  return [...(state === 'made' ? count : [STATES[state]]), ...lacks, read].join(', ');
}
