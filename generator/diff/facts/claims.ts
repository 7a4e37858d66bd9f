import type { Path } from '../../core/finding.ts';
import { mapAt } from '../../core/json.ts';
import { objectIdentity } from '../../graph/graph.ts';
import { cnpgClusters } from '../../graph/hosts.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { destinationOf } from '../../kinds/argocd/sync-order.ts';
import { coreNamespace } from '../../kinds/core/service.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import type { DataFate } from '../../kinds/data-facts.ts';
import { type ExternalSecret, ownName } from '../../kinds/eso/external-secret-spec.ts';
import { helmRelease } from '../../kinds/flux/helm-release.ts';
import { isKeptByHelm } from '../../kinds/helm/release.ts';
import { type ChartClaim, chartClaims, chartValues } from '../../kinds/helm/values.ts';
import type { Find, PlacedObject } from '../../kinds/kind.ts';
import { kustomizationFile } from '../../kinds/krm.ts';
import { claimVolumes } from '../../kinds/pods.ts';
import { isKept } from '../deletion.ts';
import {
  type Changed,
  type Comparison,
  changedOf,
  deployerOf,
  removedOf,
} from '../field-changes.ts';
import { effectiveForm } from '../forms.ts';
import { type Level, type Placed, type RelatedObject, relatedObjects } from '../risk.ts';
import { isOwn } from './losses.ts';
import { isTemplate } from './values.ts';

/** Claims that are on both sides and differ: those of manifests, and those that charts make of values. */
export function changedClaims(comparison: Comparison): Changed[] {
  return [...changedOf(comparison, persistentVolumeClaim), ...broughtClaims(comparison)];
}

/** Claims of charts on both sides; which fields differ is not told. */
export function broughtClaims({ base, head, own }: Comparison): Changed[] {
  return head.byKind(persistentVolumeClaim).flatMap((object): Changed[] => {
    const old = base.find(persistentVolumeClaim, object.namespace, object.name);
    if (object.written === undefined || !own.has(object.written.by)) return [];
    if (old?.written === undefined) return [];
    const [before, after] = [effectiveForm(old.json), effectiveForm(object.json)];
    return [{ what: 'changed', base: old, head: object, before, after, fields: [] }];
  });
}

/** What the deletion of an Application with the cascade finalizer takes with it. */
interface Going {
  readonly level: Level;
  /** What is said of what another one applies on head, behind what is deleted. */
  readonly more: string;
  readonly related: readonly RelatedObject[];
  /** Whether some of it is asked for. */
  readonly isOwn: boolean;
}

/** What goes with an Application of base; where nothing was read of it, the databases where it deploys to. */
export function goingWith(comparison: Comparison, application: PlacedObject): Going {
  const gone = withoutKept(goneWith(comparison, application), one => isKept(one, application));
  const { data, makers, others, remade } = gone;
  const related = relatedGone(gone);
  return {
    level: levelOf(comparison, application, gone),
    more: remade.length > 0 ? ', also what is applied by another one now' : '',
    related: related.length > 0 ? related : clustersNear(comparison, application),
    isOwn: [...data, ...makers, ...others, ...remade].some(object => comparison.own.has(object)),
  };
}

/** Of what was read in full, and keeps no data, nobody loses any. */
function levelOf({ base }: Comparison, application: PlacedObject, gone: Gone): Level {
  const { data, makers, others, remade, emptied } = gone;
  const all = [...data, ...makers, ...others, ...remade];
  const isPartly =
    (application.known?.applies?.unknowns?.(application, base.find) ?? []).length > 0;
  if (all.length === 0 || isPartly || data.length + emptied.length > 0) return 'block';
  return remade.length > 0 || all.some(isStranger) ? 'high' : 'warn';
}

/** Whether an object is of an operator that is not known: it may keep data. */
function isStranger({ known, group }: PlacedObject): boolean {
  return known === undefined && group.includes('.') && !group.endsWith('.k8s.io');
}

/** Where its folder was not read. */
function clustersNear({ base }: Comparison, application: PlacedObject): RelatedObject[] {
  const managed = cnpgClusters(base).filter(
    cluster => cluster.namespace === destinationOf(application) && !isKept(cluster, application),
  );
  const placed = managed.map(object => ({ object, path: ['metadata', 'name'] }));
  return relatedObjects(placed, 'base', 'goes with it, and its volumes too');
}

