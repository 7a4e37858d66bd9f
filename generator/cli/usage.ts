import type { Host } from '../ground/host.ts';
import { HostError } from '../ground/host-error.ts';

/** Ends the run for what its command line asks: `guarded` tells it in one line. */
export function wrongUsage(message: string): never {
  throw new HostError(message);
}

/** Each path that is named is there; `-` is stdin. */
export function expectPaths(paths: readonly string[], host: Host): void {
  const absent = paths.find(path => path !== '-' && host.kindOf(path) === undefined);
  if (absent !== undefined) wrongUsage(`there is no ${absent}`);
}

/** What may be said. */
export interface SaidForm {
  readonly test: RegExp;
  /** In words, as what a flag takes. */
  readonly form: string;
}

/** What was said, if it has the form that a flag takes. */
export function expectForm(said: string, { test, form }: SaidForm, flag: string): string {
  return test.test(said) ? said : wrongForm(said, form, flag);
}

/** Ends the run for what a flag does not take. */
export function wrongForm(said: string, form: string, flag: string): never {
  return wrongUsage(`${flag} takes ${form}, not ${JSON.stringify(said)}`);
}
