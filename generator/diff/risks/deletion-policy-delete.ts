import { readsOf } from '../facts/losses.ts';
import { pushChanges, targetChanges, targetOf } from '../facts/secrets.ts';
import { fieldPlace, high, nameOf, type RiskRule, readText, relatedObjects } from '../risk.ts';

export const deletionPolicyDelete: RiskRule = high('deletion-policy-delete', function* (diff) {
  for (const { change, path, after, head, is } of targetChanges(diff, 'deletionPolicy')) {
    if (is !== 'Delete') continue;
    const readers = head.flatMap(({ namespace, target }) => readsOf(diff.head, namespace, target));
    yield {
      ...fieldPlace(change, [...path, 'target', 'deletionPolicy']),
      message: `${nameOf(change.head)} deletes Secret "${targetOf(after)}" as soon as the provider does not find its entry${readText(readers)}`,
      hint: 'Leave deletionPolicy at Retain, and remove the ExternalSecret when the Secret is to go.',
      related: relatedObjects(readers, 'head', 'reads it'),
    };
  }
  for (const { change, path, before, after } of pushChanges(diff)) {
    if (after['deletionPolicy'] !== 'Delete' || before['deletionPolicy'] === 'Delete') continue;
    yield {
      ...fieldPlace(change, [...path, 'deletionPolicy']),
      message: `${nameOf(change.head)} deletes its entries in the provider as soon as it is removed, or an entry of it`,
      hint: 'Leave deletionPolicy at None, and delete entries in the provider by hand.',
    };
  }
});
