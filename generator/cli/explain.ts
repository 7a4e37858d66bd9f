import { pages } from '#validators/pages';
import type { Host } from '../ground/host.ts';
import { knownNames } from '../ground/suggest.ts';
import { exitCodes } from './command.ts';
import { wrongUsage } from './usage.ts';

/** The page of a rule of lint or of diff, in Markdown. */
export function pageOf(rule: string): string | undefined {
  return Object.hasOwn(pages, rule) ? pages[rule] : undefined;
}

/** Prints the page of a rule. */
export function explain(rule: string, host: Host): number {
  const page = pageOf(rule);
  if (page !== undefined) {
    host.stdout(page);
    return exitCodes.ok;
  }
  const names = knownNames('rules', rule, Object.keys(pages));
  return wrongUsage(`there is no rule "${rule}". ${names}`);
}
