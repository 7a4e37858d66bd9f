import type { Path } from '../core/finding.ts';
import { type Json, listAt, mapAt, textAt } from '../core/json.ts';
import { type Kind, type Made, madeAt, type PlacedObject, type Read, specOf } from './kind.ts';
import { referenceReaders, secretNameReads, specReads } from './secret-refs.ts';

const INFISICAL = 'secrets.infisical.com';

/** It writes to Secrets that it names, in any namespace (docs/facts/operators.md#infisical). */
export const infisicalSecret: Kind = {
  group: INFISICAL,
  kind: 'InfisicalSecret',
  secrets: { remain: 'always', mayHoldSymbols: () => true },
  makes: managedSecrets,
  reads: loginReads,
};

export const infisicalDynamicSecret: Kind = {
  ...infisicalSecret,
  kind: 'InfisicalDynamicSecret',
};

function managedSecrets(object: PlacedObject): Made[] {
  const spec = specOf(object);
  return [
    ...managedSecret(object, mapAt(spec, 'managedSecretReference'), [
      'spec',
      'managedSecretReference',
    ]),
    ...listAt(spec, 'managedKubeSecretReferences').flatMap((entry, index) =>
      managedSecret(object, entry, ['spec', 'managedKubeSecretReferences', index]),
    ),
  ];
}

/** The keys are those of the template, unless that includes all that is fetched. */
function managedSecret(object: PlacedObject, target: Json, path: Path): Made[] {
  const { data, includeAllSecrets } = mapAt(target, 'template');
  return madeAt(object, [...path, 'secretName'], Object.keys(mapAt(data)), {
    isOpen: data === undefined || includeAllSecrets === true,
    namespace: textAt(target, 'secretNamespace'),
    type: textAt(target, 'secretType'),
  });
}

/** Its logins, and the authorities that it trusts. */
function loginReads(object: PlacedObject): Read[] {
  return ['tokenSecretReference', 'authentication', 'tls'].flatMap(field =>
    secretNameReads(specOf(object)[field], ['spec', field]),
  );
}

/** Its targets are Secrets and ConfigMaps, in any namespace (docs/facts/operators.md#infisical). */
export const infisicalStaticSecret: Kind = {
  group: INFISICAL,
  kind: 'InfisicalStaticSecret',
  secrets: { remain: 'unless owned', mayHoldSymbols: () => true },
  makes: object =>
    listAt(specOf(object), 'targets').flatMap((target, index) => {
      if (textAt(target, 'kind') === 'ConfigMap') return [];
      const keys = Object.keys(mapAt(target, 'template', 'data'));
      return madeAt(object, ['spec', 'targets', index, 'name'], keys, {
        isOpen: true,
        namespace: textAt(target, 'namespace'),
        type: textAt(target, 'secretType'),
      });
    }),
};

/** The logins of the operator, and what it pushes (docs/facts/operators.md#infisical). */
export const infisicalLogins: readonly Kind[] = [
  ...referenceReaders(INFISICAL, 'InfisicalAuth', {
    secrets: {
      byHand: object => specReads(object).map(({ secret }) => secret),
    },
  }),
  ...referenceReaders(INFISICAL, 'InfisicalConnection InfisicalPushSecret'),
];
