import { type Reader, secretId } from '../../graph/secret-graph.ts';
import type { Diff, SideName } from '../diff.ts';
import { missedSecrets, readsOf } from '../facts/losses.ts';
import { isAppliedTogether } from '../facts/moves.ts';
import { isUsed, type SpecChange, targetChanges } from '../facts/secrets.ts';
import { fieldPlace, high, type Level, nameOf, type RiskRule, relatedObjects } from '../risk.ts';

export const targetRenamed: RiskRule = high('target-renamed', function* (diff) {
  const missed = missedSecrets(diff);
  for (const spec of targetChanges(diff, 'name')) {
    const { change, path, base, was, is } = spec;
    // The rule secret-lost reports readers that keep the old name.
    const isReported = base.some(secret => missed.has(secretId(secret.namespace, secret.target)));
    const policy = base[0]?.creationPolicy ?? 'Owner';
    if (isReported || policy === 'None') continue;
    const isOwner = policy === 'Owner';
    const effect = isOwner
      ? `"${was}" is deleted before "${is}" is there, and pods that start in between fail`
      : `"${was}" stays as it is and is written no more`;
    yield {
      ...fieldPlace(change, [...path, 'target', 'name']),
      level: isOwner ? levelOf(diff, spec) : 'warn',
      message: `${nameOf(change.head)} makes Secret "${is}" in place of "${was}": ${effect}`,
      hint: `Make "${is}" with an ExternalSecret of its own, let the readers follow, and remove "${was}" in a later change.`,
      related: relatedObjects(readers(diff, 'head', spec), 'head', `reads "${is}"`),
    };
  }
});

function levelOf(diff: Diff, spec: SpecChange): Level {
  const isRead = readers(diff, 'base', spec).length > 0;
  const following = readers(diff, 'head', spec);
  if (following.length > 0)
    return isAppliedTogether(diff, spec.change.head, following) ? 'warn' : 'high';
  if (isRead) return 'warn';
  return spec.base.length === 0 || spec.base.some(secret => isUsed(diff.base, secret))
    ? 'high'
    : 'warn';
}

function readers(diff: Diff, side: SideName, spec: SpecChange): Reader[] {
  return spec[side].flatMap(({ namespace, target }) => readsOf(diff[side], namespace, target));
}
