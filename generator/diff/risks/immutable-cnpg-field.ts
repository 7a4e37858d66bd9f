import type { Path } from '../../core/finding.ts';
import { valueAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { CLUSTER_MEMBERS } from '../../kinds/cnpg/cluster-status.ts';
import { type Changed, type Comparison, changedOf } from '../comparison.ts';
import { hasLostCluster } from '../facts/backups.ts';
import { fieldPlace, type Risk, type RiskRule } from '../risk.ts';

export const immutableCnpgField: RiskRule = {
  id: 'immutable-cnpg-field',
  level: 'block',
  refuses: true,

  *check(comparison) {
    for (const kind of [cnpgCluster, ...CLUSTER_MEMBERS])
      for (const change of changedOf(comparison, kind))
        yield* risksOf(
          change,
          (kind.changes?.fixedOnceSet ?? []).filter(
            field => !isFollowing(comparison, change, field),
          ),
        );
  },
};

/** Whether the object only follows its Cluster, whose new name the rule cluster-removed reports. */
function isFollowing(comparison: Comparison, { base }: Changed, field: string): boolean {
  return field === 'cluster.name' && hasLostCluster(comparison, base);
}

function* risksOf(change: Changed, fields: readonly string[]): Iterable<Risk> {
  const { kind, name, known } = change.head;
  for (const field of fields) {
    const path = ['spec', ...field.split('.')];
    const values = changedValues(change, path);
    if (values === undefined) continue;
    yield {
      ...fieldPlace(change, path),
      message: `${field} of the ${kind} "${name}" goes from ${values}, and is immutable: the apply is rejected`,
      hint:
        known === cnpgCluster
          ? 'Keep the value, or make a new Cluster and move the data.'
          : `Keep the value, or make a ${kind} of another name beside this one.`,
    };
  }
}

/** The two values. A CRD's rules compare an old value with a new one, so a value may be added or removed. */
function changedValues({ before, after }: Changed, path: Path): string | undefined {
  const [old, now] = [valueAt(before, path), valueAt(after, path)];
  if (old === undefined || now === undefined) return undefined;
  const [was, is] = [JSON.stringify(old), JSON.stringify(now)];
  return was === is ? undefined : `${was} to ${is}`;
}
