import { mapAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { InstalledRelease } from '../../kinds/facets.ts';
import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { isSuspended } from '../../kinds/flux/kustomization.ts';
import { fullnameIn } from '../../kinds/helm/values.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { type Deletion, goingOf } from '../appliers.ts';
import { type Both, type Changed, changedOf, type Diff, type Removed } from '../diff.ts';
import { keepsData, lossLevel, madeVolumes, valuesPairs } from '../facts/claims.ts';
import { fieldPlace, high, nameOf, placeOn, type Risk, type RiskRule } from '../risk.ts';

export const releaseRenamed: RiskRule = high('release-renamed', function* (diff) {
  for (const change of changedOf(diff)) yield* risksOf(diff, change);
  for (const removed of goingOf(diff, helmRelease)) yield* movedRisks(diff, removed);
  for (const pair of valuesPairs(diff)) yield* namedRisks(pair);
});

function* movedRisks({ base, head }: Diff, { base: old, becomes, text }: Removed & Deletion) {
  if (becomes === undefined || isSuspended(old)) return;
  const [before] = helmRelease.applies?.releases?.(old, base.find) ?? [];
  const [after] = helmRelease.applies?.releases?.(becomes, head.find) ?? [];
  const parts = before && after ? changedParts(before, after) : [];
  const where =
    becomes.name === old.name
      ? `moves to namespace "${becomes.namespace}"`
      : `is called "${becomes.name}" now`;
  const isSame = parts.length === 0;
  const loss = isSame
    ? 'has the same release, which is uninstalled with the old one'
    : anotherText(parts);
  yield {
    level: levelOf(base, old),
    ...placeOn('head', becomes),
    cause: old,
    message: `${nameOf(old)} ${where}, and ${loss}`,
    hint: 'Copy the data and the passwords that the chart made first, or suspend the old one, and remove it once the new one has them.',
    outcome: text,
    related: [{ ...placeOn('base', old), note: 'the old one' }],
  };
}

function levelOf(base: SecretGraph, release: PlacedObject) {
  const unknowns = release.knownKind?.applies?.unknowns?.(release, base.find) ?? [];
  const made = base.objects.filter(({ written }) => written?.by === release);
  const keeping = made.filter(object => keepsData(object, base.find));
  const loss = lossLevel(base, keeping);
  return unknowns.length === 0 || loss === 'block' ? loss : 'high';
}

function* risksOf({ base, head }: Diff, change: Changed): Iterable<Risk> {
  const releases = change.head.knownKind?.applies?.releases;
  if (releases === undefined) return;
  const before = releases(change.base, base.find);
  for (const after of releases(change.head, head.find)) {
    const was = before.find(({ id }) => id === after.id);
    const parts = was === undefined ? [] : changedParts(was, after);
    const [first] = parts;
    if (first === undefined) continue;
    yield {
      ...(levelOf(base, change.base) === 'block' && { level: 'block' }),
      ...fieldPlace(change, first.path),
      message: `${nameOf(change.head)} ${anotherText(parts)}`,
      hint: 'Keep the old values, for instance with releaseName; or copy the data and the passwords that the chart made first.',
    };
  }
}

function* namedRisks({ base, head }: Both<PlacedObject>): Iterable<Risk> {
  const [was, is] = [fullnameIn(base), fullnameIn(head)];
  if (was === undefined || is === undefined || was === is) return;
  const [before, field] = [base, head].map(({ json }) =>
    ['fullnameOverride', 'nameOverride'].find(name => mapAt(json, 'values')[name] !== undefined),
  );
  // Without an override the chart's default applies, which may differ from that of most charts.
  const isSure = before !== undefined && field !== undefined && madeVolumes(base).length > 0;
  yield {
    ...(!isSure && { level: 'warn' }),
    ...placeOn('head', head, ['values', ...(field === undefined ? [] : [field])]),
    message: `the objects of the Helm release "${head.name}" get other names, as most charts give them (${was} → ${is}): the old ones are no part of it any more, and the Secrets, volumes and Services of the new names are new`,
    hint: 'Keep the old name; or copy the data and the passwords that the chart made first, and look who names its Services.',
  };
}

function changedParts(before: InstalledRelease, after: InstalledRelease) {
  return after.parts.flatMap((part, index) => {
    const [was, is] = [before.parts[index]?.value, part.value];
    if (was === undefined || is === undefined || was === is || isUnresolved(was + is)) return [];
    return [{ ...part, was }];
  });
}

function anotherText(parts: ReturnType<typeof changedParts>): string {
  const names = parts.map(({ what, was, value }) => `${what} ${was} → ${value}`).join(', ');
  return `becomes another release (${names}): the old one is uninstalled with what its chart made, and the Secrets and volumes of the new one are new`;
}
