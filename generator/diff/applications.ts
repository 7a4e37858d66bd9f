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
import { type Comparison, deployerOf, folderOf } from './comparison.ts';

/** Applications, with those that ApplicationSets make. A set of which none is known stands for them itself. */
export function applicationsOf({ byKind }: SecretGraph): PlacedObject[] {
  const made = byKind(applicationSet).flatMap(set => {
    const { applications } = madeApplications(set);
    return applications.length === 0 ? [set] : applications.map(({ object }) => object);
  });
  return [...byKind(argoApplication), ...made];
}

/** The name of an Application, or of its set if the name is not known. */
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
 * The Application that syncs an object. In a cluster its tracking id says so (docs/facts/argocd.md#tracking). In Git
 * there are the folder of the Application and its namespace. Undefined if several fit that treat objects differently.
 */
export function ownerOf(comparison: Comparison, object: PlacedObject): Owner | undefined {
  const { base, head } = comparison;
  const applications = applicationsOf(head);
  const headIds = new Set(applications.map(objectIdentity));
  const removed = applicationsOf(base).filter(before => !headIds.has(objectIdentity(before)));
  const all = [...applications, ...removed].filter(
    application => objectIdentity(application) !== objectIdentity(object),
  );
  const [first, ...others] = bestOf(all, object, comparison);
  if (first === undefined) return undefined;
  const isSamePolicy = others.every(other => policyOf(other) === policyOf(first));
  if (!isSamePolicy) return undefined;
  const isOnHead = headIds.has(objectIdentity(first)) || isMadePerhaps(comparison, first);
  return { application: first, isRemoved: !isOnHead };
}

/** Whether a set of head may make the Application: not everything that a set makes is known. */
function isMadePerhaps(comparison: Comparison, application: PlacedObject): boolean {
  const set = application.written?.by;
  return (
    set !== undefined &&
    !unmadeApplications(comparison).has(application) &&
    comparison.head.byKind(applicationSet).map(objectIdentity).includes(objectIdentity(set))
  );
}

/** The Applications with the best evidence: its applier, its tracking id, its folder, or only its namespace. */
function bestOf(all: readonly PlacedObject[], object: PlacedObject, comparison: Comparison) {
  const deployer = deployerOf(comparison, object);
  const trackedName = trackedBy(object) ?? '';
  const rendering = all.filter(application =>
    isRendering(application, folderOf(comparison, object)),
  );
  const here = (list: readonly PlacedObject[]): PlacedObject[] =>
    list.filter(application => destinationOf(application) === object.namespace);
  // Of an Application whose folder was not read, any object of its namespace may be.
  const unread = all.filter(
    application => !deployersOf(comparison).has(objectIdentity(application)),
  );
  const candidates = [
    all.filter(application => deployer && objectIdentity(application) === objectIdentity(deployer)),
    all.filter(({ name, namespace }) => [name, `${namespace}_${name}`].includes(trackedName)),
    here(rendering),
    rendering,
    object.namespace === '' ? [] : here(unread),
  ];
  return candidates.find(list => list.length > 0) ?? [];
}

const deployersOf = oncePer(
  ({ units }: Comparison): ReadonlySet<string> =>
    new Set(
      [...(units?.values() ?? [])].flatMap(({ deployer }) => deployer ?? []).map(objectIdentity),
    ),
);

/** Whether a path of an Application ends in the folder of an environment. `{{…}}` may be any text. */
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

/** An Application that its ApplicationSet no longer makes. */
interface Unmade {
  readonly made: MadeApplication;
  /** The ApplicationSet as it is on head. */
  readonly set: PlacedObject;
}

/** The Applications that ApplicationSets of both sides no longer make, but for those that unknown names may mean. */
export const unmadeApplications: (comparison: Comparison) => ReadonlyMap<PlacedObject, Unmade> =
  oncePer(({ base, head }) => {
    const sets = new Map(head.byKind(applicationSet).map(set => [objectIdentity(set), set]));
    const found = base.byKind(applicationSet).flatMap(before => {
      const set = sets.get(objectIdentity(before));
      return set === undefined ? [] : unmadeOf(before, set).map(made => ({ made, set }));
    });
    return new Map(found.map(unmade => [unmade.made.object, unmade]));
  });

/** Whether an applier of base is still on head, or made by what is there. */
export function isOnHead(comparison: Comparison, deployer: PlacedObject): boolean {
  const id = objectIdentity(deployer);
  if ([...unmadeApplications(comparison).keys()].some(made => objectIdentity(made) === id))
    return false;
  return idsOnHead(comparison).has(objectIdentity(deployer.written?.by ?? deployer));
}

export const idsOnHead: (comparison: Comparison) => ReadonlySet<string> = oncePer(
  ({ head }) => new Set(head.objects.map(objectIdentity)),
);

function unmadeOf(before: PlacedObject, after: PlacedObject): MadeApplication[] {
  const [old, now] = [madeApplications(before), madeApplications(after)];
  if (old.isCutOff || now.isCutOff) return [];
  const isChosen = (made: MadeApplication): boolean =>
    !made.isOfNothing || !hasChosen(made, after, old.applications);
  const names = new Set(now.applications.filter(isChosen).map(({ object }) => object.name));
  const patterns = new Set(
    [...names].filter(isUnresolved).map(name => name.replaceAll(/\{\{[^{}]{0,300}\}\}/g, '*')),
  );
  const isSameName = NAMED.every(path =>
    isSame(valueAt(before.json, path), valueAt(after.json, path)),
  );
  return old.applications.filter(
    ({ object, isOfNothing }) =>
      !isOfNothing &&
      (isSameName || !isUnresolved(object.name)) &&
      !names.has(object.name) &&
      ![...patterns].some(pattern => matchesGlob(pattern, object.name)),
  );
}

/** The fields that decide about names that are not known in full. */
const NAMED = [
  ['spec', 'goTemplate'],
  ['spec', 'template', 'metadata', 'name'],
] as const;

/** Whether a generator that chooses nothing now chose something on base: then that is gone. */
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
