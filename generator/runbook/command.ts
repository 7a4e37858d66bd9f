import { andThen, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { setsOfSpec } from '../environments/sets.ts';
import { findingFormats } from '../report/finding.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { expectPaths, type ManifestFlags, withFlags } from '../shell/flags.ts';
import { printReport, tellUnread } from '../shell/print.ts';
import { withSpec } from '../shell/read-spec.ts';
import { environmentNames } from '../spec/environment.ts';
import type { SpecObject } from '../spec/spec.ts';
import type { ManifestSet } from '../world/object-set.ts';
import { setsOfPaths } from '../world/sets.ts';
import { runbookOfSet } from './files.ts';
import { runbookFormats } from './formats.ts';

type RunbookFlags = ManifestFlags & { readonly output: string };

type RunbookOptions = RunbookFlags & CommonOptions;

export const runbookCommand: CommandLine<RunbookFlags> = {
  name: 'runbook',
  description: 'write what people need to run an environment: sources of Secrets, and commands',
  examples: [
    ['runbook -e prod', 'for one environment'],
    ['runbook -o html >runbook.html', 'all environments on one page'],
  ],
  define: (command, run) => {
    withFlags(command, 'paths', 'overlay', 'namespace');
    command.option('-o, --output <format>', 'how the runbook is written', 'markdown');
    withFlags(command, 'exec', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

export const runbook: Action<RunbookFlags> = {
  run: printRunbooks,
  formats: findingFormats,
  outputs: runbookFormats,
};

async function printRunbooks(options: RunbookOptions, host: Host): Promise<number> {
  expectPaths(options.paths, host);
  if (options.paths.length > 0) {
    const sets = await setsOfPaths({ ...options, allowed: options, isAlone: true }, host);
    return print(sets, options, host);
  }
  const { file, environment } = options;
  return withSpec(options, host, async ({ spec }) =>
    andThen(await setsOfSpec(spec, { file, environment, allowed: options }, host), sets => {
      const names = environmentNames(spec);
      const isEach = environment !== undefined || names.length === 0;
      const selected = sets.filter(({ unit }) => unit && (isEach || names.includes(unit.name)));
      return ok(print(selected, options, host, spec));
    }),
  );
}

function print(sets: readonly ManifestSet[], flags: RunbookOptions, host: Host, spec?: SpecObject) {
  const runbooks = sets.map(set => runbookOfSet(set, spec));
  printReport(runbookFormats, flags.output, runbooks, host);
  return tellUnread(sets, host);
}
