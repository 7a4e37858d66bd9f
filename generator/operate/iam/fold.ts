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

/** What is named: a key is for the entries that it encrypts. */
function entryOf({ on, of }: Grant): Arn {
  return of?.entry ?? on;
}

/**
 * Grants with ever larger subtrees in the place of names, wherever they are: those in which a role has every
 * entry that is known, as nothing that is there would become readable with them.
 */
export function* foldings(grants: readonly Grant[], known: Below): Generator<Folded> {
  const mine = new Map(
    [...groupBy(grants, actionOf)].map(([action, group]) => [
      action,
      countBelow(group.map(entryOf)),
    ]),
  );
  const trees = grants.map((grant): Tree[] =>
    pathsOf(entryOf(grant)).flatMap(path => {
      const count = mine.get(actionOf(grant))?.get(path) ?? 0;
      return count > 1 && count === known.get(path) ? [{ path, count }] : [];
    }),
  );
  const largest = trees.reduce((most, [tree]) => Math.max(most, tree?.count ?? 0), 0);
  const smallest = trees.reduce(
    (least, all) => Math.min(least, all.at(-1)?.count ?? least),
    largest,
  );
  for (let most = smallest; most > 0 && most < 2 * largest; most *= 2)
    yield folded(grants, trees, most);
}

/** A path below which a role has all that is known, and how much that is. */
interface Tree {
  readonly path: string;
  readonly count: number;
}

/** The uppermost trees of at most so many entries in the place of names. */
function folded(
  grants: readonly Grant[],
  trees: readonly (readonly Tree[])[],
  most: number,
): Folded {
  const wider = new Map<string, number>();
  const all = grants.map((grant, index) => {
    const tree = trees[index]?.find(({ count }) => count <= most);
    if (tree === undefined) return grant;
    const pattern = { head: tree.path, name: '', tail: '*' };
    wider.set(arnText(pattern), tree.count);
    return grant.of === undefined
      ? { ...grant, on: pattern }
      : { ...grant, of: { ...grant.of, entry: pattern } };
  });
  return { grants: all, wider: new Map(sortBy([...wider], ([pattern]) => pattern)) };
}

/** The key counts too: what is encrypted with one says nothing of another. */
function actionOf({ action, on, of }: Grant): string {
  return of === undefined ? action : `${action} ${arnText(on)}`;
}
