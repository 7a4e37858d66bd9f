import { type Fault, type Outcome, outcome, type Report } from '../../ground/finding.ts';
import { type BuiltObject, identityOf, type KubeObject } from '../../ground/kube-object.ts';
import type { Validators } from '../../ground/schema/schema-check.ts';
import type { Versions } from '../../kinds/products.ts';
import { validatorsOf } from '../../kinds/version-schemas.ts';
import type { Model, SpecEntry, StoreModel } from '../model/model.ts';
import type { Omission } from '../spec/spec.ts';
import { databaseObjects } from './database-objects.ts';
import { duplicateObjects } from './duplicate-objects.ts';
import { type Injected, injectAll } from './injections.ts';
import { namespace as namespaceObject } from './namespace.ts';
import { applyPatches, type EntryObject } from './patches.ts';
import { pushObjects } from './push-secret.ts';
import { withNeeds } from './resource-objects.ts';
import { secretMakers } from './secret-makers.ts';
import { secretObjects } from './secret-objects.ts';
import { storeObjects } from './store-objects.ts';
import { storedForm } from './stored-form.ts';
import { withSyncWaves } from './sync-waves.ts';
import { orderWorkloadEnv } from './workload-env.ts';
import { workloadObjects } from './workload-objects.ts';

/** The objects of an environment, and what its spec injects into workloads that others write. */
export interface BuiltEnvironment {
  /** In the order of their identities. */
  readonly objects: readonly BuiltObject[];
  readonly injected: Injected;
}

/** What one environment means → its objects; `added` are those of its components. */
export function buildObjects(
  model: Model,
  added: readonly KubeObject[],
  validators: Validators,
): Outcome<BuiltEnvironment> {
  const faults: Fault[] = [];
  const report = (fault: Fault): unknown => faults.push(fault);
  const { namespace, databases, stores, secrets, pushes, workloads, resources, versions } = model;
  const schemas = validatorsOf(versions, validators);
  const makers = secretMakers(model);
  const build = <T extends SpecEntry>(entry: T, objects: readonly EntryObject[]): EntryObject[] =>
    applyPatches(entry, objects, schemas, report);
  const finish = (entry: SpecEntry, objects: readonly EntryObject[]): BuiltObject[] =>
    finished(entry, objects, namespace, versions);
  const owned = resources.map(entry => ({
    entry,
    objects: build(
      entry,
      entry.objects.map(object => ({ object })),
    ),
  }));
  const own = owned.flatMap(({ objects }) => objects.map(({ object }) => object));
  const { after, injected } = injectAll(model, own, added, report);
  const injectedObject = (made: EntryObject): EntryObject =>
    withNeeds({ ...made, object: after(made.object) }, namespace, makers);
  const built = [
    ...databases.flatMap(entry =>
      finish(entry, build(entry, databaseObjects(entry, namespace, makers))),
    ),
    ...stores.flatMap(entry => finish(entry, build(entry, storeObjects(entry, namespace)))),
    ...secrets.flatMap(entry => finish(entry, build(entry, secretObjects(entry, model, makers)))),
    ...pushes.flatMap(entry => finish(entry, build(entry, pushObjects(entry, namespace, makers)))),
    ...workloads.flatMap(entry => {
      const objects = build(entry, workloadObjects(entry, namespace, makers));
      const ordered = objects.map(made => ({
        ...made,
        object: orderWorkloadEnv(made.object, entry, report),
      }));
      return finish(entry, ordered);
    }),
    ...owned.flatMap(({ entry, objects }) => finish(entry, objects.map(injectedObject))),
  ];
  const all = [...namespaceObjects(model, built), ...built];
  faults.push(...duplicateObjects(all, databases, namespace));
  const objects = sorted(withMarks(all, model, report));
  return outcome({ objects, injected }, faults);
}

/** The environment's Namespace, where the spec has none of its own. */
function namespaceObjects(
  { namespace, omit }: Model,
  built: readonly BuiltObject[],
): BuiltObject[] {
  const object = namespaceObject(namespace);
  const isGiven = built.some(other => identityOf(other.object) === identityOf(object));
  return isGiven || omit.includes('namespace') ? [] : [{ object, path: ['namespace'], needs: [] }];
}

/** What objects are given: labels and sync waves, each but for those that omit it. */
function withMarks(
  built: readonly BuiltObject[],
  { partOf, omit, resources = [] }: Marks,
  report: Report,
): readonly BuiltObject[] {
  const without = new Map(resources.map(({ name, omit: own }) => [name, own]));
  const isGiven = ({ path: [section, name] }: BuiltObject, mark: Omission): boolean =>
    !omit.includes(mark) &&
    !(section === 'resources' && without.get(String(name))?.includes(mark) === true);
  const labelled = built.map(one => (isGiven(one, 'labels') ? withLabels(one, partOf) : one));
  const ordered = omit.includes('syncWaves') ? labelled : withSyncWaves(labelled, report);
  return ordered.map((one, index) => (isGiven(one, 'syncWaves') ? one : (labelled[index] ?? one)));
}

/** What a model says of the marks of its objects. */
type Marks = Pick<Model, 'omit' | 'partOf'> & Partial<Pick<Model, 'resources' | 'versions'>>;

/** The objects of stores that several environments share. */
export function buildStores(
  marks: Marks,
  stores: readonly StoreModel[],
  validators: Validators,
): Outcome<readonly BuiltObject[]> {
  const faults: Fault[] = [];
  const report = (fault: Fault): unknown => faults.push(fault);
  const { versions = {} } = marks;
  const schemas = validatorsOf(versions, validators);
  const built = stores.flatMap(store =>
    finished(store, applyPatches(store, storeObjects(store, ''), schemas, report), '', versions),
  );
  return outcome(sorted(withMarks(built, marks, report)), faults);
}

function finished(
  entry: SpecEntry,
  objects: readonly EntryObject[],
  namespace: string,
  versions: Versions,
): BuiltObject[] {
  return objects.map(({ object, needs = [], isPatchIdle }) => ({
    object: storedForm(object, versions),
    path: entry.path,
    ...(isPatchIdle !== undefined && {
      patch: { path: [...entry.path, 'patch', object.kind], isIdle: isPatchIdle },
    }),
    needs: object.metadata.namespace === undefined ? needs : [`Namespace/${namespace}`, ...needs],
  }));
}

function withLabels(built: BuiltObject, partOf: string): BuiltObject {
  const { name, namespace, ...rest } = built.object.metadata;
  const labels = {
    'app.kubernetes.io/managed-by': 'rem-secrets',
    'app.kubernetes.io/part-of': partOf,
    ...rest.labels,
  };
  const metadata = { name, ...(namespace !== undefined && { namespace }), ...rest, labels };
  return { ...built, object: { ...built.object, metadata } satisfies KubeObject };
}

function sorted(built: readonly BuiltObject[]): BuiltObject[] {
  const keyed = built.map(entry => [identityOf(entry.object), entry] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, entry]) => entry);
}
