import type { Fault, Finding, Place } from '../../core/finding.ts';
import { isMap } from '../../core/json.ts';
import { oncePerText } from '../../core/once.ts';
import { documentFaults } from '../../yaml/gate.ts';
import { parseAmbiguous, parseStream, readEvents } from '../../yaml/parse.ts';
import { locate, placesIn } from '../../yaml/places.ts';
import { topOf, unreadableFinding } from '../source.ts';
import { type Kustomization, valuesAt } from './kustomization.ts';

/* Small files of which kustomize makes more than any machine has are refused; others end at the limits of programs. */

/** The most ways from a kustomization to its bases: kustomize reads a base once for each. */
const MOST_WAYS = 10_000;

/** The finding where bases name each other in too many ways. `basesOf`: the bases that each folder's kustomization names. */
export function tooManyWays(
  { folder, file }: Pick<Kustomization, 'folder' | 'file'>,
  basesOf: ReadonlyMap<string, readonly string[]>,
): Finding[] {
  const waysTo = new Map<string, number>();
  const waysFrom = (place: string): number => {
    const before = waysTo.get(place);
    if (before !== undefined) return before;
    waysTo.set(place, 0); // kustomize reports a circle.
    const ways = (basesOf.get(place) ?? []).reduce((sum, base) => sum + waysFrom(base), 1);
    waysTo.set(place, ways);
    return ways;
  };
  if (waysFrom(folder) <= MOST_WAYS) return [];
  const message = `it would read its bases more than ${MOST_WAYS} times, as they name each other again and again`;
  return [refused(message, 'Name each base in one place.', topOf(file))];
}

/** Where a text that kustomize reads as YAML would grow without an end. */
export function growthIn(text: string, fileOf: () => string): Finding[] {
  const faults = growthFaults(text);
  if (faults.length === 0) return [];
  return locate(faults, { file: fileOf(), text, isStream: true }).map(({ message, hint, at }) =>
    refused(message, hint, at),
  );
}

/** Asked once of a text, as many kustomizations may read it. */
const growthFaults = oncePerText((text): Fault[] => [...aliasFaults(text), ...copyFaults(text)]);

/** Aliases that multiply. Where readers see other lines nobody knows what aliases stand for. */
function aliasFaults(text: string): Fault[] {
  const hasAlias = /(?:^|[\s[{,:-])\*[^\s*]/m.test(text);
  if (!hasAlias || parseAmbiguous(text).value !== undefined) return [];
  const { value: events, faults } = readEvents(text);
  return events === undefined
    ? faults.filter(({ id }) => id === 'ambiguous-yaml')
    : documentFaults(text, events).faults.filter(({ id }) => id === 'alias-bomb');
}

function copyFaults(text: string): Fault[] {
  if (!/\bcopy\b/.test(text)) return [];
  return valuesAt(parseStream(text).value, ['*', '*'])
    .filter(({ value }) => copiesItself(value))
    .map(({ path }) => ({
      id: 'patch-copy',
      message: 'a JSON patch copies a value into itself',
      hint: 'Copy a part of the value, or write it out.',
      path,
    }));
}

/** Whether an operation of a JSON patch puts a value into itself (RFC 6902, 4.5): a few of them double it each time. */
function copiesItself(operation: unknown): boolean {
  if (!isMap(operation) || operation['op'] !== 'copy') return false;
  const { from, path } = operation;
  return typeof from === 'string' && `${path}/`.startsWith(`${from}/`);
}

/** The same of patches that stand in a kustomization: told at their place there. */
export function inlineGrowth({ document, file, text, written = text }: Kustomization): Finding[] {
  const fields = ['patches', 'patchesJson6902'].map(field => [field, '*', 'patch']);
  return [...fields, ['patchesStrategicMerge', '*']]
    .flatMap(field => valuesAt(document, field))
    .flatMap(({ value, path }) => {
      const [found] = typeof value === 'string' ? growthIn(value, () => file) : [];
      return found ? [{ ...found, at: placesIn({ file, text: written })({ path }) }] : [];
    });
}

/** A kustomization that kustomize cannot build. */
export function refused(message: string, hint: string | undefined, at: Place | undefined): Finding {
  return unreadableFinding(`kustomize cannot build it: ${message}`, hint, at);
}
