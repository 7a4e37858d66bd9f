import { isSame, mapAt, textAt } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { cascadeOf } from '../../kinds/argocd/application-set.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import type { DataFate } from '../../kinds/facets.ts';
import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { fluxKustomization, isDeletingAll } from '../../kinds/flux/kustomization.ts';
import { type ChartClaim, chartClaims, chartValues } from '../../kinds/helm/values.ts';
import { type Find, objectIdentity, type PlacedObject } from '../../kinds/kind.ts';
import { coreNamespace, customResourceDefinition } from '../../kinds/kubernetes.ts';
import { idsOnHead } from '../appliers.ts';
import { applierOf, type Changed, changeOf, type Diff, isSameObject } from '../diff.ts';
import { type Level, placeOn, type RelatedObject, relatedObjects, worstOf } from '../risk.ts';

type Objects = readonly PlacedObject[];

/** Whether the name or namespace of an object has a variable: no object has that name, so none of it is deleted. */
export function isTemplate({ namespace, name }: PlacedObject): boolean {
  return isUnresolved(namespace + name);
}

/** What becomes of the data of an object that goes. Undefined: it keeps none. */
export function dataFate(object: PlacedObject, find: Find): DataFate | undefined {
  return object.knownKind?.data?.fate?.(object, find);
}

/** Whether an object keeps data that can be lost with it. */
export function keepsData(object: PlacedObject, find: Find): boolean {
  return dataFate(object, find) !== undefined;
}

/** Whether data is deleted with an object, as with a Namespace. Not if a new object of its name gets its claims again. */
export function isHoldingData(object: PlacedObject, find: Find): boolean {
  const fate = dataFate(object, find);
  return object.knownKind === coreNamespace || (fate !== undefined && fate.hasClaimsAgain !== true);
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
    if (object.knownKind === cnpgCluster) return 'block';
    const fate = dataFate(object, graph.find);
    return fate ? FATE_LEVELS[fate.fate] : anewLevel(graph, [object]);
  });
  return worstOf(levels);
}

/** How bad it is that objects are deleted and made anew: the new ones do not get the old data, even if it is kept. */
export function anewLevel(graph: SecretGraph, objects: Objects): Level {
  const all = objects.flatMap(object => [object, ...heldBy(graph, object)]);
  if (all.some(object => keepsData(object, graph.find))) return 'block';
  return objects.length > 0 ? 'high' : 'warn';
}

/** The objects that are deleted with a Namespace, with a definition, or with a release. */
export function heldBy({ objects }: SecretGraph, object: PlacedObject): PlacedObject[] {
  if (object.knownKind === coreNamespace)
    return objects.filter(({ namespace }) => namespace === object.name);
  if (object.knownKind === helmRelease)
    return objects.filter(({ written }) => written?.by === object);
  if (object.knownKind !== customResourceDefinition) return [];
  const group = textAt(object.json, 'spec', 'group');
  const kind = textAt(object.json, 'spec', 'names', 'kind');
  return objects.filter(candidate => candidate.group === group && candidate.kind === kind);
}

/** What replaces an object with data. */
export function newOne(becomes?: PlacedObject, note: string = 'the new one'): RelatedObject[] {
  return becomes ? [{ ...placeOn('head', becomes), note }] : [];
}

export type Gone = ReturnType<typeof goneWith>;

/**
 * What goes with an applier of base, as far as its folders were read: `data`, `makers` and `others`, which head does not
 * have, and what something else applies on head: `remade`, and of that what keeps data: `emptied`.
 */
