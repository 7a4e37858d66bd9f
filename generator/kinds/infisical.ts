import { mapAt, mapsAt, textAt } from '../core/json.ts';
import type { Kind, Made, PlacedObject, Read } from './kind.ts';
import { kindsOf, madeAt, specOf } from './kind.ts';
import { referenceReaders, secretNameReads, specReads } from './secret-refs.ts';

const INFISICAL = 'secrets.infisical.com';

/** It writes to Secrets that it names, in any namespace (docs/facts/operators.md#infisical). */
const named = kindsOf(INFISICAL, 'InfisicalSecret InfisicalDynamicSecret', {
  secrets: { remain: 'always', mayHoldSymbols: () => true },
  makes: managedSecrets,
  reads: loginReads,
});

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

function loginReads(object: PlacedObject): Read[] {
  return ['tokenSecretReference', 'authentication', 'tls'].flatMap(field =>
    secretNameReads(specOf(object)[field], ['spec', field]),
  );
}

/** Its targets are Secrets and ConfigMaps, in any namespace (docs/facts/operators.md#infisical). */
const staticSecret: Kind = {
  group: INFISICAL,
  kind: 'InfisicalStaticSecret',
  secrets: { remain: 'unless owned', mayHoldSymbols: () => true },
  makes: object =>
    mapsAt(specOf(object), ['spec'], 'targets').flatMap(({ map, path }) => {
      if (map['kind'] === 'ConfigMap') return [];
      return madeAt(object, [...path, 'name'], Object.keys(mapAt(map, 'template', 'data')), {
        isOpen: true,
        namespace: textAt(map, 'namespace'),
        type: textAt(map, 'secretType'),
      });
    }),
};

export const infisicalSecrets: readonly Kind[] = [...named, staticSecret];

/** The logins of the operator, and what it pushes (docs/facts/operators.md#infisical). */
export const infisicalLogins: readonly Kind[] = [
  ...referenceReaders(INFISICAL, 'InfisicalAuth', { secrets: { byHand: specReads } }),
  ...referenceReaders(INFISICAL, 'InfisicalConnection InfisicalPushSecret'),
];
