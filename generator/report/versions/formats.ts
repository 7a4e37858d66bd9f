import type { ProductReport } from '../../operate/versions/version-report.ts';
import type { Formats } from '../format.ts';
import { renderVersionsJson } from './json.ts';
import { renderVersionsText } from './text.ts';

/** `versions`. */
export const versionsFormats: Formats<readonly ProductReport[]> = {
  text: { render: renderVersionsText },
  json: { render: renderVersionsJson },
};
