import type { EntryList } from '../../operate/params/remote-entries.ts';
import type { Formats } from '../format.ts';
import { renderEntriesCsv } from './csv.ts';
import { renderEntriesJson } from './json.ts';
import { renderEntriesText } from './text.ts';

/** `params list`; what `params check` finds has the first two. */
export const paramsFormats: Formats<readonly EntryList[]> = {
  text: { render: renderEntriesText },
  json: { render: renderEntriesJson },
  csv: { render: renderEntriesCsv },
};
