import { type JsonObject, listAt, mapAt, scalarText, textAt } from '../../core/json.ts';
import { innerSpec, PUSH_SECRETS } from '../../kinds/eso/external-secret.ts';
import { goingOf } from '../appliers.ts';
import { pushChanges } from '../facts/secrets.ts';
import { high, inWords, keysText, placeOn, type RiskRule, theObject } from '../risk.ts';

/** What a PushSecret wrote and no longer names is deleted (external-secrets 1.3.2, DeleteSecretFromProviders). */
export const pushedEntryDeleted: RiskRule = high('pushed-entry-deleted', function* (diff) {
  const changed = pushChanges(diff)
    .filter(({ after }) => after['deletionPolicy'] === 'Delete')
    .map(({ change, ...both }) => ({ ...both, object: change.base, does: 'no longer names' }));
  const removed = goingOf(diff, ...PUSH_SECRETS).map(({ base }) => {
    const { path, spec: before } = innerSpec(base);
    return { object: base, path, before, after: { ...before, data: [] }, does: 'is removed with' };
  });
  for (const { object, path, before, after, does } of [...changed, ...removed]) {
    if (before['deletionPolicy'] !== 'Delete') continue;
    const entries = goneOf(entriesIn, before, after);
    const gone = [
      ...(entries.length > 0 ? [keysText(entries)] : []),
      ...goneOf(storesIn, before, after).map(name => `the store "${name}"`),
    ];
    if (gone.length === 0) continue;
    yield {
      ...placeOn('base', object, [...path, 'deletionPolicy']),
      message: `${theObject(object)} ${does} ${inWords(gone)}: with deletionPolicy Delete, what it wrote there is deleted in the provider`,
      hint: 'Set deletionPolicy to None and let that be applied first, if anything reads these entries.',
    };
  }
});

function goneOf(namesIn: (spec: JsonObject) => string[], before: JsonObject, after: JsonObject) {
  const left = new Set(namesIn(after));
  return namesIn(before).filter(name => !left.has(name));
}

function entriesIn(spec: JsonObject): string[] {
  const refs = listAt(spec, 'data').map(entry => mapAt(entry, 'match', 'remoteRef'));
  const parts = refs.map(({ remoteKey, property }) => [remoteKey, property]);
  return parts.map(names => names.map(scalarText).filter(Boolean).join('/'));
}

function storesIn(spec: JsonObject): string[] {
  return listAt(spec, 'secretStoreRefs').flatMap(ref => textAt(ref, 'name') ?? []);
}
