import { relative, resolve } from 'node:path';
import { pages } from '#validators/pages';
import packageJson from '../../package.json' with { type: 'json' };
import type { Finding } from '../ground/finding.ts';
import type { Host, Stream } from '../ground/host.ts';
import { knownNames } from '../ground/suggest.ts';
import { type Formats, rendered, type Shown } from '../report/format.ts';
import { findingFormats } from '../report/formats.ts';
import { type CommonOptions, exitCodes } from './command.ts';
import { linesOf, textsOn } from './lines-of.ts';
import { wrongUsage } from './usage.ts';

/** What reports say of this program, and of the machine that they are printed on. */
export function shownOn({ cwd, hasColors }: Host, stream: Stream = 'stdout'): Shown {
  return {
    version: packageJson.version,
    pageOf,
    relativeFile: file => (file === 'stdin' ? file : relative(cwd, resolve(cwd, file))),
    hasColors: () => hasColors(stream),
  };
}

/** Prints a report in a format. */
export function printReport<Report>(
  formats: Formats<Report>,
  format: string,
  report: Report,
  host: Host,
): void {
  host.stdout(rendered(formats, format, report, shownOn(host)));
}

/** The page of a rule of lint or of diff, in Markdown. */
function pageOf(rule: string): string | undefined {
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

/** Prints findings: text is talk, and what programs read is output. Returns the exit code. */
export function printFindings(
  findings: readonly Finding[],
  { format }: Pick<CommonOptions, 'format'>,
  host: Host,
): number {
  const list = { findings, lineOf: linesOf(textsOn(host)) };
  if (format === 'text')
    host.stderrReport(rendered(findingFormats, format, list, shownOn(host, 'stderr')));
  else host.stdout(rendered(findingFormats, format, list, shownOn(host)));
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings;
}
