import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';
import { madeAt } from '../secret-ends.ts';
import { INFISICAL } from './infisical-secret.ts';

/** Its targets are Secrets and ConfigMaps, in any namespace (docs/facts/operators.md#infisical). */
export const infisicalStaticSecret: Kind = {
  group: INFISICAL,
  kind: 'InfisicalStaticSecret',
  leaves: 'unless owned',
  mayHoldSymbols: () => true,
  makes: object =>
    listAt(specOf(object), 'targets').flatMap((target, index) => {
      const namespace = textAt(target, 'namespace');
      const type = textAt(target, 'secretType');
      if (textAt(target, 'kind') === 'ConfigMap') return [];
      const keys = Object.keys(mapAt(target, 'template', 'data'));
      return madeAt(object, ['spec', 'targets', index, 'name'], keys, {
        isOpen: true,
        ...(namespace !== undefined && { namespace }),
        ...(type !== undefined && { type }),
      });
    }),
};
