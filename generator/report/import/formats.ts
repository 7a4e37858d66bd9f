import type { Formats } from '../format.ts';
import { renderImportJson } from './json.ts';
import type { ImportReport } from './report.ts';
import { renderImportText } from './text.ts';

/** `import`. */
export const importFormats: Formats<ImportReport> = {
  text: { render: renderImportText },
  json: { render: renderImportJson },
};
