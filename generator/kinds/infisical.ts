import { mapAt, mapsAt, textAt } from '../core/json.ts';
import { type Kind, kindsOf, type Made, madeAt, type PlacedObject, specOf } from './kind.ts';
import { referenceReaders, secretNameReads, specReads } from './secret-refs.ts';

const INFISICAL = 'secrets.infisical.com';

function managedSecrets(object: PlacedObject): Made[] {
  const spec = specOf(object);
  const field = 'managedSecretReference';
  const only = { map: mapAt(spec, field), path: ['spec', field] };
  const several = mapsAt(spec, ['spec'], 'managedKubeSecretReferences');
  return [only, ...several].flatMap(({ map, path }) => {
    const { data, includeAllSecrets } = mapAt(map, 'template');
    return madeAt(object, [...path, 'secretName'], Object.keys(mapAt(data)), {
      isOpen: data === undefined || includeAllSecrets === true,
      namespace: textAt(map, 'secretNamespace'),
      type: textAt(map, 'secretType'),
    });
  });
}

export const infisical: readonly Kind[] = [
  /** They write to Secrets that they name, in any namespace (docs/facts/operators.md#infisical). */
  ...kindsOf(INFISICAL, 'InfisicalSecret InfisicalDynamicSecret', {
    secrets: { remain: 'always', mayHoldSymbols: () => true },
    makes: managedSecrets,
    reads: object =>
      ['tokenSecretReference', 'authentication', 'tls'].flatMap(field =>
        secretNameReads(specOf(object)[field], ['spec', field]),
      ),
  }),
  {
    group: INFISICAL,
    kind: 'InfisicalStaticSecret',
    secrets: { remain: 'unless owned', mayHoldSymbols: () => true },
    /** Its targets are Secrets and ConfigMaps, in any namespace (docs/facts/operators.md#infisical). */
    makes: object =>
      mapsAt(specOf(object), ['spec'], 'targets').flatMap(({ map, path }) => {
        if (map['kind'] === 'ConfigMap') return [];
        return madeAt(object, [...path, 'name'], Object.keys(mapAt(map, 'template', 'data')), {
          isOpen: true,
          namespace: textAt(map, 'namespace'),
          type: textAt(map, 'secretType'),
        });
      }),
  },
  /** The logins of the operator, and what it pushes (docs/facts/operators.md#infisical). */
  ...referenceReaders(INFISICAL, 'InfisicalAuth', { secrets: { byHand: specReads } }),
  ...referenceReaders(INFISICAL, 'InfisicalConnection InfisicalPushSecret'),
];
