import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { type Made, madeAt } from '../secret-ends.ts';

export const VAULT = 'secrets.hashicorp.com';

/** What the Vault Secrets Operator syncs (docs/facts/operators.md#vault-secrets-operator). */
export const vaultSecrets: readonly Kind[] = [
  'VaultStaticSecret',
  'VaultDynamicSecret',
  'VaultPKISecret',
  'HCPVaultSecretsApp',
].map(kind => ({
  group: VAULT,
  kind,
  mayHoldSymbols: () => true,
  makes: destination,
  secretAnnotations: () => ['spec', 'destination', 'annotations'],
}));

/** Unless it creates the Secret, it fills one that has to be there. */
function destination(object: PlacedObject): Made[] {
  const { create, transformation } = mapAt(specOf(object), 'destination');
  const { templates, transformationRefs, excludes, excludeRaw } = mapAt(transformation);
  const type = textAt(specOf(object), 'destination', 'type');
  const isAllExcluded = listAt(excludes).includes('.*') && listAt(transformationRefs).length === 0;
  const keys = [...Object.keys(mapAt(templates)), ...(excludeRaw === true ? [] : ['_raw'])];
  return madeAt(object, ['spec', 'destination', 'name'], keys, {
    isOpen: !isAllExcluded,
    ...(create !== true && { isMerging: true }),
    ...(type !== undefined && { type }),
  });
}
