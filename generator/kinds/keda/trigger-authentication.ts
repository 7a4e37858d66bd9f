import { listAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { refRead } from '../secret-refs.ts';

export const KEDA = 'keda.sh';

export const triggerAuthentication: Kind = {
  group: KEDA,
  kind: 'TriggerAuthentication',
  reads: authenticationReads,
};

/** The keys that the parameters of a trigger are taken from. */
export function authenticationReads(object: PlacedObject): Read[] {
  return listAt(specOf(object), 'secretTargetRef').flatMap((entry, index) =>
    refRead(entry, { path: ['spec', 'secretTargetRef', index], how: 'keda' }),
  );
}
