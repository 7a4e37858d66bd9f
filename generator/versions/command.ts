import { andThen, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { inVersions } from '../graph/objects.ts';
import type { Versions } from '../kinds/products.ts';
import { type Action, type CommandLine, type CommonOptions, exitCodes } from '../shell/command.ts';
import { graphOfSets } from '../shell/command-input.ts';
import { expectPaths, type ManifestFlags, parsedVersions, withFlags } from '../shell/flags.ts';
import { formatOfFaults, printReport, tellUnread } from '../shell/print.ts';
import { withSpec } from '../shell/read-spec.ts';
import { expand, wholeUnits } from '../spec/pipeline.ts';
import { releaseSchemas } from '../world/schemas.ts';
import { setsOfPaths } from '../world/sets.ts';
import { versionsFormats } from './formats.ts';
import { type UsedKind, versionReport } from './versions.ts';

interface VersionsFlags extends Omit<ManifestFlags, 'environment' | 'root'> {
  readonly versions?: string;
}

type VersionsOptions = VersionsFlags & CommonOptions;

export const versionsCommand: CommandLine<VersionsFlags> = {
  name: 'versions',
  description: 'which versions of Kubernetes and the operators are known, and what differs in them',
  examples: [
    ['versions', 'for the kinds of the spec; without a spec, for all that are known'],
    ['versions clusters/prod', 'for the kinds of a folder, with the operators that it installs'],
    ['versions -o json', 'for a program'],
  ],
  define: (command, run) =>
    withFlags(command, 'paths', 'namespace', 'versions', 'exec', 'remote').action((paths, flags) =>
      run({ ...flags, paths }),
    ),
};

export const versions: Action<VersionsFlags> = { run: printVersions, formats: versionsFormats };

interface InUse {
  readonly running: readonly Versions[];
  /** Absent: all kinds are shown. */
  readonly used?: readonly UsedKind[];
}

/** Prints the known versions, for the kinds of the paths or of the spec, or for all. */
async function printVersions(options: VersionsOptions, host: Host): Promise<number> {
  const parsed = parsedVersions(options.versions);
  if (options.paths.length > 0) return printOfPaths(parsed, options, host);
  if (host.kindOf(options.file) === undefined) return print({ running: [parsed] }, options, host);
  return withSpec({ ...options, ...formatOfFaults(options) }, host, ({ spec }) =>
    andThen(expand(spec, host.validators), expansion => {
      const units = wholeUnits(expansion);
      const running = units.map(({ versions }) => ({ ...versions, ...parsed }));
      const used = units.flatMap(({ objects }) => objects.map(({ object }) => object));
      return ok(print({ running, used }, options, host));
    }),
  );
}

async function printOfPaths(
  parsed: Versions,
  options: VersionsOptions,
  host: Host,
): Promise<number> {
  const { paths, namespace } = options;
  expectPaths(paths, host);
  const sets = await setsOfPaths({ paths, allowed: options, namespace }, host);
  const running = sets.map(set => inVersions(graphOfSets([set]), parsed).versions);
  const used = sets.flatMap(({ sources }) =>
    sources.flatMap(({ objects }) => objects.map(({ json }) => json)),
  );
  print({ running, used }, options, host);
  return tellUnread(sets, host);
}

function print({ running, used }: InUse, options: VersionsOptions, host: Host): number {
  const report = versionReport(running, used, releaseSchemas(host));
  printReport(versionsFormats, options.format, report, host);
  return exitCodes.ok;
}
