import type { Path } from '../../core/finding.ts';
import { mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { objectIdentity } from '../../graph/graph.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { cascadeOf } from '../../kinds/argocd/application-set.ts';
import { destinationOf } from '../../kinds/argocd/sync-order.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import type { DataFate } from '../../kinds/facets.ts';
import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { fluxKustomization, isDeletingAll } from '../../kinds/flux/kustomization.ts';
import { isKeptByHelm } from '../../kinds/helm/release.ts';
import { type ChartClaim, chartClaims, chartValues } from '../../kinds/helm/values.ts';
import type { Find, PlacedObject } from '../../kinds/kind.ts';
import { kustomizationFile } from '../../kinds/krm.ts';
import { coreNamespace, customResourceDefinition } from '../../kinds/kubernetes.ts';
import { claimVolumes } from '../../kinds/pods.ts';
import { idsOnHead, isKept } from '../appliers.ts';
import { type Both, type Changed, changedOf, type Diff, deployerOf, removedOf } from '../diff.ts';
import { effectiveForm } from '../field-changes.ts';
import {
  type Level,
  namesOf,
  type Placed,
  placeOn,
  type RelatedObject,
  relatedObjects,
  worstOf,
} from '../risk.ts';

type Objects = readonly PlacedObject[];

/** Whether the name or namespace of an object has a variable: no object has that name, so none of it is deleted. */
export function isTemplate({ namespace, name }: PlacedObject): boolean {
  return isUnresolved(namespace + name);
}

/** Whether an object keeps data that can be lost with it. */
export function keepsData(object: PlacedObject, find: Find): boolean {
  return object.known?.data?.fate?.(object, find) !== undefined;
}

/** Whether data goes with an object, as with a Namespace. Not if its claims stay, and an object of its name has them again. */
export function isHoldingData(object: PlacedObject, find: Find): boolean {
  const fate = object.known?.data?.fate?.(object, find);
  return object.known === coreNamespace || (fate !== undefined && fate.hasClaimsAgain !== true);
}

export const FATE_LEVELS: Readonly<Record<DataFate['fate'], Level>> = {
  deleted: 'block',
  unknown: 'high',
  kept: 'warn',
};

/** How bad it is that objects go, by what becomes of their data. */
export function lossLevel(graph: SecretGraph, objects: Objects): Level {
  const levels = objects.map(object => {
    // No new Cluster finds the volumes again, also where they are retained.
    if (object.known === cnpgCluster) return 'block';
    const fate = object.known?.data?.fate?.(object, graph.find);
    return fate !== undefined ? FATE_LEVELS[fate.fate] : anewLevel(graph, [object]);
  });
  return worstOf(levels);
}

/** How bad it is that objects go and come again: data that is known is no part of the new ones, whatever its fate. */
export function anewLevel(graph: SecretGraph, objects: Objects): Level {
  const all = objects.flatMap(object => [object, ...heldBy(graph, object)]);
  if (all.some(object => keepsData(object, graph.find))) return 'block';
  return objects.length > 0 ? 'high' : 'warn';
}

/** The objects that are deleted with a Namespace, with a definition, or with a release. */
export function heldBy({ objects }: SecretGraph, object: PlacedObject): PlacedObject[] {
  if (object.known === coreNamespace)
    return objects.filter(({ namespace }) => namespace === object.name);
  if (object.known === helmRelease) return objects.filter(({ written }) => written?.by === object);
  if (object.known !== customResourceDefinition) return [];
  const group = textAt(object.json, 'spec', 'group');
  const kind = textAt(object.json, 'spec', 'names', 'kind');
  return objects.filter(candidate => candidate.group === group && candidate.kind === kind);
}

/** What replaces an object with data. */
export function newOne(becomes?: PlacedObject, note: string = 'the new one'): RelatedObject[] {
  return becomes ? [{ ...placeOn('head', becomes), note }] : [];
}

/** What goes with an applier that is removed: all that it applied, but what stays. */
export interface Gone {
  readonly all: Objects;
  readonly data: Objects;
  readonly makers: Objects;
  readonly others: Objects;
  /** Objects that something else applies on head. Head has none of the objects above. */
  readonly remade: Objects;
  readonly emptied: Objects;
  readonly isLeaving: boolean;
}

/** What goes with an applier of base, as far as its folders were read. */
export function goneWith(
  diff: Diff,
  deployer: PlacedObject,
  isKept: (object: PlacedObject) => boolean,
): Gone {
  const { base } = diff;
  const stranded = strandedBy(diff, deployer);
  const headIds = new Set([...idsOnHead(diff)].filter(id => !stranded.has(id)));
  const applied = base.objects.filter(
    object => isBy(deployerOf(diff, object), deployer) || stranded.has(objectIdentity(object)),
  );
  const all = applied.filter(object => !isKept(object));
  const [remade, gone] = divided(all, object => headIds.has(objectIdentity(object)));
  const holdsData = (object: PlacedObject): boolean => isHoldingData(object, base.find);
  const [data, more] = divided(gone, holdsData);
  const allMakers = new Set(
    [...base.secrets.values()].flatMap(({ makers }) => makers.map(({ object }) => object)),
  );
  const [makers, others] = divided(more, object => allMakers.has(object));
  const emptied = remade.filter(holdsData);
  return { all, data, makers, others, remade, emptied, isLeaving: applied.length > all.length };
}

function divided(objects: Objects, is: (object: PlacedObject) => boolean): [Objects, Objects] {
  return [objects.filter(is), objects.filter(object => !is(object))];
}

/** The objects of head that are there by an applier which is removed itself, as it no longer applies its own file. */
function strandedBy(diff: Diff, deployer: PlacedObject): ReadonlySet<string> {
  const isStranded = (object: PlacedObject, left: number): boolean => {
    const applier = deployerOf(diff, object);
    if (applier === undefined || isBy(applier, deployer)) return applier !== undefined;
    const takesAll =
      applier.known === fluxKustomization ? isDeletingAll(applier) : cascadeOf(applier);
    return Boolean(takesAll) && left > 0 && isStranded(applier, left - 1);
  };
  const found = diff.head.objects.filter(object => isStranded(object, MOST_APPLIERS));
  return new Set(found.map(objectIdentity));
}

/** How many appliers stand above one another at most: one may apply itself. */
const MOST_APPLIERS = 8;

function isBy(applier: PlacedObject | undefined, deployer: PlacedObject): boolean {
  const id = objectIdentity(deployer);
  return [applier, applier?.written?.by].some(
    object => object !== undefined && objectIdentity(object) === id,
  );
}

/** What of it hurts. */
export function relatedGone({ data, makers, emptied }: Gone): RelatedObject[] {
  const [first, ...more] = relatedByName(makers, 'goes with it, and its Secrets too');
  const others = more.length === 0 ? '' : `, and so it is with ${more.length} more`;
  return [
    ...relatedByName(data, 'goes with it, and its data too'),
    ...relatedByName(emptied, 'goes with it, and comes again without its data'),
    ...(first === undefined ? [] : [{ ...first, note: `${first.note}${others}` }]),
  ];
}

function relatedByName(objects: Objects, note: string): RelatedObject[] {
  const placed = objects.map(object => ({ object, path: ['metadata', 'name'] }));
  return relatedObjects(placed, 'base', note);
}

interface Going {
  readonly level: Level;
  /** Ends the sentence on what is deleted: whose data goes, and whether another applier applies some of it on head. */
  readonly more: string;
  readonly related: readonly RelatedObject[];
  readonly isCompared: boolean;
}

/** What goes with an Application of base. If nothing of it was read, the databases in its namespace. */
export function goingWith(diff: Diff, application: PlacedObject): Going {
  const gone = goneWith(diff, application, object => isKept(object, application));
  const related = relatedGone(gone);
  const data = gone.data.map(object => placeOn('base', object));
  const lost = data.length > 0 ? `, with the data of ${namesOf(data)}` : '';
  return {
    level: levelOf(diff, application, gone),
    more: `${lost}${gone.remade.length > 0 ? ', also what is applied by another one now' : ''}`,
    related: related.length > 0 ? related : clustersNear(diff, application),
    isCompared: gone.all.some(object => diff.compared.has(object)),
  };
}

/** If all of it was read and none keeps data, no data is lost. An unknown operator may keep data. */
function levelOf({ base }: Diff, application: PlacedObject, gone: Gone): Level {
  const { all } = gone;
  const isPartly =
    (application.known?.applies?.unknowns?.(application, base.find) ?? []).length > 0;
  if (all.length === 0 || isPartly) return 'block';
  if (gone.emptied.length + gone.data.length > 0)
    return worstOf([anewLevel(base, gone.emptied), lossLevel(base, gone.data)]);
  const isOfUnknownOperator = ({ known, group }: PlacedObject): boolean =>
    known === undefined && group.includes('.') && !group.endsWith('.k8s.io');
  return gone.remade.length > 0 || all.some(isOfUnknownOperator) ? 'high' : 'warn';
}

function clustersNear({ base }: Diff, application: PlacedObject): RelatedObject[] {
  const managed = base
    .byKind(cnpgCluster)
    .filter(
      cluster => cluster.namespace === destinationOf(application) && !isKept(cluster, application),
    );
  return relatedByName(managed, 'goes with it, and its volumes too');
}

/** The source that a claim's volume is filled from (kubernetes.io, "Volume populators and data sources"). */
export function claimSource({ known, json }: PlacedObject): string | undefined {
  if (known !== persistentVolumeClaim) return undefined;
  const source = {
    ...mapAt(json, 'spec', 'dataSource'),
    ...mapAt(json, 'spec', 'dataSourceRef'),
  };
  const { kind, name } = source;
  return typeof kind === 'string' && typeof name === 'string' ? `${kind} "${name}"` : undefined;
}

/** Claims that are on both sides and differ: those of manifests, and those that charts make of values. */
export function changedClaims(diff: Diff): Changed[] {
  return [...changedOf(diff, persistentVolumeClaim), ...broughtClaims(diff)];
}

/** Claims of charts on both sides. Their fields that differ are not listed. */
export function broughtClaims({ base, head, compared }: Diff): Changed[] {
  return head.byKind(persistentVolumeClaim).flatMap((object): Changed[] => {
    const old = base.find(persistentVolumeClaim, object.namespace, object.name);
    if (object.written === undefined || !compared.has(object.written.by)) return [];
    if (old?.written === undefined) return [];
    const [before, after] = [effectiveForm(old.json), effectiveForm(object.json)];
    return [{ what: 'changed', base: old, head: object, before, after, fields: [] }];
  });
}

export interface LostClaim {
  readonly claim: PlacedObject;
  readonly becomes?: PlacedObject | undefined;
  readonly release?: PlacedObject;
}

/** Claims of manifests, and claims that charts make of values. */
export function lostClaims(diff: Diff): LostClaim[] {
  // A move to another namespace is found by the rule namespace-move.
  const written = removedOf(diff, persistentVolumeClaim)
    .filter(({ base, becomes }) => becomes?.name !== base.name)
    .map(({ base: claim, becomes }) => ({ claim, becomes }));
  return [...written, ...lostByReleases(diff)].filter(({ claim }) => !isTemplate(claim));
}

function lostByReleases({ base, head, compared }: Diff): LostClaim[] {
  const left = new Set(head.byKind(persistentVolumeClaim).map(objectIdentity));
  return base.byKind(persistentVolumeClaim).flatMap(claim => {
    const release = claim.written?.by;
    if (release === undefined || !compared.has(release)) return [];
    return left.has(objectIdentity(claim)) || isKeptByHelm(claim) ? [] : [{ claim, release }];
  });
}

/** The pods of a graph that name a claim. */
export function usersOf({ pods }: SecretGraph, { namespace, name }: PlacedObject): Placed[] {
  return pods.flatMap(pod =>
    pod.object.namespace === namespace
      ? claimVolumes(pod).flatMap(({ claim, path }) =>
          claim === name ? [{ object: pod.object, path }] : [],
        )
      : [],
  );
}

/** A volume that a chart makes on base, and what its values say of it on head. */
export interface VolumeChange extends Both<PlacedObject> {
  readonly before: ChartClaim;
  readonly after: ChartClaim | undefined;
}

/** The values of charts that are not rendered, of compared releases with the same chart on both sides. */
export function valuesPairs({ base, head, compared }: Diff): Both<PlacedObject>[] {
  return head.byKind(chartValues).flatMap(object => {
    const old = base.find(chartValues, object.namespace, object.name);
    if (old === undefined || object.written === undefined) return [];
    const isSameChart = old.json['chart'] === object.json['chart'];
    return isSameChart && compared.has(object.written.by) ? [{ base: old, head: object }] : [];
  });
}

export interface GoneVolumes {
  readonly release: PlacedObject;
  readonly values: PlacedObject;
  readonly paths: readonly Path[];
}

/** Releases that go and whose charts are not rendered, with the volumes that their values ask for. */
export function goneVolumes(diff: Diff): GoneVolumes[] {
  const { base, head, compared } = diff;
  const removed = new Set(
    removedOf(diff, helmRelease).flatMap(({ base: release, becomes }) =>
      becomes === undefined ? [release] : [],
    ),
  );
  return base.byKind(chartValues).flatMap(values => {
    const release = values.written?.by;
    const isOnHead = head.find(chartValues, values.namespace, values.name) !== undefined;
    if (release === undefined || isOnHead || !compared.has(release)) return [];
    if (!removed.has(release) && release.known !== kustomizationFile) return [];
    const paths = claimsOf(values)
      .filter(isMade)
      .map(({ path }) => path);
    return paths.length === 0 ? [] : [{ release, values, paths }];
  });
}

function isMade({ isOn, existing }: ChartClaim): boolean {
  return isOn === true && existing === undefined;
}

/** Whether values ask for a volume that the chart makes. */
export function isMakingVolumes(values: PlacedObject): boolean {
  return claimsOf(values).some(isMade);
}

/** The volumes of releases whose charts are not rendered, by their values. */
export function volumeChanges(diff: Diff): VolumeChange[] {
  return valuesPairs(diff).flatMap(({ base: old, head: object }) => {
    const now = new Map(claimsOf(object).map(claim => [claim.path.join('/'), claim]));
    return claimsOf(old).flatMap(before => {
      if (!isMade(before)) return [];
      return [{ base: old, head: object, before, after: now.get(before.path.join('/')) }];
    });
  });
}

function claimsOf({ json }: PlacedObject): ChartClaim[] {
  return chartClaims(mapAt(json, 'values'));
}