/** What goes with a deployment object that is removed: all that it applied. */
export interface Gone {
  /** Data goes with these, and with a Namespace all that is in it. */
  readonly data: readonly PlacedObject[];
  /** What makes Secrets. */
  readonly makers: readonly PlacedObject[];
  readonly others: readonly PlacedObject[];
  /** What something else applies on head; the rest nothing on head has. */
  readonly remade: readonly PlacedObject[];
  /** Those of them that data goes with. */
  readonly emptied: readonly PlacedObject[];
}

/** What goes with a deployment object of base, as far as its folders were read. */
export function goneWith(comparison: Comparison, deployer: PlacedObject): Gone {
  const { base, head } = comparison;
  const isStill = new Set(head.objects.map(objectIdentity));
  const applied = base.objects.filter(object => isBy(deployerOf(comparison, object), deployer));
  const remade = applied.filter(object => isStill.has(objectIdentity(object)));
  const gone = applied.filter(object => !isStill.has(objectIdentity(object)));
  const holdsData = (object: PlacedObject): boolean => isHoldingData(object, base.find);
  const data = gone.filter(holdsData);
  const making = new Set(
    [...base.secrets.values()].flatMap(({ makers: own }) => own.map(({ object }) => object)),
  );
  const makers = gone.filter(object => !holdsData(object) && making.has(object));
  const named = new Set([...data, ...makers]);
  const others = gone.filter(object => !named.has(object));
  return { data, makers, others, remade, emptied: remade.filter(holdsData) };
}

/** The same without what stays when its deployment object is deleted. */
export function withoutKept(gone: Gone, isKept: (object: PlacedObject) => boolean): Gone {
  const going = (objects: readonly PlacedObject[]): PlacedObject[] =>
    objects.filter(object => !isKept(object));
  return {
    data: going(gone.data),
    makers: going(gone.makers),
    others: going(gone.others),
    remade: going(gone.remade),
    emptied: going(gone.emptied),
  };
}

/** Nothing goes, or nothing was read of it. */
export function isNothing({ data, makers, others, remade }: Gone): boolean {
  return data.length + makers.length + others.length + remade.length === 0;
}

/** Whether a deployment object applies something, or one that it makes does. */
function isBy(deployer: PlacedObject | undefined, one: PlacedObject): boolean {
  if (deployer === undefined) return false;
  const id = objectIdentity(one);
  const by = deployer.written?.by;
  return objectIdentity(deployer) === id || (by !== undefined && objectIdentity(by) === id);
}

/** Everything that it applied is applied by something else now. */
export function isTakenOver({ data, makers, others, remade }: Gone): boolean {
  return remade.length > 0 && data.length + makers.length + others.length === 0;
}

/** What of it hurts, beside a risk. */
export function relatedGone({ data, makers, emptied }: Gone): RelatedObject[] {
  const placed = (objects: readonly PlacedObject[]): Placed[] =>
    objects.map(object => ({ object, path: ['metadata', 'name'] }));
  const [first, ...more] = relatedObjects(
    placed(makers),
    'base',
    'goes with it, and its Secrets too',
  );
  const others = more.length === 0 ? '' : `, and so it is with ${more.length} more`;
  return [
    ...relatedObjects(placed(data), 'base', 'goes with it, and its data too'),
    ...relatedObjects(placed(emptied), 'base', 'goes with it, and comes again without its data'),
    ...(first === undefined ? [] : [{ ...first, note: `${first.note}${others}` }]),
  ];
}

/** Whether an object keeps data that can be lost with it. */
export function keepsData(object: PlacedObject, find: Find): boolean {
  return object.known?.data?.fate?.(object, find) !== undefined;
}

/** Whether data goes with an object, or all that is in it; claims that stay, another one of its name has again. */
export function isHoldingData(object: PlacedObject, find: Find): boolean {
  const fate = object.known?.data?.fate?.(object, find);
  return object.known === coreNamespace || (fate !== undefined && fate.hasClaimsAgain !== true);
}

/** How bad it is that something with data goes, by what becomes of that. */
export const FATE_LEVELS: Readonly<Record<DataFate['fate'], Level>> = {
  deleted: 'block',
  unknown: 'high',
  kept: 'warn',
};

/** What something with data becomes, beside a risk. */
export function newOne(becomes: PlacedObject | undefined): RelatedObject[] {
  if (becomes === undefined) return [];
  return [{ object: becomes, side: 'head', path: ['metadata', 'name'], note: 'the new one' }];
}

