import type { Runbook } from '../../../operate/runbook/runbook.ts';
import type { Block } from '../blocks.ts';
import { documentOf } from '../document.ts';

/** What the templates show; nothing is escaped yet. */
export interface Page {
  readonly runbooks: readonly {
    readonly id: string;
    readonly name: string;
    readonly blocks: readonly Block[];
  }[];
}

export function pageOf(runbooks: readonly Runbook[]): Page {
  return {
    runbooks: runbooks.map((runbook, index) => ({
      id: `runbook-${index + 1}`,
      name: runbook.name,
      blocks: documentOf(runbook),
    })),
  };
}
