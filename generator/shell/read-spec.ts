import { dirname, join, relative } from 'node:path';
import type { Finding, Outcome } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { parseSpecSource, type ReadSpec, USUAL_SPEC } from '../environments/read-spec.ts';
import { isTooLarge, readSettingsFile } from '../world/folders.ts';
import { rootOf } from '../world/inside.ts';
import { locate } from '../yaml/places.ts';
import { type CommonOptions, exitCodes } from './command.ts';
import { printFindings } from './print.ts';

export { USUAL_SPEC };

/** Reads the spec and hands it on; prints what is wrong with it or with the result. Returns the exit code. */
export async function withSpec(
  options: CommonOptions,
  host: Host,
  use: UseSpec<number>,
): Promise<number> {
  const result = await readSpec(options.file, host, use);
  return typeof result === 'number' ? result : printFindings(result, options, host);
}

type UseSpec<T> = (read: ReadSpec) => Outcome<T> | Promise<Outcome<T>>;

/** Reads the spec and hands it on. Returns the result, or what is wrong, or the exit code. */
export async function readSpec<T>(
  file: string,
  host: Host,
  use: UseSpec<T>,
): Promise<T | Finding[] | typeof exitCodes.usage> {
  const read = specIn(file, host);
  if (typeof read === 'number' || Array.isArray(read)) return read;
  const result = await use(read);
  return result.value ?? locate(result.faults, read.source);
}

/** The spec, or what is wrong with it, or the exit code. */
export function specIn(file: string, host: Host): ReadSpec | Finding[] | typeof exitCodes.usage {
  const bytes = readSettingsFile(file, host);
  if (typeof bytes === 'string') {
    host.stderr(`rem-secrets: ${bytes}; ${adviceFor(file, host)}\n`);
    return exitCodes.usage;
  }
  const { source, spec } = parseSpecSource(file, bytes, host);
  return spec.value === undefined ? locate(spec.faults, source) : { source, spec: spec.value };
}

function adviceFor(file: string, host: Host): string {
  const isThere = host.kindOf(file) !== undefined;
  if (isThere && isTooLarge(file, host))
    return 'files of its own for environments ("environmentsFrom") and for long texts make it smaller';
  if (file !== USUAL_SPEC) return 'name the spec with --file';
  // What is there is not written over by `init`.
  const first = isThere ? '' : 'write a first one with `rem-secrets init`, ';
  return `name the spec with --file, ${first}or try \`rem-secrets lint .\`, which needs none`;
}

/** Where the spec is without `--file`: here, or in the nearest folder above that has one, in this repository. */
export function specFile(host: Host): string {
  if (host.kindOf(USUAL_SPEC) !== undefined) return USUAL_SPEC;
  const [here, root] = [host.realPath('.'), rootOf('.', host)];
  if (here === undefined || root === undefined) return USUAL_SPEC;
  for (let folder = here; folder !== root; ) {
    folder = dirname(folder);
    const file = join(relative(here, folder), USUAL_SPEC);
    if (host.kindOf(file) !== undefined) return file;
  }
  return USUAL_SPEC;
}