/** A PersistentVolumeClaim that base has and head has not. */
export interface LostClaim {
  readonly claim: PlacedObject;
  /** What it likely is called on head. */
  readonly becomes?: PlacedObject;
  /** The release whose chart made it. */
  readonly release?: PlacedObject;
}

/** Claims that stand in manifests, and those that a chart makes of its values. */
export function lostClaims(comparison: Comparison): LostClaim[] {
  // A move to another namespace is the rule namespace-move.
  const written = removedOf(comparison, persistentVolumeClaim)
    .filter(({ base, becomes }) => becomes?.name !== base.name)
    .map(({ base: claim, becomes }) => ({ claim, ...(becomes !== undefined && { becomes }) }));
  return [...written, ...lostByReleases(comparison)].filter(({ claim }) => !isTemplate(claim));
}

function lostByReleases({ base, head, own }: Comparison): LostClaim[] {
  const left = new Set(head.byKind(persistentVolumeClaim).map(objectIdentity));
  return base.byKind(persistentVolumeClaim).flatMap(claim => {
    const release = claim.written?.by;
    if (release === undefined || !own.has(release)) return [];
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

/** A volume that a chart makes on base, and what the values say of it on head. */
export interface VolumeChange {
  readonly base: PlacedObject;
  readonly head: PlacedObject;
  readonly before: ChartClaim;
  /** Undefined: nothing any more. */
  readonly after: ChartClaim | undefined;
}

/** The values of a chart that is not known, on both sides. */
export interface ValuesPair {
  readonly base: PlacedObject;
  readonly head: PlacedObject;
}

/** Those of releases that are asked for. */
export function valuesPairs({ base, head, own }: Comparison): ValuesPair[] {
  return head.byKind(chartValues).flatMap(object => {
    const old = base.find(chartValues, object.namespace, object.name);
    const isOwn = object.written !== undefined && own.has(object.written.by);
    const isSame = old?.json['chart'] === object.json['chart'];
    return old !== undefined && isOwn && isSame ? [{ base: old, head: object }] : [];
  });
}

/** Releases that go, and the volumes that their charts made, as far as the values of a chart that is not known tell. */
export function goneVolumes(comparison: Comparison): GoneVolumes[] {
  const { base, head, own } = comparison;
  const removed = new Set(
    removedOf(comparison, helmRelease).flatMap(({ base: release, becomes }) =>
      becomes === undefined ? [release] : [],
    ),
  );
  return base.byKind(chartValues).flatMap(values => {
    const release = values.written?.by;
    const isStill = head.find(chartValues, values.namespace, values.name) !== undefined;
    if (release === undefined || isStill || !own.has(release)) return [];
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

/** A release that goes, with values that ask for volumes. */
export interface GoneVolumes {
  readonly release: PlacedObject;
  readonly values: PlacedObject;
  readonly paths: readonly Path[];
}

/** Whether values ask for a volume that the chart makes. */
export function isMakingVolumes(values: PlacedObject): boolean {
  return claimsOf(values).some(isMade);
}

/** The volumes of releases whose charts are not known, as far as their values tell. */
export function volumeChanges(comparison: Comparison): VolumeChange[] {
  return valuesPairs(comparison).flatMap(({ base: old, head: object }) => {
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

/** An ExternalSecret that owned its Secret, and what its object becomes. */
export interface RemovedOwner extends ExternalSecret {
  readonly isRemoved: boolean;
  readonly becomes?: PlacedObject;
}

/** A namespace that a ClusterExternalSecret leaves loses its ExternalSecret too. */
export function removedOwners(comparison: Comparison): RemovedOwner[] {
  const { base, head, changes } = comparison;
  const left = new Set(head.externalSecrets.map(identityOf));
  const gone = new Map(
    changes.flatMap(change => (change.what === 'removed' ? [[change.base, change] as const] : [])),
  );
  return base.externalSecrets
    .filter(isOwn(comparison))
    .filter(secret => secret.creationPolicy === 'Owner' && !left.has(identityOf(secret)))
    .map((secret): RemovedOwner => {
      const removed = gone.get(secret.object);
      const { becomes } = removed ?? {};
      const isRemoved = removed !== undefined;
      return { ...secret, isRemoved, ...(becomes !== undefined && { becomes }) };
    })
    .filter(({ becomes, object }) => becomes?.name !== object.name);
}

function identityOf({ object, namespace }: ExternalSecret): string {
  return [objectIdentity(object), namespace, ownName(object)].join(' ');
}
