import type { Formats } from '../format.ts';
import { renderStatusJson } from './json.ts';
import type { StatusReport } from './status-report.ts';
import { renderStatusText } from './text.ts';

/** `status`. */
export const statusFormats: Formats<StatusReport> = {
  text: { render: renderStatusText },
  json: { render: renderStatusJson },
};
