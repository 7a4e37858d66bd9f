import { textAt } from '../../core/json.ts';
import { quantityValue } from '../../core/units.ts';
import { cnpgCluster, cnpgVolumes, isUnchecked } from '../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import { type Changed, changedOf } from '../diff.ts';
import { broughtClaims } from '../facts/claims.ts';
import { fieldPlace, placeOn, type Risk, type RiskRule, refusal } from '../risk.ts';

export const storageShrunk: RiskRule = refusal('storage-shrunk', function* (diff) {
  for (const change of changedOf(diff, cnpgCluster))
    for (const name of cnpgVolumes(change.before).keys()) yield* volumeRisks(change, name);
  const claims = [...changedOf(diff, persistentVolumeClaim), ...broughtClaims(diff)];
  for (const change of claims) yield* shrunkClaim(change);
});

const CLAIM_SIZE = ['spec', 'resources', 'requests', 'storage'] as const;

/** Only a claim that could not grow yet may ask for less again (core/validation/validation.go). */
function* shrunkClaim(change: Changed): Iterable<Risk> {
  const [old, now] = [change.before, change.after].map(claim => textAt(claim, ...CLAIM_SIZE));
  if (!isLess(now, old)) return;
  yield {
    ...fieldPlace(change, CLAIM_SIZE),
    message: `the PersistentVolumeClaim "${change.head.name}" shrinks from ${old} to ${now}: the API server rejects less than its volume has`,
    hint: 'Keep the size, or copy the data to a smaller claim of another name.',
  };
}

function isLess(now: string | undefined, old: string | undefined): boolean {
  const [is, was] = [quantityValue(now ?? ''), quantityValue(old ?? '')];
  return is !== undefined && was !== undefined && is < was;
}

function* volumeRisks(change: Changed, name: string): Iterable<Risk> {
  const cluster = `the CNPG Cluster "${change.head.name}"`;
  const [before, after] = [change.before, change.after].map(spec => cnpgVolumes(spec).get(name));
  if (before === undefined) return;
  if (after === undefined) {
    yield {
      ...placeOn('base', change.base, before.path),
      message: `${cluster} loses its ${before.name}: the operator rejects the change`,
      hint: 'Keep it. To do without, move the data to a new Cluster (bootstrap.initdb.import).',
    };
    return;
  }
  const [old, now] = [before.size.text, after.size.text];
  const isGone = old !== undefined && now === undefined;
  if (!isGone && !isLess(now, old)) return;
  const isAllowed = !isGone && isUnchecked(change.head);
  yield {
    ...fieldPlace(change, after.size.path, before.size.path),
    ...(isAllowed && { level: 'warn' }),
    message: `the ${after.name} of ${cluster} ${isGone ? 'has no size any more' : `shrinks from ${old} to ${now}`}: ${isAllowed ? 'volumes that are there keep their size, new instances get the smaller one' : 'the operator rejects the change'}`,
    hint: isGone
      ? `Keep the size of ${old}.`
      : 'Keep the size, or replace the instances one by one as the storage page of CNPG describes it.',
  };
}
