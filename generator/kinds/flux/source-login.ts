import { textAt } from '../../ground/json.ts';
import { type Item, specOf } from '../kind.ts';

/** What opens the door cannot lie behind it: `flux bootstrap` and `flux create secret` make it. */
export function login(item: Item): string[] {
  const name = textAt(specOf(item), 'secretRef', 'name');
  return name === undefined ? [] : [name];
}
