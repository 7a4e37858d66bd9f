import { join, relative } from 'node:path';
import type { Finding } from '../core/finding.ts';
import { groupBy } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { applierNamed } from '../kinds/argocd/made-applications.ts';
import { ownKustomization } from '../kinds/flux/kustomization.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { ATTRIBUTES, rewritesOf } from '../world/git-tree.ts';
import { type ManifestSet, objectsOf } from '../world/object-set.ts';
import { placesOfSources } from '../world/places.ts';
import { UNLISTED } from '../world/repository.ts';
import { unitsOfPaths, wholeSet } from '../world/sets.ts';
import { buildNotes, type ObjectSource } from '../world/source.ts';
import type { Unit, World } from '../world/world.ts';
import { beginsAs, hasNoFolder, isDeployed, pairedWorlds } from '../world/world.ts';
import {
  isError,
  withBrokenApart,
  withoutAppliedElsewhere,
  withoutAppliersOfRendered,
  withoutDormant,
  withoutNoLongerApplied,
  withoutUnseen,
} from './compared-units.ts';
import type { Both, SideName, UnitName } from './diff.ts';
import type { NameOf, UnitFate } from './fates.ts';
import { fateFindings, fatesOf, movedFindings, notCompared } from './fates.ts';
import type { ComparableSides, Pair, Root, Side, SideOptions } from './side.ts';
import { rootsOf, type SidePlace, type WorldSide } from './side.ts';

export type IsSelected = (source: ObjectSource) => boolean;

/** Reads sides without a spec, cluster by cluster: the manifests at their paths, or only those that `selected` takes. */
export async function worldSides(
  base: SidePlace,
  head: SidePlace,
  options: SideOptions,
  selected?: Both<IsSelected>,
): Promise<ComparableSides> {
  const roots = rootsOf(base, head);
  const all = withBrokenApart({
    base: await readWorld(base, roots?.base, options, selected?.base),
    head: await readWorld(head, roots?.head, options, selected?.head),
  });
  // Appliers in rendered output are not followed: what they apply is in it.
  const applied = withoutAppliersOfRendered(all);
  // A unit whose applier is in no kustomization is on no cluster.
  const { base: wasOn, head: isOn, dormant, findings: offFindings } = withoutDormant(applied);
  // Where the other side could not look, nothing is new or gone.
  const visibleBase = withoutUnseen(wasOn, isOn);
  const visibleHead = withoutUnseen(isOn, wasOn);
  // What was applied on base and is applied by nobody on head is deleted, even if its files stay.
  const after = withoutNoLongerApplied(visibleHead, visibleBase);
  // Files of base that nobody applied, and whose objects others apply on both sides: nothing is deleted with them.
  const { base: before, findings: elsewhereFindings } = withoutAppliedElsewhere(visibleBase, after);
  const sides = { base: before, head: after };
  const pairs = pairedWorlds(before.units, after.units).map(worlds => ({ ...worlds, name: '' }));
  const nameOf = unitNames([before, after]);
  const findings = [...elsewhereFindings, ...offFindings];
  const compared = comparedSides(sides, { all, pairs, nameOf, findings, setOf: wholeSet });
  return { ...compared, pairs: compared.pairs.map(pair => ({ ...pair, dormant })) };
}

interface Clusters {
  /** The sides as they were read; absent: as they are compared. */
  readonly all?: Both<WorldSide>;
  readonly pairs: readonly (Both<World> & Pick<Pair, 'name'>)[];
  readonly nameOf: NameOf;
  readonly findings?: readonly Finding[];
  readonly setOf: (world: World, side: SideName) => ManifestSet;
}

/** Compares sides, pair by pair, without the units of which something cannot be read. */
export function comparedSides(sides: Both<WorldSide>, clusters: Clusters): ComparableSides {
  const { all = sides, nameOf, findings = [] } = clusters;
  const fates = fatesOf(all, sides);
  const selected = fates.filter(({ isSelected }) => isSelected);
  const base = sideOf(sides.base, nameOf);
  const fateNotices = [...fateFindings(selected, nameOf), ...movedFindings(sides, nameOf)];
  const unread = selected.filter(({ fate }) => fate === 'not compared');
  return {
    base: { ...base, notices: [...base.notices, ...findings, ...fateNotices] },
    head: sideOf(sides.head, nameOf),
    pairs: pairsOf(sides, clusters, fates),
    builds: [all.base, all.head].flatMap(({ units }) =>
      buildNotes(units.flatMap(({ sources }) => sources)),
    ),
    broken: unread.flatMap(({ unit, faults }) =>
      faults.map(({ side, finding }) => {
        return { side, environment: nameOf(unit), finding: { ...finding, severity: 'error' } };
      }),
    ),
  };
}

