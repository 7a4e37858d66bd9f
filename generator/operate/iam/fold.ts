import { groupBy } from '../../ground/group-by.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { type Arn, arnText } from './arn.ts';
import type { Grant } from './grant.ts';

/** How many entries are known below each path, by what stands before the names. */
export type Below = ReadonlyMap<string, number>;

/** A subtree that is allowed as a whole. */
export interface Folded {
  readonly grants: readonly Grant[];
  /** The patterns that stand in the place of names, with how many. */
  readonly wider: ReadonlyMap<string, number>;
}

/** Counts the entries of AWS below each path, each once. */
export function countBelow(entries: Iterable<Arn>): Below {
  const seen = new Set<string>();
  const counts = new Map<string, number>();
  for (const arn of entries) {
    const text = arnText(arn);
    if (seen.has(text)) continue;
    seen.add(text);
    for (const path of pathsOf(arn)) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return counts;
}

/** The paths above a name, the uppermost first: `…:parameter/rem/`, `…:parameter/rem/llm/`. */
function pathsOf({ head, name, tail }: Arn): string[] {
  if (tail.startsWith('*') || tail.startsWith('/')) return [];
  const paths: string[] = [];
  for (let at = name.indexOf('/', 1); at >= 0; at = name.indexOf('/', at + 1))
    paths.push(head + name.slice(0, at + 1));
  return paths;
}

/** The most levels that any name has, besides its last. */
export function levelsOf(grants: readonly Grant[]): number {
  return grants.reduce((most, grant) => Math.max(most, pathsOf(entryOf(grant)).length), 0);
}

/** What is named: a key is for the entries that it encrypts. */
function entryOf({ on, of }: Grant): Arn {
  return of?.entry ?? on;
}

/**
 * Grants with whole subtrees in the place of names, from a level on: those in which a role has every
 * entry that is known, as nothing that is there would become readable with them.
 */
export function fold(grants: readonly Grant[], level: number, known: Below): Folded {
  const wider = new Map<string, number>();
  const own = new Map(
    [...groupBy(grants, actionOf)].map(([action, group]) => [
      action,
      countBelow(group.map(entryOf)),
    ]),
  );
  const folded = grants.map(grant => {
    const mine = own.get(actionOf(grant));
    const path = pathsOf(entryOf(grant))
      .slice(level - 1)
      .find(candidate => {
        const count = mine?.get(candidate) ?? 0;
        return count > 1 && count === known.get(candidate);
      });
    if (path === undefined) return grant;
    const pattern = { head: path, name: '', tail: '*' };
    wider.set(arnText(pattern), known.get(path) ?? 0);
    return grant.of === undefined
      ? { ...grant, on: pattern }
      : { ...grant, of: { ...grant.of, entry: pattern } };
  });
  return { grants: folded, wider: new Map(sortBy([...wider], ([pattern]) => pattern)) };
}

/** The key counts too: what is encrypted with one says nothing of another. */
function actionOf({ action, on, of }: Grant): string {
  return of === undefined ? action : `${action} ${arnText(on)}`;
}
