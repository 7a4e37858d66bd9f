import type { RunbookFormatName } from '../../make/spec/spec.ts';
import type { Runbook } from '../../operate/runbook/runbook.ts';
import type { Formats } from '../format.ts';
import { renderRunbookHtml } from './html/html.ts';
import { renderRunbookMarkdown } from './markdown.ts';

/** `runbook --output`, and what is in `runbook/`. */
export const runbookFormats: Formats<readonly Runbook[]> &
  Readonly<
    Record<RunbookFormatName, { readonly render: (runbooks: readonly Runbook[]) => string }>
  > = {
  markdown: { render: renderRunbookMarkdown },
  html: { render: renderRunbookHtml },
};
