import { duplicateTarget } from '../../lint/rules/duplicate-target.ts';
import { lostSecrets } from '../facts/losses.ts';
import { newlyFaulty } from '../facts/moves.ts';
import { targetChanges, targetOf } from '../facts/secrets.ts';
import { fieldPlace, high, nameOf, type RiskRule } from '../risk.ts';

export const creationPolicy: RiskRule = high('creation-policy', function* (diff) {
  const missed = lostSecrets(diff).filter(({ required }) => required.length > 0);
  const idle = missed.flatMap(({ idle: secret }) => secret?.object ?? []);
  const reported = new Set([...idle, ...newlyFaulty(diff, duplicateTarget)]);
  for (const { change, path, after, was, is } of targetChanges(diff, 'creationPolicy')) {
    if (reported.has(change.head)) continue;
    yield {
      ...fieldPlace(change, [...path, 'target', 'creationPolicy']),
      message: `creationPolicy of ${nameOf(change.head)} goes from ${was} to ${is}: ${effectOf(is, targetOf(after))}`,
      hint: 'Make sure of who is to own the Secret, and change the policy apart from other changes.',
    };
  }
});

function effectOf(policy: string, secret: string): string {
  const effects: Readonly<Record<string, string>> = {
    Owner: `it takes Secret "${secret}" over, drops the keys that it does not fetch, and deletes it when it is removed`,
    Orphan: `Secret "${secret}" stays behind, without an owner, when the ExternalSecret is removed`,
    None: `it writes Secret "${secret}" no more`,
  };
  return effects[policy] ?? `it only adds to Secret "${secret}", which something else has to make`;
}
