import { type Fault, type Outcome, outcome, type Path, type Report } from '../../core/finding.ts';
import { groupBy, sortBy, textAt } from '../../core/json.ts';
import type { BuiltObject, KubeObject } from '../../core/kube-object.ts';
import { asJson, identityOf, markFields, refOf } from '../../core/kube-object.ts';
import type { Validators } from '../../core/schema.ts';
import { CLUSTER_MEMBERS, cnpgClusterNameOf } from '../../kinds/cnpg/members.ts';
import { isRenamedIn, withConfigMapNames } from '../../kinds/core/hashed-names.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { placedObject } from '../../kinds/kinds.ts';
import { podOf, podReads } from '../../kinds/pods.ts';
import { validatorsOf } from '../../kinds/products.ts';
import { type Injected, injectAll } from '../inject/patches.ts';
import type { DatabaseModel, EntryObject, Model, SpecEntry } from '../model/model.ts';
import type { Omission } from '../spec.ts';
import { generatedLabels } from './applied-units.ts';
import { databaseObjects } from './cnpg.ts';
import { secretObjects, storeObjects } from './eso.ts';
import { applyPatches, storedForm } from './patches.ts';
import { withSyncWaves } from './sync.ts';
import { namespace as namespaceObject, orderWorkloadEnv, workloadObjects } from './workloads.ts';

/** A model → its objects, sorted by identity, and what it injects; `added` are those of its components. */
export function buildObjects(
  model: Model,
  added: readonly KubeObject[],
  validators: Validators,
): Outcome<{ readonly objects: readonly BuiltObject[]; readonly injected: Injected }> {
  const faults: Fault[] = [];
  const report = (fault: Fault): unknown => faults.push(fault);
  const { namespace, databases } = model;
  const { build, finish } = building(model, validators, report);
  const resources = model.resources.map(entry => {
    const parts = entry.objects.map(object => ({ object }));
    return { entry, parts: build(entry, parts) };
  });
  const written = resources.flatMap(({ parts }) => parts.map(({ object }) => object));
  const { after, injected } = injectAll(model, written, added, report);
  const each = <T extends SpecEntry>(
    entries: readonly T[],
    objectsOf: (entry: T) => readonly EntryObject[],
  ): BuiltObject[] =>
    entries.flatMap(entry => build(entry, objectsOf(entry)).map(made => finish(entry, made)));
  const built = [
    ...each(databases, entry => databaseObjects(entry, namespace)),
    ...each(model.stores, entry => storeObjects(entry, namespace)),
    ...each(model.secrets, entry => secretObjects(entry, model)),
    ...each(model.pushes, ({ made }) => [made]),
    ...model.workloads.flatMap(entry =>
      build(entry, workloadObjects(entry, namespace)).map(made =>
        finish(entry, { ...made, object: orderWorkloadEnv(made.object, entry, report) }),
      ),
    ),
    ...each(model.configMaps, ({ made }) => [made]),
    ...resources.flatMap(({ entry, parts }) =>
      parts.map(made => {
        const object = after(made.object);
        return finish(entry, { ...made, object, ...needsOf(object, namespace) });
      }),
    ),
  ];
  faults.push(...unhashedReads(built));
  const all = [...namespaceObjects(model, built), ...built];
  faults.push(...duplicateObjects(all, databases, namespace));
  const objects = sortBy(withMarks(all, model, report), ({ object }) => identityOf(object));
  return outcome({ objects, injected }, faults);
}

