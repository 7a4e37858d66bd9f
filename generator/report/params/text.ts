import type { EntryList } from '../../operate/params/remote-entries.ts';
import { shown } from '../graph/shown-names.ts';
import { type Cell, tableText } from '../table-text.ts';
import { type ShownEntry, shownEntry } from './shown-entry.ts';

const HEAD = ['ENTRY', 'TYPE', 'STORE', 'SECRET AND KEY', 'READ BY'];

/** The entries as tables for people, one for each environment. */
export function renderEntriesText(lists: readonly EntryList[]): string {
  return lists
    .map(({ environment, entries }) => {
      const title = environment === '' ? '' : `${shown(environment)}\n`;
      const rows = entries.map(entry => rowOf(shownEntry(entry)));
      return title + (rows.length === 0 ? 'no entry of a store is read\n' : tableText(HEAD, rows));
    })
    .join('\n');
}

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

/** A use is on as many lines as it has readers. */
function useLines({ how, secret, keys, readers }: ShownEntry['uses'][number]): [string, string][] {
  const named = `${secret}: ${keys === null ? '…' : keys.join(', ')}`;
  const first = how === 'push' ? `from ${named}` : named;
  const [reader = 'nothing', ...others] = readers.map(({ name, variables }) =>
    variables.length === 0 ? name : `${name} (${variables.join(', ')})`,
  );
  return [[first, reader], ...others.map((other): [string, string] => ['', other])];
}
