import type { Path } from '../../core/finding.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { Comparison } from '../comparison.ts';
import { lostSecrets, newlyMissing } from '../facts/losses.ts';
import {
  fieldsBelow,
  type SpecChange,
  specChanges,
  staleSecrets,
  targetOf,
} from '../facts/secrets.ts';
import { type FieldChange, fieldPath } from '../field-changes.ts';
import { fieldPlace, nameOf, type RiskRule } from '../risk.ts';

export const remoteRef: RiskRule = {
  id: 'remote-ref',
  level: 'warn',

  *check(comparison) {
    const moved = specChanges(comparison).flatMap(spec => {
      const fields = movedFields(spec);
      return fields.length === 0 ? [] : [{ spec, fields }];
    });
    const reported = moved.length === 0 ? new Set() : reportedElsewhere(comparison);
    for (const { spec, fields } of moved) {
      const [first] = fields;
      const { change, after, path } = spec;
      if (first === undefined || reported.has(change.head)) continue;
      yield {
        ...fieldPlace(change, fieldPath(first), first.basePath),
        message: `${nameOf(change.head)} fetches other entries into Secret "${targetOf(after)}" (${namesOf(fields, path)})`,
        hint: 'Make sure that the provider has the new entry and that the store may read it: else the sync fails and the old value stays.',
      };
    }
  },
};

/** The objects that graver rules report: stale-variable, secret-lost and secret-key-lost. */
function reportedElsewhere(comparison: Comparison): Set<PlacedObject> {
  return new Set([
    ...staleSecrets(comparison).flatMap(({ node }) => node.makers.map(({ object }) => object)),
    ...lostSecrets(comparison).flatMap(({ required }) => required.map(({ object }) => object)),
    ...newlyMissing(comparison).map(({ object }) => object),
  ]);
}

/** The changed references. Other rules report added and removed keys, and another store. */
function movedFields(spec: SpecChange): FieldChange[] {
  const data = fieldsBelow(spec, 'data').filter(({ rest: [, field] }) => field === 'remoteRef');
  const dataFrom = fieldsBelow(spec, 'dataFrom').filter(
    ({ field, rest }) => field.what !== 'added' || rest.length > 1,
  );
  return [...data, ...dataFrom.filter(({ rest }) => !rest.includes('storeRef'))].map(
    ({ field }) => field,
  );
}

function namesOf(fields: readonly FieldChange[], path: Path): string {
  const prefix = `${path.join('.')}.`;
  const names = fields.map(({ field }) => field.replace(prefix, ''));
  const shown = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
