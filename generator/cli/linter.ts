import { diff } from './commands/diff.ts';
import { lint } from './commands/lint.ts';
import { lintList } from './lint-list.ts';

/** All that has the rules in it: the programs load it only when something is linted. */
export const linter: {
  readonly diff: typeof diff;
  readonly lint: typeof lint;
  readonly lintList: typeof lintList;
} = { diff, lint, lintList };
