import validateConfig from '#validators/rem-secrets-lint';
import type { Outside } from '../graph/secret-graph.ts';
import { type Outcome, ok } from '../source/finding.ts';
import { schemaFaults } from '../spec/schema-faults.ts';

/** What `.rem-secrets-lint.yaml` says, and the spec of a RemSecretsLint. */
export interface LintConfig {
  readonly failOn?: Severity;
  readonly namespace?: string;
  readonly accept?: readonly AcceptEntry[];
  readonly outside?: {
    readonly secrets?: Readonly<Record<string, true | readonly string[]>>;
    readonly objects?: readonly string[];
  };
}

export type Severity = 'error' | 'warning';

/** A finding that somebody knows and lives with. */
export interface AcceptEntry {
  readonly rule: string;
  /** `Kind/namespace/name` or `Kind/name`, with `*` and `?`. */
  readonly object: string;
  readonly reason?: string;
}

/** A document as a config; an empty one says nothing. */
export function checkConfig(document: unknown): Outcome<LintConfig> {
  if (document === undefined || document === null) return ok({});
  if (isConfig(document)) return ok(document);
  return { faults: schemaFaults(validateConfig.errors ?? [], document) };
}

function isConfig(document: unknown): document is LintConfig {
  return validateConfig(document);
}

/** What a config declares as existing, beside what is known already. */
export function outsideOf({ outside = {} }: LintConfig, known: Outside): Outside {
  const declared = Object.entries(outside.secrets ?? {}).map(
    ([name, keys]) => [name, keys === true ? undefined : keys] as const,
  );
  return {
    secrets: new Map([...known.secrets, ...declared]),
    objects: new Set([...known.objects, ...(outside.objects ?? [])]),
  };
}
