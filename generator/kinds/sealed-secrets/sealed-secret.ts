import { mapAt, textAt } from '../../ground/json.ts';
import { type Kind, specOf } from '../kind.ts';

export const sealedSecret: Kind = {
  group: 'bitnami.com',
  kind: 'SealedSecret',
  hosts: 'none',
  isNoPlainText: true,
  secretFields: ['encryptedData'],
  sourceOf: (object, key) => [
    mapAt(object, 'spec', 'encryptedData')[key],
    mapAt(object, 'spec', 'template', 'data')[key],
  ],
  mayHoldSymbols: () => true,
  secretAnnotations: () => ['spec', 'template', 'metadata', 'annotations'],
  makes: item => {
    const template = mapAt(specOf(item), 'template');
    const type = textAt(template, 'type');
    const keys = [specOf(item)['encryptedData'], template['data']].flatMap(values =>
      Object.keys(mapAt(values)),
    );
    return [
      {
        secret: item.name,
        path: ['metadata', 'name'],
        keys: new Set(keys),
        isOpen: false,
        ...(type !== undefined && { type }),
        ...(isSharedWithSealed(template) && { isShared: true }),
      },
    ];
  },
};

/** Whether a Secret lets a SealedSecret add to it, or take it over (docs/facts/operators.md#sealed-secrets). */
export function isSharedWithSealed(secret: unknown): boolean {
  const annotations = mapAt(secret, 'metadata', 'annotations');
  return ['patch', 'managed'].some(
    word => annotations[`sealedsecrets.bitnami.com/${word}`] === 'true',
  );
}
