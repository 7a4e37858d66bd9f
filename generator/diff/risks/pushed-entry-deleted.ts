import { type JsonObject, listAt, mapAt, scalarText } from '../../core/json.ts';
import { PUSH_SECRETS } from '../../kinds/eso/external-secret.ts';
import { goingOf } from '../appliers.ts';
import { pushChanges } from '../facts/secrets.ts';
import { high, keysText, placeOn, type RiskRule, theObject } from '../risk.ts';

/** What a PushSecret wrote and no longer names is deleted (external-secrets 1.3.2, DeleteSecretFromProviders). */
export const pushedEntryDeleted: RiskRule = high('pushed-entry-deleted', function* (diff) {
  const changed = pushChanges(diff)
    .filter(({ after }) => after['deletionPolicy'] === 'Delete')
    .map(({ change, ...both }) => ({ ...both, object: change.base, does: 'no longer names' }));
  const removed = [...PUSH_SECRETS].flatMap(([kind, path]) =>
    goingOf(diff, kind).map(({ base }) => {
      const before = mapAt(base.json, ...path.map(String));
      return { object: base, path, before, after: {}, does: 'is removed with' };
    }),
  );
  for (const { object, path, before, after, does } of [...changed, ...removed]) {
    const left = new Set(namesIn(after));
    const gone = namesIn(before).filter(name => !left.has(name));
    if (before['deletionPolicy'] !== 'Delete' || gone.length === 0) continue;
    yield {
      ...placeOn('base', object, [...path, 'deletionPolicy']),
      message: `${theObject(object)} ${does} ${keysText(gone)}: with deletionPolicy Delete, what it wrote there is deleted in the provider`,
      hint: 'Set deletionPolicy to None and let that be applied first, if anything reads these entries.',
    };
  }
});

/** The entries and the stores that a PushSecret writes to. */
function namesIn(spec: JsonObject): string[] {
  const refs = listAt(spec, 'data').map(entry => mapAt(entry, 'match', 'remoteRef'));
  const entries = refs.map(({ remoteKey, property }) => [remoteKey, property]);
  const stores = listAt(spec, 'secretStoreRefs').map(ref => [mapAt(ref)['name']]);
  return [...entries, ...stores].map(parts => parts.map(scalarText).filter(Boolean).join('/'));
}