/** Two steps of each entry: `build` adds the marks and patches, and `finish` what is known after all injections. */
function building(model: Model, validators: Validators, report: Report) {
  const schemas = validatorsOf(model.versions, validators);
  const build = (entry: SpecEntry, objects: readonly EntryObject[]): EntryObject[] => {
    const marked = objects.map((made, index) => {
      return { ...made, object: withEntryMarks(made.object, model, index === 0 ? entry : {}) };
    });
    return applyPatches(entry, marked, schemas, report);
  };
  const makersOf = secretMakers(model);
  const finish = (entry: SpecEntry, parts: EntryObject): BuiltObject => {
    const { ownTerms: _, reads = [], needs = [], ...made } = parts;
    const object = storedForm(made.object, model.versions);
    const isInNamespace = object.metadata.namespace !== undefined;
    const home = isInNamespace ? [`Namespace/${model.namespace}`] : [];
    const makers = reads.flatMap(secret => makersOf.get(secret) ?? []).map(({ maker }) => maker);
    const all = [...home, ...makers, ...needs].filter(ref => ref !== refOf(object));
    return { ...made, object, path: entry.path, needs: all };
  };
  return { build, finish };
}

function withEntryMarks(
  object: KubeObject,
  all: Pick<Model, 'labels' | 'annotations'>,
  entry: Partial<SpecEntry>,
): KubeObject {
  const { labels, annotations, ...others } = object.metadata;
  const marks = markFields(
    { ...all.labels, ...labels, ...entry.labels },
    { ...all.annotations, ...annotations, ...entry.annotations },
  );
  return { ...object, metadata: { ...others, ...marks } };
}

function namespaceObjects(model: Model, built: readonly BuiltObject[]): BuiltObject[] {
  const { namespace, omit } = model;
  const object = withEntryMarks(namespaceObject(namespace), model, {});
  const isSame = (made: BuiltObject['object']): boolean =>
    made.kind === object.kind && identityOf(made) === identityOf(object);
  const isMade = built.some(made => isSame(made.object));
  return isMade || omit.includes('namespace') ? [] : [{ object, path: ['namespace'], needs: [] }];
}

function withMarks(built: readonly BuiltObject[], model: Model, report: Report) {
  const { partOf, omit, resources } = model;
  const omissionsOf = new Map(resources.map(entry => [entry.name, entry.omit]));
  const hasMark = ({ path: [section, name] }: BuiltObject, mark: Omission): boolean =>
    !omit.includes(mark) &&
    !(section === 'resources' && omissionsOf.get(String(name))?.includes(mark) === true);
  const labelled = built.map(made => (hasMark(made, 'labels') ? withLabels(made, partOf) : made));
  const ordered = omit.includes('syncWaves') ? labelled : withSyncWaves(labelled, report);
  return ordered.map((made, at) => (hasMark(made, 'syncWaves') ? made : (labelled[at] ?? made)));
}

function withLabels(built: BuiltObject, partOf: string): BuiltObject {
  const { metadata } = built.object;
  const labels = { ...generatedLabels(partOf), ...metadata.labels };
  return { ...built, object: { ...built.object, metadata: { ...metadata, labels } } };
}

function duplicateObjects(
  built: readonly BuiltObject[],
  databases: readonly DatabaseModel[],
  namespace: string,
): Fault[] {
  const makers = new Map<string, { readonly path: Path; readonly maker: string }>();
  for (const { name, path } of databases)
    for (const object of cnpgObjects(name, namespace))
      makers.set(identityOf(object), { path, maker: `CNPG, for the database "${name}"` });
  return [...poolerObjects(databases, namespace), ...built].flatMap(({ object, path }) => {
    const identity = identityOf(object);
    const first = makers.get(identity);
    makers.set(identity, { path, maker: `the entry "${path.join('.')}"` });
    if (first === undefined) return [];
    const message = `the ${object.kind} "${object.metadata.name}" is made by ${first.maker} already`;
    const hint = 'Give one of the two another name.';
    const related = [{ note: 'the other one', path: first.path }];
    return { id: 'duplicate-object', message, hint, path, isAboutName: true, related };
  });
}

/** What CNPG makes of a Cluster besides Secrets (docs/facts/cnpg.md#other-objects-of-a-cluster). */
function cnpgObjects(name: string, namespace: string): KubeObject[] {
  const object = (apiVersion: string, kind: string, suffix = ''): KubeObject => {
    return { apiVersion, kind, metadata: { name: name + suffix, namespace } };
  };
  return [
    object('v1', 'ServiceAccount'),
    object('rbac.authorization.k8s.io/v1', 'Role'),
    object('rbac.authorization.k8s.io/v1', 'RoleBinding'),
    ...['-rw', '-ro', '-r'].map(suffix => object('v1', 'Service', suffix)),
  ];
}

