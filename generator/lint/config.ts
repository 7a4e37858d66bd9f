import { dirname, join } from 'node:path';
import { type Document, validate as validateConfig } from '#validators/rem-secrets-lint';
import type { Fault, Finding, Outcome } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import type { ReadConfig as ReadFile } from '../shell/config.ts';
import type { Outside } from '../world/object-set.ts';
import { locate } from '../yaml/places.ts';
import { checkDocument, entryFault, unusedAcceptance } from './accept.ts';
import type { LintResult } from './check.ts';

export const LINT_CONFIG = '.rem-secrets-lint.yaml';
export type ReadConfig = ReadFile<LintConfig>;

/** Entries of the config that have no effect: nothing is accepted by them, or nothing excluded. */
export function unusedEntries(read: ReadConfig, used: LintResult['used'], host: Host): Finding[] {
  const { config, source } = read;
  const folder = dirname(source?.file ?? '');
  const absent = (config.exclude ?? []).flatMap((name, index): Fault[] => {
    if (host.kindOf(join(folder, name)) !== undefined) return [];
    const message = `there is no "${name}" to leave out`;
    const hint = 'Check the path, which counts from the folder of this file, or remove the entry.';
    const path = ['exclude', index];
    return [{ id: 'nothing-excluded', severity: 'warning', message, hint, path }];
  });
  return locate([...acceptanceFaults(config, used), ...absent], source);
}

/** What is wrong with entries, from the config's root. */
export function acceptanceFaults({ accept = [] }: LintConfig, used: LintResult['used']): Fault[] {
  return accept.flatMap((entry, index) => {
    if (used.has(index)) return [];
    const { path, ...fault } = entryFault(entry);
    const { id, severity } = unusedAcceptance;
    return [{ id, severity, ...fault, path: ['accept', index, ...path] }];
  });
}

/** What `.rem-secrets-lint.yaml` says, and the spec of a RemSecretsLint: its schema explains it. */
export type LintConfig = Document;
export type Severity = NonNullable<LintConfig['failOn']>;

export function checkConfig(document: unknown): Outcome<LintConfig> {
  return checkDocument<LintConfig>(document, validateConfig);
}

/** What exists outside of the manifests, with what a config declares. */
export function outsideOf({ outside = {}, inventory }: LintConfig, before: Outside): Outside {
  const declared = Object.entries(outside.secrets ?? {}).map(
    ([name, keys]) => [name, keys === true ? undefined : keys] as const,
  );
  return {
    ...before,
    secrets: new Map([...before.secrets, ...declared]),
    objects: new Set([...before.objects, ...(outside.objects ?? [])]),
    ...(inventory !== undefined && { inventory }),
  };
}
