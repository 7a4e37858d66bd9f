import type { JsonObject } from '../../ground/json.ts';
import { scalarText } from '../../ground/scalar-text.ts';

/** The keys that ESO's own generators give (1.3.2). */
const KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Password', ['password']],
  ['UUID', ['uuid']],
  ['SSHKey', ['privateKey', 'publicKey']],
]);

/** The keys that a generator gives; undefined for those that depend on where they ask. */
export function generatorKeys(kind: string, spec: JsonObject): readonly string[] | undefined {
  const named = kind === 'Password' ? spec['secretKeys'] : undefined;
  return Array.isArray(named) ? named.map(scalarText) : KEYS.get(kind);
}
