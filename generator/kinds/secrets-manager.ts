import { mapAt, textAt } from '../core/json.ts';
import { type Kind, madeAt, specOf } from './kind.ts';

/** It fetches each key from Vault or Azure (docs/facts/operators.md#secrets-manager). */
export const secretDefinition: Kind = {
  group: 'secrets-manager.tuenti.io',
  kind: 'SecretDefinition',
  secrets: { mayHoldSymbols: () => true },
  makes: object =>
    madeAt(object, ['spec', 'name'], Object.keys(mapAt(specOf(object), 'keysMap')), {
      type: textAt(specOf(object), 'type'),
    }),
};
