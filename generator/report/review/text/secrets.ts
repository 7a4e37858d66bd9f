import { oneLine } from '../../one-line.ts';
import { fateOf, refreshChange, sourceChanges } from '../effect-details.ts';
import type { SecretEffect } from '../review.ts';
import { objectText, secretText } from '../words.ts';
import { where } from './words.ts';

/** What becomes of a Secret and of those who read it. */
export function secretLines(effect: SecretEffect): string[] {
  const { environments, base, head, addedKeys, removedKeys } = effect;
  const secret = head ?? base;
  if (secret === undefined) return [];
  const keys = signed(addedKeys, removedKeys);
  const sources = sourceChanges(effect).map(
    ({ source, added, removed }) => `${source}: ${signed(added, removed)}`,
  );
  const refresh = refreshChange(effect);
  const readers = secret.readers.map(
    ({ pickup, ...reader }) => `${objectText(reader)} (${pickup})`,
  );
  return [
    `Secret ${secretText(secret)}${where(environments)}: ${fateOf(effect).text}`,
    ...(keys === '' ? [] : [`    keys: ${oneLine(keys)}`]),
    ...sources.map(text => `    from ${oneLine(text)}`),
    ...(refresh === undefined ? [] : [`    refresh: ${oneLine(refresh)}`]),
    ...(readers.length > 0 ? [`    read by ${readers.join(', ')}`] : []),
  ];
}

/** `+new -old`. */
function signed(added: readonly string[], removed: readonly string[]): string {
  return [...added.map(key => `+${key}`), ...removed.map(key => `-${key}`)].join(' ');
}
