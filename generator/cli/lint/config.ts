import { isUtf8 } from 'node:buffer';
import { entryFault, unusedAcceptance } from '../../checks/acceptance.ts';
import { checkConfig, type LintConfig } from '../../checks/lint-config.ts';
import type { LintResult } from '../../checks/lint-set.ts';
import { andThen, type Fault, type Finding } from '../../source/finding.ts';
import { locate, type SourceFile } from '../../source/locate.ts';
import { parseStream } from '../../source/yaml-text.ts';
import type { Host } from '../host.ts';

/** The config that is read when none is named. */
const CONFIG = '.rem-secrets-lint.yaml';

/** A config and the text it stands in. */
export interface ReadConfig {
  readonly config: LintConfig;
  readonly source?: SourceFile;
}

/** Reads the config: the one that is named, or the one in the working directory, or none. */
export function readConfig(named: string | undefined, host: Host): ReadConfig | Finding[] | string {
  const file = named ?? CONFIG;
  if (!host.exists(file)) return named === undefined ? { config: {} } : `there is no file ${file}`;
  if (host.isFolder(file)) return `${file} is a folder`;
  const bytes = host.readFile(file);
  const source = { file, text: new TextDecoder().decode(bytes) };
  if (!isUtf8(bytes)) return `${file} is not UTF-8`;
  const stream = parseStream(source.text);
  if (stream.value?.slice(1).some(document => document !== null))
    return locate([severalDocuments], { ...source, isStream: true });
  const { value, faults } = andThen(stream, ([document]) => checkConfig(document));
  return value === undefined ? locate(faults, source) : { config: value, source };
}

const severalDocuments: Fault = {
  id: 'several-documents',
  message: 'the file holds more than one document',
  hint: 'Keep one config in a file.',
  path: [1],
};

/** The entries that accept nothing, or cannot. */
export function unusedEntries({ config, source }: ReadConfig, used: LintResult['used']): Finding[] {
  return locate(entryFaults(config, used), source).map(asWarning);
}

/** What is wrong with entries, from the config's root. */
export function entryFaults({ accept = [] }: LintConfig, used: LintResult['used']): Fault[] {
  return accept.flatMap((entry, index) => {
    if (used.has(index)) return [];
    const { path, ...fault } = entryFault(entry);
    return [{ id: unusedAcceptance.id, ...fault, path: ['accept', index, ...path] }];
  });
}

/** A finding about an acceptance: nothing breaks by it. */
export function asWarning(finding: Finding): Finding {
  return { ...finding, severity: unusedAcceptance.severity };
}
