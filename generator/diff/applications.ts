import { isSame, textAt, valueAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { matchesGlob } from '../core/names.ts';
import { oncePer } from '../core/once.ts';
import { objectIdentity } from '../graph/graph.ts';
import type { SecretGraph } from '../graph/secret-graph.ts';
import { argoApplication } from '../kinds/argocd/application.ts';
import { applicationSet } from '../kinds/argocd/application-set.ts';
import { type MadeApplication, madeApplications } from '../kinds/argocd/made-applications.ts';
import { destinationOf, policyOf, sourcesOf, trackedBy } from '../kinds/argocd/sync-order.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { type Comparison, deployerOf, folderOf } from './field-changes.ts';

/** Objects that say how Argo CD treats what it syncs: Applications, those that are made of a set too. */
export function applicationsOf({ byKind }: SecretGraph): PlacedObject[] {
  return [...byKind(argoApplication), ...byKind(applicationSet).flatMap(madeOrItself)];
}

function madeOrItself(set: PlacedObject): PlacedObject[] {
  const { applications } = madeApplications(set);
  return applications.length === 0 ? [set] : applications.map(({ object }) => object);
}

/** What says how an object is treated, as people call it. */
export function calledApplication(application: PlacedObject): string {
  const { written } = application;
  const { kind, name } = isUnresolved(application.name) && written ? written.by : application;
  return `${kind} "${name}"`;
}

/** The Application that an object belongs to, and whether head still has it. */
export interface Owner {
  readonly application: PlacedObject;
  readonly isRemoved: boolean;
}

/**
 * The Application that syncs an object. Argo CD tells by the tracking id that it writes itself
 * (docs/facts/argocd.md#tracking); in Git there is what the Application renders, and the namespace
 * that it is for. Undefined where several fit that treat objects differently.
 */
export function ownerOf(comparison: Comparison, object: PlacedObject): Owner | undefined {
  const { base, head } = comparison;
  const still = applicationsOf(head);
  const known = new Set(still.map(objectIdentity));
  const gone = applicationsOf(base).filter(application => !known.has(objectIdentity(application)));
  const isOther = (application: PlacedObject): boolean =>
    objectIdentity(application) !== objectIdentity(object);
  const all = [...still, ...gone].filter(isOther);
  const [first, ...others] = bestOf(all, object, comparison);
  if (first === undefined) return undefined;
  const isSame = others.every(other => policyOf(other) === policyOf(first));
  if (!isSame) return undefined;
  const isStill = known.has(objectIdentity(first)) || isMadePerhaps(comparison, first);
  return { application: first, isRemoved: !isStill };
}

/** Whether a set that is still there may make it: not all that it makes need be known. */
function isMadePerhaps(comparison: Comparison, application: PlacedObject): boolean {
  const set = application.written?.by;
  return (
    set !== undefined &&
    !unmadeApplications(comparison).has(application) &&
    comparison.head.byKind(applicationSet).some(one => objectIdentity(one) === objectIdentity(set))
  );
}

function bestOf(
  all: readonly PlacedObject[],
  object: PlacedObject,
  comparison: Comparison,
): PlacedObject[] {
  const deployer = deployerOf(comparison, object);
  const applying = all.filter(one => deployer && objectIdentity(one) === objectIdentity(deployer));
  const tracked = trackedBy(object);
  const own = all.filter(({ name, namespace }) =>
    [name, `${namespace}_${name}`].includes(tracked ?? ''),
  );
  const rendering = all.filter(application =>
    isRendering(application, folderOf(comparison, object)),
  );
  const here = (list: readonly PlacedObject[]): PlacedObject[] =>
    list.filter(application => destinationOf(application) === object.namespace);
  const candidates = [
    applying,
    own,
    here(rendering),
    rendering,
    object.namespace === '' ? [] : here(all.filter(isUnread(comparison))),
  ];
  return candidates.find(list => list.length > 0) ?? [];
}

/** Whether it was not read what an Application applies: any object of its namespace may be. */
function isUnread(comparison: Comparison): (application: PlacedObject) => boolean {
  const known = deployersOf(comparison);
  return application => !known.has(objectIdentity(application));
}

const deployersOf = oncePer(
  ({ units }: Comparison): ReadonlySet<string> =>
    new Set(
      [...(units?.values() ?? [])].flatMap(({ deployer }) => deployer ?? []).map(objectIdentity),
    ),
);

/** Whether the folder of an environment is the end of an Application's path; `{{…}}` may be any. */
function isRendering(application: PlacedObject, environment: string): boolean {
  if (environment === '') return false;
  const depth = environment.split('/').length;
  return sourcesOf(application).some(source => {
    const path = (textAt(source, 'path') ?? '')
      .replaceAll(/\{\{.{0,200}?\}\}/g, '*')
      .replace(/\/$/, '');
    const folders = path.split('/').slice(-depth).join('/');
    return path !== '*' && matchesGlob(folders, environment);
  });
}

/** An Application that an ApplicationSet made on base and makes no more. */
interface Unmade {
  readonly made: MadeApplication;
  /** The ApplicationSet as it is on head. */
  readonly set: PlacedObject;
}

/**
 * The Applications that are made no more by ApplicationSets which are on both sides, by their objects:
 * a folder or a file is gone that was chosen, an element is not listed any more, or they have other
 * names. Where head's names are not all known, those that may be among them are not told.
 */
export const unmadeApplications: (comparison: Comparison) => ReadonlyMap<PlacedObject, Unmade> =
  oncePer(({ base, head }) => {
    const still = new Map(head.byKind(applicationSet).map(set => [objectIdentity(set), set]));
    const found = base.byKind(applicationSet).flatMap(before => {
      const set = still.get(objectIdentity(before));
      return set === undefined ? [] : unmadeOf(before, set).map(made => ({ made, set }));
    });
    return new Map(found.map(unmade => [unmade.made.object, unmade]));
  });

function unmadeOf(before: PlacedObject, after: PlacedObject): MadeApplication[] {
  const [old, now] = [madeApplications(before), madeApplications(after)];
  if (old.isCutOff || now.isCutOff) return [];
  const isChosen = (made: MadeApplication): boolean =>
    !made.isOfNothing || !hasChosen(made, after, old.applications);
  const names = now.applications.filter(isChosen).map(({ object }) => object.name);
  const isSameName = NAMED.every(path =>
    isSame(valueAt(before.json, path), valueAt(after.json, path)),
  );
  return old.applications.filter(
    ({ object, isOfNothing }) =>
      !isOfNothing &&
      (isSameName || !isUnresolved(object.name)) &&
      !names.some(name => isMaybe(name, object.name)),
  );
}

/** What decides about names that are not known in full. */
const NAMED = [
  ['spec', 'goTemplate'],
  ['spec', 'template', 'metadata', 'name'],
] as const;

/** Whether a generator that chooses nothing now is one that chose something: then that is gone. */
function hasChosen(
  { generatorAt }: MadeApplication,
  after: PlacedObject,
  before: readonly MadeApplication[],
): boolean {
  const generator = valueAt(after.json, generatorAt);
  return before.some(
    ({ isOfNothing, object, generatorAt: at }) =>
      !isOfNothing && isSame(valueAt(object.written?.by.json, at), generator),
  );
}

/** Whether a name, which may hold templates, is or may be another. */
function isMaybe(name: string, other: string): boolean {
  return name === other || matchesGlob(name.replaceAll(/\{\{[^{}]{0,300}\}\}/g, '*'), other);
}