/** The Service and ServiceAccount that CNPG makes for a Pooler; both have its name. */
function poolerObjects(databases: readonly DatabaseModel[], namespace: string) {
  return databases.flatMap(({ path, spec }) =>
    Object.keys(spec.poolers ?? {}).flatMap(name =>
      ['Service', 'ServiceAccount'].map(kind => ({
        object: { apiVersion: 'v1', kind, metadata: { name, namespace } },
        path: [...path, 'poolers', name],
      })),
    ),
  );
}

/** Reports hashed ConfigMaps that are read where kustomize does not change the name (docs/facts/kustomize.md#hashes). */
function unhashedReads(built: readonly BuiltObject[]): Fault[] {
  const hashed = new Map(
    built.filter(made => made.isHashed === true).map(made => [made.object.metadata.name, made]),
  );
  if (hashed.size === 0) return [];
  const unchanged = built.filter(({ object }) => !isRenamedIn(object));
  return unchanged.flatMap(({ object, path }) =>
    configMapNames(object).flatMap((name): Fault | [] => {
      const made = hashed.get(name);
      if (made === undefined) return [];
      const message = `${refOf(object)} reads ConfigMap "${name}", whose name gets a hash that kustomize does not write there`;
      const hint = `Write \`hash: false\` for configMaps.${name}, or give ${object.kind} a ConfigMap of its own.`;
      const related = [{ note: 'what reads it', path }];
      return { id: 'hashed-config-map', message, hint, path: made.path, related };
    }),
  );
}

function configMapNames(object: KubeObject): string[] {
  const names = new Set<string>();
  withConfigMapNames(asJson(object), name => {
    names.add(name);
    return name;
  });
  return [...names];
}

/** What must be there before an object under `resources`. */
function needsOf(json: KubeObject, namespace: string): Pick<EntryObject, 'needs' | 'reads'> {
  const object = placedObject(json, 0, [], namespace);
  if (object.namespace !== namespace && object.namespace !== '') return {};
  const pod = podOf(object);
  const isWaiting = object.knownKind?.secrets?.isOrderFree !== true;
  const reads = [
    ...(isWaiting ? (object.knownKind?.reads?.(object) ?? []) : []),
    ...(pod === undefined ? [] : podReads(pod)),
  ];
  const account = textAt(pod?.spec, object.knownKind?.pods?.account ?? 'serviceAccountName');
  const cnpgCluster =
    object.knownKind !== undefined && CLUSTER_MEMBERS.includes(object.knownKind)
      ? cnpgClusterNameOf(object.json)
      : undefined;
  return {
    reads: reads
      .filter(read => !read.isOptional && (read.namespace ?? namespace) === namespace)
      .map(({ secret }) => secret),
    needs: [
      ...(object.knownKind === externalSecret ? storesOf(object) : []),
      ...(account === undefined ? [] : [`ServiceAccount/${account}`]),
      ...(cnpgCluster === undefined ? [] : [`Cluster/${cnpgCluster}`]),
    ],
  };
}

function storesOf(object: PlacedObject): string[] {
  const { storeRef, data, dataFrom } = partsOf(specOf(object), ['spec']);
  const all = [storeRef, ...data.map(entry => entry.storeRef), ...dataFrom.map(e => e.storeRef)];
  return all.flatMap(ref => (ref === undefined ? [] : [`${ref.kind}/${ref.name}`]));
}

/** The objects that make each Secret: an ExternalSecret, a CNPG Cluster, or both if one adds keys to the other's. */
function secretMakers({ secrets, madeSecrets }: Model) {
  const ofSecrets = secrets.map(({ name, externalSecret }) => {
    return { name, maker: `ExternalSecret/${externalSecret}` };
  });
  return groupBy([...ofSecrets, ...madeSecrets], ({ name }) => name);
}
