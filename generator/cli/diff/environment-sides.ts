import { sharedDocuments } from '../../ground/yaml/shared-documents.ts';
import { type ManifestSet, objectsOf } from '../../read/sets/manifest-set.ts';
import type { BrokenSide } from '../../report/review/review.ts';
import { besideSides } from './beside-spec.ts';
import type { SideOptions } from './environment-parts.ts';
import { type EnvironmentSide, readSide } from './environment-side.ts';
import { asBroken, onlyIn, unreadIn } from './left-out.ts';
import { madeTree } from './made-tree.ts';
import type { ComparableSides, Pair, SidePlace } from './side.ts';
import { areSame, withBeside, withMade } from './with-more.ts';

/**
 * Reads sides of which one has a spec, environment by environment; what both have is read once. Where
 * the tree of head is not what its spec makes, both are held against base. What changes beside the
 * spec is compared as what it is: a part of the same world.
 */
export function environmentSides(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
): ComparableSides {
  const sides = sidesAt(base, head, reading);
  const { place, findings } = madeTree(head, 'Both are compared');
  const told = place === undefined ? sides : withMade(sides, sidesAt(base, place, reading));
  const beside = besideSides(
    { place: base, side: sides.base },
    { place: head, side: sides.head },
    reading,
    told.pairs.every(areSame),
  );
  return { ...(beside === undefined ? told : withBeside(told, beside)), stale: findings };
}

/** Both sides, by their environments. */
type ComparedEnvironments = ComparableSides & EnvironmentSides;

function sidesAt(base: SidePlace, head: SidePlace, reading: SideOptions): ComparedEnvironments {
  const parse = sharedDocuments();
  const sides = { base: readSide(base, reading, parse), head: readSide(head, reading, parse) };
  const all = new Set([...sides.base.environments.keys(), ...sides.head.environments.keys()]);
  const names = [...all].sort();
  const broken = new Map(names.map(name => [name, brokenIn(name, sides)]));
  return {
    ...sides,
    pairs: names.filter(name => broken.get(name)?.length === 0).map(name => pairOf(name, sides)),
    broken: [...broken.values()].flat(),
  };
}

type EnvironmentSides = Readonly<Record<'base' | 'head', EnvironmentSide>>;

function pairOf(name: string, { base, head }: EnvironmentSides): Pair {
  const [before, after] = [base.environments.get(name), head.environments.get(name)];
  const presence = before === undefined ? 'only head' : after === undefined ? 'only base' : 'both';
  return {
    name,
    presence: new Map([[name, presence]]),
    ...(before !== undefined && { base: objectsOf(before) }),
    ...(after !== undefined && { head: objectsOf(after) }),
  };
}

/** What cannot be read of an environment, or what only one side of it leaves out. */
function brokenIn(name: string, { base, head }: EnvironmentSides): BrokenSide[] {
  const [before, after] = [base.environments.get(name), head.environments.get(name)];
  return [
    ...faultsIn('base', name, before),
    ...faultsIn('head', name, after),
    ...(before && after ? unreadOnOneSide(name, before, after) : []),
  ];
}

/**
 * What one side leaves out and the other does not: what it makes looks removed, or made. Told of
 * the side that names it.
 */
function unreadOnOneSide(name: string, base: ManifestSet, head: ManifestSet): BrokenSide[] {
  const [before, after] = [unreadIn(base), unreadIn(head)];
  return [
    ...onlyIn(before, after).map(asBroken('base', name)),
    ...onlyIn(after, before).map(asBroken('head', name)),
  ];
}

function faultsIn(
  side: BrokenSide['side'],
  environment: string,
  set: ManifestSet | undefined,
): BrokenSide[] {
  const findings = (set?.sources ?? []).flatMap(source => source.findings);
  return findings.map(finding => ({ side, environment, finding }));
}
