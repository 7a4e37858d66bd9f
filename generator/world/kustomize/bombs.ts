import type { Finding, Place } from '../../core/finding.ts';
import { isMap } from '../../core/json.ts';
import { type Kustomization, parsed, valuesAt } from './kustomization.ts';

/*
 * Small files of which kustomize makes more than any machine has. They are refused before it runs; what is not seen
 * here ends at the limits of programs.
 */

/** In how many ways kustomize may come to folders: it reads a base once for each that names it. */
const MOST_WAYS = 10_000;

/** That bases name each other in too many ways. `basesOf`: the bases that the kustomization of a folder names. */
export function tooManyWays(
  { folder, file }: Pick<Kustomization, 'folder' | 'file'>,
  basesOf: ReadonlyMap<string, readonly string[]>,
): Finding[] {
  const known = new Map<string, number>();
  const waysFrom = (place: string): number => {
    const before = known.get(place);
    if (before !== undefined) return before;
    known.set(place, 0); // kustomize reports a circle.
    const ways = (basesOf.get(place) ?? []).reduce((sum, base) => sum + waysFrom(base), 1);
    known.set(place, ways);
    return ways;
  };
  if (waysFrom(folder) <= MOST_WAYS) return [];
  return [
    refused(
      `it would read its bases more than ${MOST_WAYS} times, as they name each other again and again`,
      'Name each base in one place.',
      { file, line: 1, column: 1 },
    ),
  ];
}

/** What a text that kustomize reads as YAML would grow to without an end. `place`: where the text is named. */
export function growthIn(text: string, name: string, place: () => Place): Finding[] {
  const hasAlias = ALIAS.test(text);
  if (!hasAlias && !COPY.test(text)) return [];
  const { value = [], faults } = parsed(text);
  // Aliases of a text that is not read are not counted.
  const [bomb] = hasAlias ? faults : [];
  if (bomb !== undefined) return [refused(`${name}: ${bomb.message}`, bomb.hint ?? '', place())];
  const isGrowing = value.some(document => Array.isArray(document) && document.some(copiesItself));
  if (!isGrowing) return [];
  const message = `${name}: a JSON patch copies a value into itself`;
  return [refused(message, 'Copy a part of the value, or write it out.', place())];
}

const ALIAS = /(?:^|[\s[{,:-])\*[^\s*]/m;

const COPY = /\bcopy\b/;

/** Whether an operation of a JSON patch puts a value into itself (RFC 6902, 4.5): a few of them double it each time. */
function copiesItself(operation: unknown): boolean {
  if (!isMap(operation) || operation['op'] !== 'copy') return false;
  const { from, path } = operation;
  return typeof from === 'string' && `${path}/`.startsWith(`${from}/`);
}

/** The texts of patches that stand in a kustomization. */
export function inlinePatches({ document }: Kustomization): string[] {
  const fields = ['patches', 'patchesJson6902'].map(field => [field, '*', 'patch']);
  return [...fields, ['patchesStrategicMerge', '*']]
    .flatMap(field => valuesAt(document, field))
    .flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
}

function refused(message: string, hint: string, at: Place): Finding {
  return {
    rule: 'unreadable',
    severity: 'error',
    message: `kustomize cannot build it: ${message}`,
    hint,
    field: '',
    at,
  };
}