async function readWorld(
  place: SidePlace,
  root: Root | undefined,
  options: SideOptions,
  isSelected?: IsSelected,
): Promise<WorldSide> {
  const { path, host } = place;
  const isBeside = isSelected !== undefined;
  const isThere = host.kindOf(path) !== undefined;
  if (!isThere && root === undefined)
    return { place, root: '', scope: '', units: [], isBeside, isWanted: () => false };
  const context = root === undefined ? { isAlone: true } : { root: root.root };
  const read = await unitsOfPaths({ paths: isThere ? [path] : [], ...context, ...options }, host);
  return {
    ...(root ?? { root: host.realPath(path) ?? path, scope: '' }),
    place,
    units: read.units.flatMap(withoutSpecs).filter(isApplied),
    isBeside,
    isWanted: source => read.isWanted(source) && isSelected?.(source) !== false,
  };
}

/** A spec is no object of a cluster. What lies beside one, or is built with one, is compared. */
function withoutSpecs(unit: Unit): Unit[] {
  const sources = unit.sources.filter(
    ({ objects }) =>
      objects.length === 0 || objects.some(({ group }) => group !== 'rem-secrets.io'),
  );
  return sources.length === 0 && unit.sources.length > 0 ? [] : [{ ...unit, sources }];
}

function isApplied(unit: Unit): boolean {
  if (beginsAs(unit, 'left-out', 'patches')) return false;
  return !unit.sources.some(({ findings }) => findings.some(({ rule }) => rule === UNLISTED));
}

/** The name of each unit in reports: its folder from the side's path, and its applier where several units have that folder. */
function unitNames(sides: readonly WorldSide[]): NameOf {
  const names = new Map<Unit, string>();
  for (const [name, group] of groupBy(sides.flatMap(namedUnits), entry => entry.name)) {
    const ofSides = [...groupBy(group, ({ side }) => side).values()];
    const difference = (['applier', 'from'] as const).find(key =>
      ofSides.some(units => new Set(units.map(unit => unit[key])).size > 1),
    );
    for (const entry of group) {
      const more = difference && entry[difference];
      names.set(entry.unit, more ? `${name} (${more})` : name);
    }
  }
  return unit => names.get(unit) ?? unit.folder;
}

