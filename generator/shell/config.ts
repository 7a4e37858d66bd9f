import { isUtf8 } from 'node:buffer';
import { andThen, type Fault, type Finding, type Outcome } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { readSettingsFile } from '../world/folders.ts';
import { parseStream } from '../yaml/parse.ts';
import { locate, type SourceFile } from '../yaml/places.ts';

/** Settings, and the text they stand in; without a file they are empty. */
export interface ReadConfig<T> {
  readonly config: Partial<T>;
  readonly source?: SourceFile;
}

/** Reads a file of settings. Gives what is wrong in it, or in one sentence why it cannot be read. */
export function readConfigFile<T>(
  { named, usual }: { readonly named: string | undefined; readonly usual: string },
  host: Host,
  check: (document: unknown) => Outcome<Partial<T>>,
): ReadConfig<T> | Finding[] | string {
  const file = named ?? usual;
  if (named === undefined && host.kindOf(file) === undefined) return { config: {} };
  const bytes = readSettingsFile(file, host);
  if (typeof bytes === 'string') return bytes;
  const source = { file, text: new TextDecoder().decode(bytes) };
  if (!isUtf8(bytes)) return `${file} is not UTF-8`;
  const stream = parseStream(source.text);
  if (stream.value?.slice(1).some(document => document !== null))
    return locate([severalDocuments], { ...source, isStream: true });
  const { value, faults } = andThen(stream, ([document]) => check(document));
  return value === undefined ? locate(faults, source) : { config: value, source };
}

/** The same, where a review goes on without settings that cannot be read, and says so. */
export function readSettings<T>(
  ...file: Parameters<typeof readConfigFile<T>>
): ReadConfig<T> & { readonly findings: readonly Finding[] } {
  const read = readConfigFile<T>(...file);
  if (Array.isArray(read)) return { config: {}, findings: read };
  if (typeof read !== 'string') return { ...read, findings: [] };
  const finding = { rule: 'unreadable', severity: 'error', message: read, field: '' } as const;
  return { config: {}, findings: [finding] };
}

const severalDocuments: Fault = {
  id: 'several-documents',
  message: 'the file holds more than one document',
  hint: 'Keep one config in a file.',
  path: [1],
};
