import type { Path } from '../../ground/finding.ts';
import { mapsIn } from '../../ground/json-walk.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { readOf } from '../secret-refs.ts';
import { VAULT } from './vault-secrets.ts';

/**
 * How Vault is reached and signed in to: fields that are names of Secrets, in the namespace of who
 * uses them (docs/facts/operators.md#vault-secrets-operator).
 */
export const vaultLogins: readonly Kind[] = [
  'VaultAuth',
  'VaultAuthGlobal',
  'VaultConnection',
  'HCPAuth',
].map(kind => ({ group: VAULT, kind, reads: loginReads }));

function loginReads(object: PlacedObject): Read[] {
  return mapsIn(specOf(object), ['spec']).flatMap(({ map, path }) =>
    ['secretRef', 'caCertSecretRef'].flatMap(field => anywhere(map[field], [...path, field])),
  );
}

function anywhere(name: unknown, path: Path): Read[] {
  return readOf({ name, path, how: 'ref' }).map(read => ({ ...read, isAnywhere: true }));
}
