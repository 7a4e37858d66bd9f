import { andThen, ok } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { environmentNames } from '../../make/model/unit-names.ts';
import type { SpecObject } from '../../make/spec/spec.ts';
import { ENABLE_EXEC, ENABLE_REMOTE } from '../../read/kustomize/allowed.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import { setsOfPaths } from '../../read/sets/path-sets.ts';
import { setsOfSpec } from '../../read/sets/spec-sets.ts';
import { findingFormats } from '../../report/finding/formats.ts';
import { runbookFormats } from '../../report/runbook/formats.ts';
import type { Action, CommandLine, CommonOptions } from '../command.ts';
import type { ManifestFlags } from '../manifest-flags.ts';
import { NAMESPACE, OVERLAY, PATHS } from '../manifest-flags.ts';
import { printReport } from '../print.ts';
import { withSpec } from '../read-spec.ts';
import { runbookOfSet } from '../runbooks.ts';
import { tellUnread } from '../unread.ts';
import { expectPaths } from '../usage.ts';

interface RunbookFlags extends ManifestFlags {
  readonly output: string;
}

type RunbookOptions = RunbookFlags & CommonOptions;

export const runbookCommand: CommandLine<RunbookFlags> = {
  name: 'runbook',
  description: 'what people need to run an environment: where each Secret comes from, and commands',
  examples: [
    ['runbook -e prod', 'for one environment'],
    ['runbook -o html >runbook.html', 'of all environments on one page'],
  ],
  define: (command, run) =>
    command
      .argument(...PATHS)
      .option(...OVERLAY)
      .option(...NAMESPACE, '')
      .option('-o, --output <format>', 'how the runbook is written', 'markdown')
      .option(...ENABLE_EXEC)
      .option(...ENABLE_REMOTE)
      .action((paths, flags) => run({ ...flags, paths })),
};

export const runbook: Action<RunbookFlags> = {
  run: printRunbooks,
  formats: findingFormats,
  outputs: runbookFormats,
};

/** Prints the runbook of the paths, or of every environment. */
function printRunbooks(options: RunbookOptions, host: Host): number {
  expectPaths(options.paths, host);
  if (options.paths.length > 0)
    return print(setsOfPaths({ ...options, allowed: options, isAlone: true }, host), options, host);
  const { file, environment } = options;
  return withSpec(options, host, ({ spec }) =>
    andThen(setsOfSpec(spec, { file, environment, allowed: options }, host), sets => {
      const environments = environmentNames(spec);
      const isWanted = ({ unit }: ManifestSet): boolean =>
        unit !== undefined &&
        (environment !== undefined ||
          environments.length === 0 ||
          environments.includes(unit.name));
      return ok(print(sets.filter(isWanted), options, host, spec));
    }),
  );
}

function print(
  sets: readonly ManifestSet[],
  options: RunbookOptions,
  host: Host,
  spec?: SpecObject,
): number {
  const runbooks = sets.map(set => runbookOfSet(set, spec));
  printReport(runbookFormats, options.output, runbooks, host);
  return tellUnread(sets, host);
}
