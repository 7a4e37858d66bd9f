import { validate as validateConfig } from '#validators/rem-secrets-lint';
import type { Outcome } from '../ground/finding.ts';
import type { Inventory, Outside } from '../read/sets/object-set.ts';
import { checkDocument, type Entry } from './entry.ts';

/** What `.rem-secrets-lint.yaml` says, and the spec of a RemSecretsLint. */
export interface LintConfig {
  readonly failOn?: Severity;
  readonly namespace?: string;
  /** Folders and files that nobody applies, by their paths from the config on. */
  readonly exclude?: readonly string[];
  /** Findings that somebody knows and lives with. */
  readonly accept?: readonly Entry[];
  readonly outside?: {
    readonly secrets?: Readonly<Record<string, true | readonly string[]>>;
    readonly objects?: readonly string[];
  };
  /** All that is in a store: a reference to something else is an error. */
  readonly inventory?: Inventory;
}

export type Severity = 'error' | 'warning';

/** A document as a config; an empty one says nothing. */
export function checkConfig(document: unknown): Outcome<LintConfig> {
  return checkDocument<LintConfig>(document, validateConfig);
}

/** What a config declares as existing, beside what is known already. */
export function outsideOf({ outside = {}, inventory }: LintConfig, known: Outside): Outside {
  const declared = Object.entries(outside.secrets ?? {}).map(
    ([name, keys]) => [name, keys === true ? undefined : keys] as const,
  );
  return {
    ...known,
    secrets: new Map([...known.secrets, ...declared]),
    objects: new Set([...known.objects, ...(outside.objects ?? [])]),
    ...(inventory !== undefined && { inventory }),
  };
}