function namedUnits(side: WorldSide) {
  const { units, scope } = side;
  const folders = new Map(
    units.flatMap(({ sources, folder }) => sources.map(({ number }) => [number, folder] as const)),
  );
  const nameOf = (folder: string): string => {
    const below = relative(scope, folder);
    return (below.startsWith('..') ? folder : below).replace(/^overlays\//, '');
  };
  return units.map(unit => {
    const { by } = unit;
    const above = by && folders.get(by.file);
    return {
      unit,
      side,
      name: nameOf(unit.folder),
      applier: by ? `${by.kind} ${by.namespace === '' ? '' : `${by.namespace}/`}${by.name}` : '',
      from: above === undefined ? '' : `from ${nameOf(above)}`,
    };
  });
}

function pairsOf(sides: Both<WorldSide>, clusters: Clusters, fates: readonly UnitFate[]): Pair[] {
  const { pairs, nameOf, setOf } = clusters;
  // What base could not build is compared with nothing: all that head applies of it is new.
  const unread = fates.filter(({ fate }) => fate !== 'mended');
  const ids = { base: notCompared(fates, sides), head: notCompared(unread, sides) };
  const broken = fates.filter(({ fate, isSelected }) => fate === 'build broken' && isSelected);
  return pairs.map(({ name, ...worlds }) => ({
    name,
    base: objectsOf(setOf(comparedOf(worlds.base, ids.base), 'base')),
    head: objectsOf(setOf(comparedOf(worlds.head, ids.head), 'head')),
    failing: broken
      .filter(({ unit }) => worlds.head.units.includes(unit))
      .map(entry => failingUnit(entry, worlds.base, nameOf)),
    presence: presenceOf(worlds, nameOf, new Set(broken.map(({ unit }) => unit)), ids),
    units: new Map([
      ...namesBySource(worlds.base.units, sides.base, nameOf),
      ...namesBySource(worlds.head.units, sides.head, nameOf),
    ]),
  }));
}

function failingUnit({ unit, faults, before = [] }: UnitFate, { units }: World, nameOf: NameOf) {
  const applied = new Set([...before, ...units.filter(({ id }) => id === unit.id)]);
  return {
    name: nameOf(unit),
    applier: applierOf(unit),
    findings: faults.map(({ finding }) => finding),
    objects: [...applied].flatMap(({ sources }) => sources.flatMap(({ objects }) => objects)),
  };
}

function applierOf({ by, as }: Unit): PlacedObject | undefined {
  return by && (ownKustomization(by) ?? applierNamed(by, as));
}

function comparedOf({ units, others, ...world }: World, ids: ReadonlySet<string>): World {
  const compared = units.filter(({ id }) => !ids.has(id));
  const left = units.filter(({ id }) => ids.has(id));
  return { ...world, units: compared, others: [...left, ...others] };
}

function presenceOf(
  { base, head }: Both<World>,
  nameOf: NameOf,
  failing: ReadonlySet<Unit>,
  ids: Both<ReadonlySet<string>>,
): Pair['presence'] {
  const namesOf = (units: Iterable<Unit>): Set<string> => new Set([...units].map(nameOf));
  const [before, after, broken] = [base.units, head.units, failing].map(namesOf);
  const presence = (name: string) => {
    if (broken?.has(name)) return 'broken';
    if (!after?.has(name)) return 'only base';
    return before?.has(name) ? 'both' : 'only head';
  };
  const units = [...base.units, ...head.units];
  // An Application of a generator that finds nothing has a template for its folder, and is no environment.
  const isNone = (unit: Unit): boolean => isUnresolved(unit.folder) && hasNoFolder(unit);
  const read = [
    ...base.units.filter(({ id }) => !ids.base.has(id)),
    ...head.units.filter(({ id }) => !ids.head.has(id)),
  ];
  const compared = namesOf(read.filter(unit => !isNone(unit)));
  const all = [...namesOf(units)].sort().map(name => [name, presence(name)] as const);
  return new Map(all.filter(([name, is]) => !is.startsWith('only') || compared.has(name)));
}

function namesBySource(units: readonly Unit[], { isWanted }: WorldSide, nameOf: NameOf) {
  return units.flatMap(unit => {
    const name = { environment: nameOf(unit), applier: applierOf(unit) };
    return unit.sources.map((source): [number, UnitName] => {
      return [source.number, { ...name, isSelected: isWanted(source) }];
    });
  });
}

function sideOf(side: WorldSide, nameOf: NameOf): Side {
  const { place, units, isWanted } = side;
  const { path, host } = place;
  const selected = units.flatMap(({ sources }) => sources.filter(isWanted));
  const all = units.flatMap(unit => [...unit.sources, ...unit.raw]);
  const fileIn = ({ sources }: Unit) => sources.find(({ file }) => file !== '')?.file;
  const files = new Map(units.toReversed().map(unit => [nameOf(unit), fileIn(unit)]));
  return {
    isEmpty: selected.every(
      source => source.objects.length === 0 && !source.findings.some(isError),
    ),
    hasOtherFiles: () =>
      host.kindOf(path) === 'folder' &&
      host.listFiles(path).some(file => !/(^|\/)\.(git|keep)[^/]*$/.test(file)),
    otherFiles: new Map([...otherFilesOf(side), [ATTRIBUTES, attributesOf(side, selected)]]),
    placeOf: placesOfSources(all, host),
    files: new Set(selected.map(({ file }) => file).filter(file => file !== '')),
    fileOf: name => files.get(name),
    notRead: units.flatMap(unit => {
      const unread = unit.sources.filter(isWanted).flatMap(source => source.unread ?? []);
      return unread.map(finding => ({ environment: nameOf(unit), finding }));
    }),
    notices: selected.flatMap(({ findings }) => findings.filter(finding => !isError(finding))),
  };
}

/** A document that is no object may be a manifest with a fault, or what another program reads; beside a spec lie files of many. */
function otherFilesOf({ root, units, isWanted, place, isBeside }: WorldSide): Side['otherFiles'] {
  const { path, host } = place;
  const values = units.filter(unit => beginsAs(unit, 'files'));
  const asValues = new Set(values.flatMap(({ raw }) => raw.flatMap(({ places = [] }) => places)));
  const isFile = host.kindOf(path) === 'file';
  return new Map(
    units.flatMap(unit => {
      const hasObjects =
        isBeside !== true && unit.sources.some(({ objects }) => objects.length > 0);
      const isApplied = isFile || isDeployed(unit) || hasObjects;
      const named = values.includes(unit) ? unit.raw : [];
      const found = [...unit.sources, ...named].filter(isWanted);
      return found.flatMap(({ file, otherDocuments, contents, places = [], ...source }) => {
        const { text = contents?.() } = source;
        const [place] = places;
        const hasOther = otherDocuments > 0 || contents !== undefined;
        if (!hasOther || text === undefined || place === undefined || SETTINGS.test(place))
          return [];
        const isManifest = !contents && !asValues.has(place) && (isApplied || MANIFEST.test(text));
        const name = relative(root, place) || '.';
        const isChart = host.exists(join(place, 'Chart.yaml'));
        return [[isChart ? `${name}/` : name, { file, text, isManifest }] as const];
      });
    }),
  );
}

/** The rules of `.gitattributes` that change the bytes of files which Argo CD checks out, as a file. */
function attributesOf({ root, place: { host, path } }: WorldSide, all: readonly ObjectSource[]) {
  const text = rewritesOf(new Set(all.flatMap(({ places = [] }) => places)), root, host);
  return { file: join(path, ATTRIBUTES), text, isManifest: true };
}

const SETTINGS = /(^|\/)\.rem-secrets-[^/]{1,40}$/;

/** A line that shows that a text is meant as an object, also after a byte order mark or a quote. `kind` proves nothing: other data has it too. */
const MANIFEST = /^[^\w \t#]{0,4}apiVersion\b/m;
