import { isBelow } from '../../core/json.ts';
import { firstOf } from '../../report/text.ts';
import { lostSecrets, newlyMissing } from '../facts/losses.ts';
import { type SpecChange, specChanges, staleSecrets, targetOf } from '../facts/secrets.ts';
import { type FieldChange, fieldPath } from '../field-changes.ts';
import { fieldPlace, nameOf, type RiskRule, warn } from '../risk.ts';

export const remoteRef: RiskRule = warn('remote-ref', function* (diff) {
  const moved = specChanges(diff)
    .map(spec => ({ ...spec, fields: movedFields(spec) }))
    .filter(({ fields }) => fields.length > 0);
  const reported = new Set([
    ...staleSecrets(diff).flatMap(({ node }) => node.makers.map(({ object }) => object)),
    ...lostSecrets(diff).flatMap(({ required }) => required.map(({ object }) => object)),
    ...newlyMissing(diff).map(({ object }) => object),
  ]);
  for (const { change, after, path, fields } of moved) {
    const [first] = fields;
    if (first === undefined || reported.has(change.head)) continue;
    const names = fields.map(({ field }) => field.replace(`${path.join('.')}.`, ''));
    yield {
      ...fieldPlace(change, fieldPath(first), first.basePath),
      message: `${nameOf(change.head)} fetches other entries into Secret "${targetOf(after)}" (${firstOf(names, 3)})`,
      hint: 'Make sure that the provider has the new entry and that the store may read it: else the sync fails and the old value stays.',
    };
  }
});

function movedFields({ change, path }: SpecChange): FieldChange[] {
  return change.fields.filter(changed => {
    const at = fieldPath(changed);
    const [field, ...rest] = isBelow(at, path) ? at.slice(path.length) : [];
    if (field === 'data') return rest[1] === 'remoteRef';
    const isEntry = changed.what === 'added' && rest.length < 2;
    return field === 'dataFrom' && !isEntry && !rest.includes('storeRef');
  });
}
