import type { Finding } from '../../ground/finding.ts';
import { sharedDocuments } from '../../ground/yaml/shared-documents.ts';
import { deployerNamed } from '../../kinds/argocd/application-sets/made-applications.ts';
import { ownKustomization } from '../../kinds/flux/flux-instance.ts';
import { objectsOf } from '../../read/sets/manifest-set.ts';
import type { ObjectSet } from '../../read/sets/object-set.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';
import { wholeSet } from '../../read/sets/path-sets.ts';
import { pairedWorlds } from '../../read/world/paired-worlds.ts';
import type { Unit } from '../../read/world/unit.ts';
import type { World } from '../../read/world/worlds.ts';
import type { UnitName } from '../../review/changes/comparison.ts';
import { brokenOf, unseenOf, withoutUnseen } from './broken-units.ts';
import { withoutCopies } from './copies.ts';
import type { SideOptions } from './environment-parts.ts';
import { asBroken } from './left-out.ts';
import { type LostFolder, lostFolders } from './lost-folders.ts';
import { withoutOrphans } from './orphans.ts';
import type { ComparableSides, Pair, Side, SidePlace } from './side.ts';
import { rootsOf } from './side-roots.ts';
import { unitNames } from './unit-names.ts';
import { readWorld, type Shared, sideOf, type WorldSide, withoutSources } from './world-side.ts';

/** Whether changes of a source are asked for. */
export type IsAsked = (source: ObjectSource) => boolean;

/**
 * Reads sides without a spec: all that their repositories have applied, cluster by cluster. A unit
 * that could not be read on one side is compared on neither, nor is what comes of it and only the other shows. `asked`: what of
 * it is compared; absent: what lies at the paths of the sides.
 */
export function worldSides(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
  asked?: Asked,
): ComparableSides {
  const { before, after, copies } = readWorlds(base, head, reading, asked);
  const names = unitNames([before, after]);
  const allBroken = [...brokenOf('base', before, after), ...brokenOf('head', after, before)];
  const broken = allBroken.filter(({ isAsked }) => isAsked);
  const lost = lostFolders(before.units, after.units);
  const unread = new Set([
    ...broken.map(({ unit }) => unit.id),
    ...unseenOf(allBroken, before.units, after.units),
    ...lost.flatMap(({ unit, before: units }) => [unit, ...units].map(({ id }) => id)),
  ]);
  const pairs = pairedWorlds(before.units, after.units).map(
    (worlds): Pair => ({
      name: '',
      base: objectsIn(worlds.base, unread),
      head: objectsIn(worlds.head, unread),
      presence: presenceOf(worlds.base.units, worlds.head.units, names),
      units: new Map([
        ...namesBySource(worlds.base.units, before, names),
        ...namesBySource(worlds.head.units, after, names),
      ]),
    }),
  );
  return {
    base: withNotices(sideOf(before, names), copies),
    head: sideOf(after, names),
    pairs,
    broken: [...broken, ...lost.filter(isAskedFor(before))].map(({ side, unit, finding }) =>
      asBroken(side, names.get(unit) ?? '')(finding),
    ),
  };
}

type Asked = Readonly<Record<'base' | 'head', IsAsked>>;

/** Both sides without what is left over; `copies`: what of base was. */
function readWorlds(
  base: SidePlace,
  head: SidePlace,
  reading: SideOptions,
  asked: Asked | undefined,
): { before: WorldSide; after: WorldSide; copies: readonly Finding[] } {
  let next = 0;
  const shared: Shared = { parse: sharedDocuments(), number: () => next++ };
  const roots = rootsOf(base, head);
  const [own, other] = withoutSources([
    onlyAsked(readWorld(base, roots?.base, reading, shared), asked?.base),
    onlyAsked(readWorld(head, roots?.head, reading, shared), asked?.head),
  ]);
  const seen = withoutUnseen(own, other);
  const after = withoutOrphans(withoutUnseen(other, own), seen);
  const { base: before, findings: copies } = withoutCopies(seen, after);
  return { before, after, copies };
}

function onlyAsked(side: WorldSide, isAsked: IsAsked | undefined): WorldSide {
  if (isAsked === undefined) return side;
  return { ...side, isWanted: source => side.isWanted(source) && isAsked(source) };
}

function withNotices(side: Side, findings: readonly Finding[]): Side {
  return { ...side, notices: [...side.notices, ...findings] };
}

/** Whether something of what a deployment object had applied is asked for. */
function isAskedFor({ isWanted }: WorldSide): (lost: LostFolder) => boolean {
  return ({ before }) => before.some(({ sources }) => sources.some(isWanted));
}

/** What a cluster has together. Of units that are not compared it is known that they are there. */
function objectsIn({ units, others, ...world }: World, unread: ReadonlySet<string>): ObjectSet {
  const isCompared = ({ id }: Unit): boolean => !unread.has(id);
  const beside = [...units.filter(unit => !isCompared(unit)), ...others];
  return objectsOf(wholeSet({ ...world, units: units.filter(isCompared), others: beside }));
}

function presenceOf(
  base: readonly Unit[],
  head: readonly Unit[],
  names: ReadonlyMap<Unit, string>,
): Pair['presence'] {
  const [before, after] = [base, head].map(
    units => new Set(units.map(unit => names.get(unit) ?? '')),
  );
  const all = [...new Set([...(before ?? []), ...(after ?? [])])].sort();
  return new Map(
    all.map(name => [
      name,
      before?.has(name) ? (after?.has(name) ? 'both' : 'only base') : 'only head',
    ]),
  );
}

function namesBySource(
  units: readonly Unit[],
  { isWanted }: WorldSide,
  names: ReadonlyMap<Unit, string>,
): (readonly [number, UnitName])[] {
  return units.flatMap(unit => {
    const deployer = unit.by && (ownKustomization(unit.by) ?? deployerNamed(unit.by, unit.as));
    return unit.sources.map(source => {
      const name = { environment: names.get(unit) ?? '', isOwn: isWanted(source) };
      return [source.number, { ...name, ...(deployer && { deployer }) }] as const;
    });
  });
}
