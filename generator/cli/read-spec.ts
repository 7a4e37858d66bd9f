import { andThen, type Finding, type Outcome, ok } from '../ground/finding.ts';
import type { Host } from '../ground/host.ts';
import { locate } from '../ground/locate.ts';
import { parseSpecSource, type ReadSpec } from '../read/read-spec.ts';
import { readSettingsFile } from '../read/settings-file.ts';
import { rendered } from '../report/format.ts';
import { findingFormats } from '../report/formats.ts';
import { type CommonOptions, exitCodes } from './command.ts';
import { linesOf, textsOn } from './lines-of.ts';
import { shownOn } from './shown-on.ts';
import { USUAL_SPEC } from './spec-file.ts';

/**
 * Reads the spec and hands it on; prints what is wrong with it or with what comes of it. Returns
 * the exit code.
 */
export function withSpec(
  options: CommonOptions,
  host: Host,
  use: (read: ReadSpec) => Outcome<number>,
): number {
  const result = readSpec(options.file, host, use);
  return typeof result === 'number' ? result : printFindings(result, options, host);
}

/** Reads the spec and hands it on: what comes of it, or what is wrong, or the exit code. */
export function readSpec<T>(
  file: string,
  host: Host,
  use: (read: ReadSpec) => Outcome<T>,
): T | Finding[] | typeof exitCodes.usage {
  const bytes = readSettingsFile(file, host);
  if (typeof bytes === 'string') {
    host.stderr(`rem-secrets: ${bytes}; ${adviceFor(file)}\n`);
    return exitCodes.usage;
  }
  const { source, spec } = parseSpecSource(file, bytes, host);
  const result = andThen(spec, whole => use({ source, spec: whole }));
  return result.value ?? locate(result.faults, source);
}

function adviceFor(file: string): string {
  if (file !== USUAL_SPEC) return 'name the spec with --file';
  return 'name the spec with --file, write a first one with `rem-secrets init`, or try `rem-secrets lint .`, which needs none';
}

/** Prints findings: text is talk, and what programs read is output. Returns the exit code. */
export function printFindings(
  findings: readonly Finding[],
  { format }: CommonOptions,
  host: Host,
): number {
  const list = { findings, lineOf: linesOf(textsOn(host)) };
  if (format === 'text')
    host.stderrReport(rendered(findingFormats, format, list, shownOn(host, 'stderr')));
  else host.stdout(rendered(findingFormats, format, list, shownOn(host)));
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings;
}

/** A command's exit code as an outcome. */
export function exit(code: keyof typeof exitCodes): Outcome<number> {
  return ok(exitCodes[code]);
}
