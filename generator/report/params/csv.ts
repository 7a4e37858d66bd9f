import type { EntryList } from '../../operate/params/remote-entries.ts';
import { shown } from '../graph/shown-names.ts';
import { type ShownEntry, shownEntry } from './shown-entry.ts';

const HEAD = [
  'environment',
  'store',
  'service',
  'region',
  'entry',
  'type',
  'property',
  'use',
  'by',
  'secret',
  'keys',
  'readers',
];

/** The entries for a spreadsheet (RFC 4180), a row for each use. */
export function renderEntriesCsv(lists: readonly EntryList[]): string {
  const rows = lists.flatMap(({ environment, entries }) =>
    entries.flatMap(entry => rowsOf(shown(environment), shownEntry(entry))),
  );
  return [HEAD, ...rows].map(row => `${row.map(cellText).join(',')}\r\n`).join('');
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

/** What a spreadsheet takes for a formula (OWASP, CSV Injection); full-width signs too. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

function cellText(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
