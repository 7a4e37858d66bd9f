import { textAt } from '../../ground/json.ts';
import type { Kind } from '../kind.ts';
import { namedAfter } from '../made.ts';

/** The fields of the item are the keys, so only 1Password knows them (docs/facts/operators.md#1password). */
export const onePasswordItem: Kind = {
  group: 'onepassword.com',
  kind: 'OnePasswordItem',
  isNoPlainText: true,
  mayHoldSymbols: () => true,
  makes: ({ object, name }) => {
    const type = textAt(object, 'type');
    return [namedAfter(name, [], { isOpen: true, ...(type !== undefined && { type }) })];
  },
};
