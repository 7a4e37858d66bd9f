import type { Host } from '../core/host.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { graphOfSets, withClusters } from '../shell/command-input.ts';
import { expectForm, type ManifestFlags, withFlags } from '../shell/flags.ts';
import { printReport, tellUnread } from '../shell/print.ts';
import { type CapacitySettings, capacityOf, USUAL } from './capacity.ts';
import { capacityFormats } from './formats.ts';

interface CapacityFlags extends ManifestFlags {
  readonly concurrent: number;
  /** Milliseconds. */
  readonly latency: number;
  readonly found: number;
  readonly throughput: CapacitySettings['throughput'];
}

export const capacityCommand: CommandLine<CapacityFlags> = {
  name: 'capacity',
  description:
    'how often External Secrets calls AWS, how near that is to the limits, what it costs',
  examples: [
    ['capacity', 'of every cluster of the spec'],
    ['capacity -e prod --concurrent 5 -o json', 'with five workers, for a program'],
  ],
  define: (command, run) => {
    withFlags(command, 'paths', 'environment', 'namespace');
    for (const [flag, value, text, usual] of COUNTED) {
      const parse = (given: string): number => Number(expectForm(given, COUNT, flag));
      command.option(`${flag} ${value}`, text, parse, usual);
    }
    command.addOption(
      command
        .createOption('--throughput <setting>', 'of Parameter Store, in the account')
        .choices(['default', 'higher'])
        .default(USUAL.throughput),
    );
    withFlags(command, 'exec', 'remote').action((paths, flags) => run({ ...flags, paths }));
  },
};

const COUNTED = [
  [
    '--concurrent',
    '<number>',
    'how many objects External Secrets works on at once',
    USUAL.concurrent,
  ],
  ['--latency', '<milliseconds>', 'of a call to AWS', USUAL.latency * 1000],
  ['--found', '<number>', 'how many entries a search goes through', USUAL.found],
] as const;

const COUNT = { test: /^[1-9][0-9]{0,6}$/, form: 'a whole number from 1 on' };

export const capacity: Action<CapacityFlags> = { run: printCapacity, formats: capacityFormats };

async function printCapacity(options: CapacityFlags & CommonOptions, host: Host): Promise<number> {
  const { concurrent, latency, found, throughput } = options;
  const settings = { concurrent, latency: latency / 1000, found, throughput };
  return withClusters(options, host, clusters => {
    const selected = clusters.filter(({ isSelected }) => isSelected);
    const sets = selected.flatMap(cluster => [...cluster.sets]);
    const capacities = selected.map(cluster =>
      capacityOf(cluster.name, graphOfSets(cluster.sets), settings),
    );
    printReport(capacityFormats, options.format, capacities, host);
    return tellUnread(sets, host);
  });
}
