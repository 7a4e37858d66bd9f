import { relative, resolve } from 'node:path';
import { pages } from '#validators/pages';
import packageJson from '../../package.json' with { type: 'json' };
import type { Finding } from '../ground/finding.ts';
import type { Host, Stream } from '../ground/host.ts';
import { textOf } from '../ground/host.ts';
import type { SourceFile } from '../ground/locate.ts';
import { knownNames } from '../ground/suggest.ts';
import type { ReadSpec } from '../read/read-spec.ts';
import type { ManifestSet } from '../read/sets/manifest-set.ts';
import type { LineOf } from '../report/finding/finding-block.ts';
import { findingFormats } from '../report/finding/formats.ts';
import { type Formats, rendered, type Shown } from '../report/format.ts';
import { type CommonOptions, exitCodes } from './command.ts';
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

/** The text of a file; undefined when it is not there. */
export type TextOf = (file: string) => string | undefined;

/** The lines of texts, each split once. */
export function linesOf(text: TextOf): LineOf {
  const split = new Map<string, readonly string[]>();
  return (file, line) => {
    const lines = split.get(file) ?? text(file)?.split(/\r?\n/) ?? [];
    split.set(file, lines);
    return lines[line - 1];
  };
}

/** The texts of files as the machine has them. */
export function textsOn(host: Host): TextOf {
  return file => (host.kindOf(file) === 'file' ? textOf(file, host) : undefined);
}

/** The texts that findings are shown with, by file. */
export function textsOf(
  sources: ManifestSet['sources'],
  source: SourceFile | undefined,
  spec: ReadSpec | undefined,
  host: Host,
): TextOf {
  const files = sources.filter(({ isBuilt, text }) => !isBuilt && text !== undefined);
  const read = new Set(sources.filter(({ helm }) => helm === undefined).map(({ file }) => file));
  const all = [
    ...files,
    ...(source ? [source] : []),
    ...(spec ? [spec.source, ...(spec.source.parts ?? [])] : []),
  ];
  const texts = new Map(all.map(({ file, text }) => [file, text]));
  return file => {
    // Else it is one that a kustomization is built from; of the kustomization itself no line is meant.
    if (!texts.has(file) && !read.has(file) && host.kindOf(file) === 'file')
      texts.set(file, textOf(file, host));
    return texts.get(file);
  };
}
