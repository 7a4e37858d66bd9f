import { isUtf8 } from 'node:buffer';
import { type Fault, type Finding, type Outcome, ok } from '../ground/finding.ts';
import { locate, type SourceFile } from '../ground/locate.ts';
import { parseSpec } from '../make/spec/parse-spec.ts';
import type { SpecObject } from '../make/spec/spec.ts';
import { rendered } from '../report/format.ts';
import { findingFormats } from '../report/formats.ts';
import type { CommonOptions } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { readSettingsFile } from './settings-file.ts';
import { shownOn } from './shown-on.ts';

/** A spec and the text it stands in. */
export interface ReadSpec {
  readonly source: SourceFile;
  readonly spec: SpecObject;
}

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
    host.stderr(`rem-secrets: ${bytes}; name the spec with --file\n`);
    return exitCodes.usage;
  }
  const source = { file, text: new TextDecoder().decode(bytes) };
  const parsed = isUtf8(bytes) ? parseSpec(source.text) : { faults: [notUtf8(source.text)] };
  const result = parsed.value === undefined ? parsed : use({ source, spec: parsed.value });
  return result.value ?? locate(result.faults, source);
}

/** Decoding puts U+FFFD in the first place that is not UTF-8. */
function notUtf8(text: string): Fault {
  const message = 'the file is not UTF-8 from here on';
  const offset = Math.max(0, text.indexOf('\uFFFD'));
  return { id: 'not-utf-8', message, hint: 'Save it as UTF-8.', path: [], offset };
}

/** Prints findings: text is talk, and what programs read is output. Returns the exit code. */
export function printFindings(
  findings: readonly Finding[],
  { format }: CommonOptions,
  host: Host,
): number {
  const text = rendered(findingFormats, format, findings, shownOn(host));
  if (format === 'text') host.stderr(text);
  else host.stdout(text);
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings;
}

/** A command's exit code as an outcome. */
export function exit(code: keyof typeof exitCodes): Outcome<number> {
  return ok(exitCodes[code]);
}