export function goneWith(
  diff: Diff,
  applier: PlacedObject,
  isKept: (object: PlacedObject) => boolean,
): Record<'all' | 'data' | 'makers' | 'others' | 'remade' | 'emptied', Objects> & {
  readonly isLeaving: boolean;
} {
  const { base } = diff;
  const stranded = strandedBy(diff, applier);
  const headIds = new Set([...idsOnHead(diff)].filter(id => !stranded.has(id)));
  const applied = base.objects.filter(
    object => isBy(applierOf(diff, object), applier) || stranded.has(objectIdentity(object)),
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

/** The objects of head that this applier applies, directly or through others: they are deleted with it. */
function strandedBy(diff: Diff, removed: PlacedObject): ReadonlySet<string> {
  const isStranded = (object: PlacedObject, left: number): boolean => {
    const applier = applierOf(diff, object);
    if (applier === undefined || isBy(applier, removed)) return applier !== undefined;
    const isOfFlux = applier.knownKind === fluxKustomization;
    const takesAll = isOfFlux ? isDeletingAll(applier) : cascadeOf(applier);
    return Boolean(takesAll) && left > 0 && isStranded(applier, left - 1);
  };
  const found = diff.head.objects.filter(object => isStranded(object, MOST_APPLIERS));
  return new Set(found.map(objectIdentity));
}

/** The longest chain of appliers that is followed: one that applies itself has no end. */
const MOST_APPLIERS = 8;

/** Whether an object, or what makes it, is this applier. */
export function isBy(applier: PlacedObject | undefined, expected: PlacedObject): boolean {
  return [applier, applier?.written?.by].some(object => isSameObject(object, expected));
}

/** The objects whose deletion hurts. */
export function relatedGone({ data, makers, emptied }: Gone): RelatedObject[] {
  const [first, ...more] = relatedObjects(makers, 'base', 'goes with it, and its Secrets too');
  const others = more.length === 0 ? '' : `, and so it is with ${more.length} more`;
  return [
    ...relatedObjects(data, 'base', 'goes with it, and its data too'),
    ...relatedObjects(emptied, 'base', 'goes with it, and comes again without its data'),
    ...(first === undefined ? [] : [{ ...first, note: `${first.note}${others}` }]),
  ];
}

/** The source that a claim's volume is filled from (kubernetes.io, "Volume populators and data sources"). */
export function claimSource({ knownKind, json }: PlacedObject): string | undefined {
  if (knownKind !== persistentVolumeClaim) return undefined;
  const spec = mapAt(json, 'spec');
  const { kind, name } = { ...mapAt(spec, 'dataSource'), ...mapAt(spec, 'dataSourceRef') };
  return typeof kind === 'string' && typeof name === 'string' ? `${kind} "${name}"` : undefined;
}

/** Claims of charts on both sides. Their fields that differ are not listed. */
export function broughtClaims({ base, head, compared }: Diff): Changed[] {
  return head.byKind(persistentVolumeClaim).flatMap((object): Changed[] => {
    const old = base.find(persistentVolumeClaim, object.namespace, object.name);
    if (object.written === undefined || !compared.has(object.written.by)) return [];
    return old?.written === undefined ? [] : [{ ...changeOf(old, object), fields: [] }];
  });
}

/** A volume that a chart makes on base, and what its values say of it on head. */
export interface VolumeChange extends Pick<Changed, 'base' | 'head'> {
  readonly before: ChartClaim;
  readonly after: ChartClaim | undefined;
}

/** The values of charts that are not rendered, of compared releases with the same chart on both sides. */
export function valuesPairs({ base, head, compared }: Diff): Pick<Changed, 'base' | 'head'>[] {
  return head.byKind(chartValues).flatMap(object => {
    const old = base.find(chartValues, object.namespace, object.name);
    if (old === undefined || object.written === undefined) return [];
    const isSameChart = old.json['chart'] === object.json['chart'];
    return isSameChart && compared.has(object.written.by) ? [{ base: old, head: object }] : [];
  });
}

/** The volumes that values ask a chart to make. */
export function madeVolumes({ json }: PlacedObject): ChartClaim[] {
  const claims = chartClaims(mapAt(json, 'values'));
  return claims.filter(({ isOn, existing }) => isOn === true && existing === undefined);
}

/** The volumes of releases whose charts are not rendered, by their values. */
export function volumeChanges(diff: Diff): VolumeChange[] {
  return valuesPairs(diff).flatMap(({ base, head }) => {
    const claims = chartClaims(mapAt(head.json, 'values'));
    return madeVolumes(base).map(before => {
      const after = claims.findLast(({ path }) => isSame(path, before.path));
      return { base, head, before, after };
    });
  });
}
