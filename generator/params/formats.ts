import type { Formats } from '../report/format.ts';
import { type Cell, jsonText, shown, tableText } from '../report/text.ts';
import type { EntryList } from './entries.ts';
import { type EntryStore, type EntryUse, type RemoteEntry, wantedText } from './entry.ts';

/** `params list`; what `params check` finds has the first two. */
export const paramsFormats: Formats<readonly EntryList[]> = {
  text: { render: renderEntriesText },
  json: { render: renderEntriesJson },
  csv: { render: renderEntriesCsv },
};

const TEXT_HEAD = ['ENTRY', 'TYPE', 'STORE', 'SECRET AND KEY', 'READ BY'];

function renderEntriesText(lists: readonly EntryList[]): string {
  return lists
    .map(({ environment, entries }) => {
      const title = environment === '' ? '' : `${shown(environment)}\n`;
      const rows = entries.map(entry => rowOf(shownEntry(entry)));
      return (
        title + (rows.length === 0 ? 'no entry of a store is read\n' : tableText(TEXT_HEAD, rows))
      );
    })
    .join('\n');
}

type ShownEntry = ReturnType<typeof shownEntry>;

function rowOf({ name, type, store, properties, uses }: ShownEntry): Cell[] {
  const lines = uses.flatMap(useLines);
  return [
    [name, ...properties.map(property => `  .${property}`)],
    [type],
    [store],
    lines.map(([secret]) => secret),
    lines.map(([, reader]) => reader),
  ];
}

/** A line for each reader of a use, at least one. */
function useLines({ how, secret, keys, readers }: ReturnType<typeof shownUse>): [string, string][] {
  const named = `${secret}: ${keys === null ? '…' : keys.join(', ')}`;
  const first = how === 'push' ? `from ${named}` : named;
  const [reader = 'nothing', ...others] = readers.map(({ name, variables }) =>
    variables.length === 0 ? name : `${name} (${variables.join(', ')})`,
  );
  return [[first, reader], ...others.map((other): [string, string] => ['', other])];
}

/** An entry whose names are masked where they may be secrets. */
function shownEntry(entry: RemoteEntry) {
  const { store, name, properties, uses } = entry;
  const { provider, aws } = store;
  return {
    store: nameText(store.name),
    provider: provider === undefined ? null : shown(provider),
    service: aws?.service ?? null,
    region: aws === undefined ? null : shown(aws.region),
    name: shown(name),
    type: wantedText(entry),
    properties: properties.map(shown),
    uses: uses.map(shownUse),
  };
}

function nameText({ kind, namespace = '', name }: EntryStore['name']): string {
  return shown([kind, namespace, name].filter(part => part !== '').join('/'));
}

function shownUse({ how, property, object, secret, keys, readers }: EntryUse) {
  return {
    how,
    property: property === undefined ? null : shown(property),
    by: nameText(object),
    secret: nameText({ ...secret, kind: '' }),
    keys: keys?.map(shown) ?? null,
    readers: readers.map(reader => ({
      name: nameText(reader.name),
      variables: reader.variables.map(shown),
    })),
  };
}

function renderEntriesJson(lists: readonly EntryList[]): string {
  return jsonText({
    lists: lists.map(({ environment, entries }) => ({
      environment: environment === '' ? null : shown(environment),
      entries: entries.map(shownEntry),
    })),
  });
}

const HEAD = 'environment,store,service,region,entry,type,property,use,by,secret,keys,readers';

/** The entries for a spreadsheet (RFC 4180), a row for each use. */
function renderEntriesCsv(lists: readonly EntryList[]): string {
  const rows = lists.flatMap(({ environment, entries }) =>
    entries.flatMap(entry => rowsOf(shown(environment), shownEntry(entry))),
  );
  return [HEAD, ...rows.map(row => row.map(cellText).join(','))].map(row => `${row}\r\n`).join('');
}

function rowsOf(environment: string, entry: ShownEntry): string[][] {
  const { store, service, region, name, type, uses } = entry;
  return uses.map(({ property, how, by, secret, keys, readers }) => [
    ...[environment, store, service ?? '', region ?? '', name, type, property ?? '', how, by],
    secret,
    (keys ?? ['…']).join(' '),
    readers.map(reader => [reader.name, ...reader.variables].join(' ')).join('; '),
  ]);
}

/** Signs that begin a formula in a spreadsheet, full-width ones too (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

function cellText(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
