import { listAt, mapAt, textAt } from '../core/json.ts';
import { type Kind, kindsOf, type Made, madeAt, type PlacedObject, specOf } from './kind.ts';
import { scatteredFields } from './secret-refs.ts';

const VAULT = 'secrets.hashicorp.com';

/** What the Vault Secrets Operator makes Secrets of, and its logins (docs/facts/operators.md#vault-secrets-operator). */
export const vaultSecretsOperator: readonly Kind[] = [
  ...kindsOf(VAULT, 'VaultStaticSecret VaultDynamicSecret VaultPKISecret HCPVaultSecretsApp', {
    secrets: {
      mayHoldSymbols: () => true,
      annotationsAt: () => ['spec', 'destination', 'annotations'],
    },
    makes: destination,
  }),
  /** Their Secrets are in the namespace of their user. */
  ...kindsOf(VAULT, 'VaultAuth VaultAuthGlobal VaultConnection HCPAuth', {
    reads: scatteredFields('ref', { secretRef: [], caCertSecretRef: [] }),
  }),
];

function destination(object: PlacedObject): Made[] {
  const { create, transformation } = mapAt(specOf(object), 'destination');
  const { templates, transformationRefs, excludes, excludeRaw } = mapAt(transformation);
  const isAllExcluded = listAt(excludes).includes('.*') && listAt(transformationRefs).length === 0;
  const keys = [...Object.keys(mapAt(templates)), ...(excludeRaw === true ? [] : ['_raw'])];
  return madeAt(object, ['spec', 'destination', 'name'], keys, {
    isOpen: !isAllExcluded,
    isMerging: create !== true,
    type: textAt(specOf(object), 'destination', 'type'),
  });
}
