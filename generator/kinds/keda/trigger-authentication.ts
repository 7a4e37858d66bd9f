import { listAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { refRead } from '../secret-refs.ts';

export const KEDA = 'keda.sh';

export const triggerAuthentication: Kind = {
  group: KEDA,
  kind: 'TriggerAuthentication',
  reads: authenticationReads,
};

/** The keys that the parameters of a trigger are taken from. */
export function authenticationReads(item: Item): Read[] {
  return listAt(specOf(item), 'secretTargetRef').flatMap((entry, index) =>
    refRead(entry, { path: ['spec', 'secretTargetRef', index], how: 'keda' }),
  );
}
