import { type Reader, secretId } from '../../graph/secret-graph.ts';
import type { Comparison, SideName } from '../comparison.ts';
import { missedSecrets, readsOf } from '../facts/losses.ts';
import { isAppliedTogether } from '../facts/moves.ts';
import { isUsed, type SpecChange, targetChanges } from '../facts/secrets.ts';
import { fieldPlace, high, type Level, nameOf, type RiskRule, relatedObjects } from '../risk.ts';

export const targetRenamed: RiskRule = high('target-renamed', function* (comparison) {
  const renamed = targetChanges(comparison, 'name');
  if (renamed.length === 0) return;
  const missed = missedSecrets(comparison);
  for (const spec of renamed) {
    const { change, path, base, was, is } = spec;
    // The rule secret-lost reports readers that keep the old name.
    const isReported = base.some(({ namespace, target }) =>
      missed.has(secretId(namespace, target)),
    );
    const policy = base[0]?.creationPolicy ?? 'Owner';
    if (isReported || policy === 'None') continue;
    const isOwner = policy === 'Owner';
    const effect = isOwner
      ? `"${was}" is deleted before "${is}" is there, and pods that start in between fail`
      : `"${was}" stays as it is and is written no more`;
    yield {
      ...fieldPlace(change, [...path, 'target', 'name']),
      level: isOwner ? levelOf(comparison, spec) : 'warn',
      message: `${nameOf(change.head)} makes Secret "${is}" in place of "${was}": ${effect}`,
      hint: `Make "${is}" with an ExternalSecret of its own, let the readers follow, and remove "${was}" in a later change.`,
      related: relatedObjects(readers(comparison, 'head', spec), 'head', `reads "${is}"`),
    };
  }
});

function levelOf(comparison: Comparison, spec: SpecChange): Level {
  const isRead = readers(comparison, 'base', spec).length > 0;
  const following = readers(comparison, 'head', spec).map(({ object }) => object);
  if (following.length > 0)
    return isAppliedTogether(comparison, spec.change.head, following) ? 'warn' : 'high';
  if (isRead) return 'warn';
  return spec.base.length === 0 || spec.base.some(secret => isUsed(comparison.base, secret))
    ? 'high'
    : 'warn';
}

function readers(comparison: Comparison, side: SideName, spec: SpecChange): Reader[] {
  return spec[side].flatMap(({ namespace, target }) =>
    readsOf(comparison[side], namespace, target),
  );
}
