import type { Host } from '../core/host.ts';
import { findingFormats } from '../report/finding.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { manifestsAt } from '../shell/command-input.ts';
import { type ManifestFlags, withFlags } from '../shell/flags.ts';
import { printReport, tellUnread } from '../shell/print.ts';
import { environmentNames } from '../spec/environment.ts';
import { runbookOfSet } from './files.ts';
import { runbookFormats } from './formats.ts';

type RunbookFlags = ManifestFlags & { readonly output: string };

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

async function printRunbooks(options: RunbookFlags & CommonOptions, host: Host): Promise<number> {
  const manifests = await manifestsAt({ ...options, isAlone: true }, host);
  if (typeof manifests === 'number') return manifests;
  const { sets, read } = manifests;
  const names = read === undefined ? [] : environmentNames(read.spec);
  const isEach = options.environment !== undefined || names.length === 0;
  const selected = sets.filter(({ unit }) => isEach || (unit && names.includes(unit.name)));
  const runbooks = selected.map(set => runbookOfSet(set, read?.spec));
  printReport(runbookFormats, options.output, runbooks, host);
  return tellUnread(selected, host);
}
