import { dirname, join } from 'node:path';
import type { Fault, Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { locate } from '../../ground/locate.ts';
import { entryFault, unusedAcceptance } from '../../lint/acceptance.ts';
import { checkConfig, type LintConfig } from '../../lint/lint-config.ts';
import type { LintResult } from '../../lint/lint-set.ts';
import { asWarning, type ReadConfig as ReadFile, readConfigFile } from '../read-config.ts';

/** The config that is read when none is named. */
export const LINT_CONFIG = '.rem-secrets-lint.yaml';

export type ReadConfig = ReadFile<LintConfig>;

/** Reads the config: the one that is named, or the one in the working directory, or none. */
export function readConfig(named: string | undefined, host: Host): ReadConfig | Finding[] | string {
  return readConfigFile<LintConfig>({ named, usual: LINT_CONFIG }, host, checkConfig);
}

/** The entries that accept nothing, or cannot, and those that leave out nothing. */
export function unusedEntries(
  { config, source }: ReadConfig,
  used: LintResult['used'],
  host: Host,
): Finding[] {
  const folder = dirname(source?.file ?? '');
  const absent = (config.exclude ?? []).flatMap((name, index) =>
    host.kindOf(join(folder, name)) === undefined ? [nothingExcluded(name, index)] : [],
  );
  return locate([...acceptanceFaults(config, used), ...absent], source).map(asWarning);
}

function nothingExcluded(name: string, index: number): Fault {
  return {
    id: 'nothing-excluded',
    message: `there is no "${name}" to leave out`,
    hint: 'Check the path, which counts from the folder of this file, or remove the entry.',
    path: ['exclude', index],
  };
}

/** What is wrong with entries, from the config's root. */
export function acceptanceFaults({ accept = [] }: LintConfig, used: LintResult['used']): Fault[] {
  return accept.flatMap((entry, index) => {
    if (used.has(index)) return [];
    const { path, ...fault } = entryFault(entry);
    return [{ id: unusedAcceptance.id, ...fault, path: ['accept', index, ...path] }];
  });
}
