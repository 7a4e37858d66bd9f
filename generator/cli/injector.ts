import { inject } from './commands/inject.ts';
import { injectList } from './inject-list.ts';

/** What puts secrets into workloads that are there: the programs load it only when it is asked for. */
export const injector: {
  readonly inject: typeof inject;
  readonly injectList: typeof injectList;
} = { inject, injectList };
