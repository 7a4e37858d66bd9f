import type { ObjectName } from '../../ground/finding.ts';
import { RELOAD_LABEL } from '../../kinds/cnpg/group.ts';
import { type Cell, tableText, wrap } from '../table-text.ts';
import { nameText } from '../text.ts';
import type { Flow, FlowMaker, FlowReader, FlowSecret } from './flow.ts';

const HEAD = ['SECRET', 'KEYS', 'MAKER', 'STORE AND REMOTE KEY', 'REFRESH', 'READERS', 'RESTARTS'];

/** How wide a cell with a list of keys gets. */
const WIDTH = 32;

/** The flows as a table for people. */
export function renderTable(flows: readonly Flow[]): string {
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
