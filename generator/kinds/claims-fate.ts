import { type JsonObject, textAt } from '../core/json.ts';
import { claimFate } from './core/volumes.ts';
import { type DataFate, fateBy } from './data-facts.ts';
import { type Find, type PlacedObject, specOf } from './kind.ts';

/**
 * What becomes of data whose claims are deleted: the worst that becomes of one of their volumes.
 * `claims` are the specs of the claims, of which one is there even where none is written; `because`
 * says what deletes them.
 */
export function fateOfClaims(claims: readonly JsonObject[], find: Find, because: string): DataFate {
  const fates = claims.map(claim => claimFate(claim, find));
  const one = (word: DataFate['fate']): DataFate | undefined =>
    fates.find(({ fate }) => fate === word);
  const worst = one('deleted') ?? one('unknown') ?? one('kept') ?? claimFate({}, find);
  return { fate: worst.fate, because: `${because}; ${worst.because}` };
}

/**
 * What becomes of data in the claims of a StatefulSet: they stay unless `whenDeleted` below the field
 * `policy` of an object's spec says otherwise (docs/facts/kubernetes.md#volume-claims).
 */
export function fateOfSet(
  object: PlacedObject,
  policy: readonly string[],
  claims: readonly JsonObject[],
  find: Find,
): DataFate | undefined {
  if (claims.length === 0) return undefined;
  const path = [...policy, 'whenDeleted'];
  const word = textAt(specOf(object), ...path) ?? 'Retain';
  const because = `${path.slice(-2).join('.')}: ${word}`;
  if (word === 'Delete') return fateOfClaims(claims, find, because);
  const fate = fateBy(word, because, ['spec', ...path]);
  return fate.fate === 'kept' ? { ...fate, hasClaimsAgain: true } : fate;
}
