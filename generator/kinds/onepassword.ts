import { textAt } from '../core/json.ts';
import type { Kind, Made, PlacedObject } from './kind.ts';
import { annotationOf, madeAt, namedAfter } from './kind.ts';

/** The keys are the fields of the item, which only 1Password knows (docs/facts/operators.md#1password). */
export const onePasswordItem: Kind = {
  group: 'onepassword.com',
  kind: 'OnePasswordItem',
  fields: { isPlainTextAllowed: true },
  secrets: { mayHoldSymbols: () => true },
  makes: ({ json, name }) => [namedAfter(name, [], { isOpen: true, type: textAt(json, 'type') })],
};

/** The Secret that 1Password makes for a Deployment with its annotations. */
export function annotatedSecret(object: PlacedObject): Made[] {
  const name = 'operator.1password.io/item-name';
  if (annotationOf(object, 'operator.1password.io/item-path') === undefined) return [];
  return madeAt(object, ['metadata', 'annotations', name], [], { isOpen: true });
}
