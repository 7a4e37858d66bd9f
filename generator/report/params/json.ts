import type { EntryList } from '../../operate/params/remote-entries.ts';
import { shown } from '../graph/shown-names.ts';
import { jsonText } from '../json-text.ts';
import { shownEntry } from './shown-entry.ts';

/** The entries for programs. */
export function renderEntriesJson(lists: readonly EntryList[]): string {
  return jsonText({
    lists: lists.map(({ environment, entries }) => ({
      environment: environment === '' ? null : shown(environment),
      entries: entries.map(shownEntry),
    })),
  });
}
