import { page } from '#runbook/page';
import type { Runbook } from '../../../operate/runbook/runbook.ts';
import { escaped } from '../../graph/svg-text.ts';
import { oneLine } from '../../one-line.ts';
import { pageOf } from './page.ts';

/** Runbooks as one page of HTML that needs nothing else: no network, no script. */
export function renderRunbookHtml(runbooks: readonly Runbook[]): string {
  return page.render(pageOf(runbooks), value => escaped(oneLine(String(value))));
}
