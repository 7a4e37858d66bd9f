import type { Path } from '../../../ground/finding.ts';
import { valueAt } from '../../../ground/value-path.ts';
import { type Changed, type Comparison, changedOf } from '../../changes/comparison.ts';
import { hasLostCluster } from '../facts/cnpg-followers.ts';
import { fieldPlace } from '../places.ts';
import type { Risk, RiskRule } from '../risk-rule.ts';

/**
 * What a CNPG object keeps for ever, in `spec` (CRDs of CNPG 1.30.0, x-kubernetes-validations;
 * of Clusters also cluster_webhook.go, validateUnixPermissionIdentifierChange).
 */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  Cluster: ['postgresGID', 'postgresUID', 'serviceAccountName'],
  Database: [
    'builtinLocale',
    'cluster.name',
    'collationVersion',
    'encoding',
    'icuLocale',
    'icuRules',
    'locale',
    'localeCType',
    'localeCollate',
    'localeProvider',
    'name',
    'template',
  ],
  DatabaseRole: ['cluster.name', 'name'],
  Publication: ['cluster.name', 'dbname', 'name', 'target.allTables'],
  Subscription: ['cluster.name', 'dbname', 'name'],
};

export const immutableCnpgField: RiskRule = {
  id: 'immutable-cnpg-field',
  level: 'block',
  summary: 'A field of a CNPG object changes that cannot: the apply is rejected.',

  *check(comparison: Comparison) {
    for (const [kind, fields] of Object.entries(IMMUTABLE))
      for (const change of changedOf(comparison, kind, 'postgresql.cnpg.io'))
        yield* risksOf(
          change,
          fields.filter(field => !isFollowing(comparison, change, field)),
        );
  },
};

/** That its Cluster is renamed is said once, of the Cluster (cluster-removed). */
function isFollowing(comparison: Comparison, { base }: Changed, field: string): boolean {
  return field === 'cluster.name' && hasLostCluster(comparison, base);
}

function* risksOf(change: Changed, fields: readonly string[]): Iterable<Risk> {
  const { kind, name } = change.head;
  for (const field of fields) {
    const path = ['spec', ...field.split('.')];
    const values = changedValues(change, path);
    if (values === undefined) continue;
    yield {
      ...fieldPlace(change, path),
      message: `${field} of the ${kind} "${name}" goes from ${values}, and is immutable: the apply is rejected`,
      hint: hintFor(kind),
    };
  }
}

/** Rules of a CRD compare an old value with a new one: to add or remove one breaks none. */
function changedValues({ before, after }: Changed, path: Path): string | undefined {
  const [old, now] = [valueAt(before, path), valueAt(after, path)];
  if (old === undefined || now === undefined) return undefined;
  const [was, is] = [JSON.stringify(old), JSON.stringify(now)];
  return was === is ? undefined : `${was} to ${is}`;
}

function hintFor(kind: string): string {
  return kind === 'Cluster'
    ? 'Keep the value, or make a new Cluster and move the data.'
    : `Keep the value, or make a ${kind} of another name beside this one.`;
}
