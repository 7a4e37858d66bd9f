import { mapAt, textAt } from '../core/json.ts';
import { type Kind, namedAfter, specOf } from './kind.ts';

export const sealedSecret: Kind = {
  group: 'bitnami.com',
  kind: 'SealedSecret',
  fields: { hosts: 'none', isPlainTextAllowed: true, secretNames: ['encryptedData'] },
  secrets: {
    valueSource: (object, key) => [
      mapAt(object, 'spec', 'encryptedData')[key],
      mapAt(object, 'spec', 'template', 'data')[key],
    ],
    isReencrypted: (before, after) => {
      const [was = {}, is = {}] = [before, after].map(side => mapAt(side, 'spec', 'encryptedData'));
      return Object.keys(is).every(key => is[key] !== was[key]);
    },
    mayHoldSymbols: () => true,
    annotationsAt: () => ['spec', 'template', 'metadata', 'annotations'],
  },
  makes: object => {
    const template = mapAt(specOf(object), 'template');
    const encrypted = mapAt(specOf(object), 'encryptedData');
    const keys = [...Object.keys(encrypted), ...Object.keys(mapAt(template, 'data'))];
    const isShared = isSharedWithSealed(template);
    return [namedAfter(object.name, keys, { type: textAt(template, 'type'), isShared })];
  },
};

/** Whether a Secret allows a SealedSecret to add keys or to take it over (docs/facts/operators.md#sealed-secrets). */
export function isSharedWithSealed(secret: unknown): boolean {
  const marks = mapAt(secret, 'metadata', 'annotations');
  return ['patch', 'managed'].some(word => marks[`sealedsecrets.bitnami.com/${word}`] === 'true');
}
