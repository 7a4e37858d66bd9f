import { textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';

/** What opens the door cannot lie behind it: `flux bootstrap` and `flux create secret` make it. */
export function login(object: PlacedObject): string[] {
  const name = textAt(specOf(object), 'secretRef', 'name');
  return name === undefined ? [] : [name];
}
