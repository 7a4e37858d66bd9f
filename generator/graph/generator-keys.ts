import { type Item, listAt, specOf } from './item.ts';

/** The keys that ESO's generators give, where they are always the same (1.3.2). */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  UUID: ['uuid'],
  SSHKey: ['privateKey', 'publicKey'],
};

/**
 * The keys that an ESO generator gives; undefined when they are not known. A Password names its own
 * in `secretKeys` (CRD of Password, 1.3.2), so one that is not in the set may give any.
 */
export function generatorKeys(
  kind: string,
  generator: Item | undefined,
): readonly string[] | undefined {
  if (kind !== 'Password') return KEYS[kind];
  if (generator === undefined) return undefined;
  const named = listAt(specOf(generator), 'secretKeys').map(String);
  return named.length > 0 ? named : ['password'];
}
