import { type Fault, type Outcome, outcome, type Path, type Report } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, sortBy, textAt, valueAt } from '../../core/json.ts';
import type { BuiltObject, KubeObject } from '../../core/kube-object.ts';
import { asJson, identityOf, mergedMarks, refOf, unlessEmpty } from '../../core/kube-object.ts';
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
import { databaseSecretNames } from '../model/databases.ts';
import {
  type ConfigMapModel,
  type ContainerModel,
  type DatabaseModel,
  type EntryObject,
  type KubernetesProvider,
  type Model,
  type OwnTerm,
  type SpecEntry,
  type StoreModel,
  term,
  type WorkloadModel,
} from '../model/model.ts';
import { resourceSecrets } from '../model/resources.ts';
import { withPlaced } from '../own-fields.ts';
import type { Omission, WorkloadSpec } from '../spec.ts';
import { generatedLabels } from './applied-units.ts';
import { databaseObjects } from './cnpg.ts';
import { pushObjects, secretObjects, secretStore } from './eso.ts';
import { applyPatches, type SecretMakers, storedForm } from './patches.ts';
import { withSyncWaves } from './sync.ts';
import {
  namespace as namespaceObject,
  orderWorkloadEnv,
  serviceAccountOf,
  serviceAccounts,
  volumeClaim,
  WORKLOADS,
} from './workloads.ts';

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
  const makers = secretMakers(model);
  const patched = model.resources.map(entry => {
    const manifests = entry.objects.map(object => ({ object }));
    return { entry, objects: build(entry, manifests) };
  });
  const written = patched.flatMap(({ objects }) => objects.map(({ object }) => object));
  const { after, injected } = injectAll(model, written, added, report);
  const each = <T extends SpecEntry>(
    entries: readonly T[],
    objectsOf: (entry: T) => readonly EntryObject[],
  ): BuiltObject[] =>
    entries.flatMap(entry => build(entry, objectsOf(entry)).map(made => finish(entry, made)));
  const built = [
    ...each(databases, entry => databaseObjects(entry, namespace, makers)),
    ...each(model.stores, entry => storeObjects(entry, namespace)),
    ...each(model.secrets, entry => secretObjects(entry, model, makers)),
    ...each(model.pushes, entry => pushObjects(entry, namespace, makers)),
    ...model.workloads.flatMap(entry =>
      build(entry, workloadObjects(entry, namespace, makers)).map(made =>
        finish(entry, { ...made, object: orderWorkloadEnv(made.object, entry, report) }),
      ),
    ),
    ...each(model.configMaps, entry => [configMapObject(entry, namespace)]),
    ...patched.flatMap(({ entry, objects }) =>
      objects.map(made => {
        const object = after(made.object);
        return finish(entry, { ...made, object, needs: needsOf(object, namespace, makers) });
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
  const finish = (entry: SpecEntry, { ownTerms: _, needs = [], ...made }: EntryObject) => {
    const object = storedForm(made.object, model.versions);
    const isInNamespace = object.metadata.namespace !== undefined;
    const home = isInNamespace ? [`Namespace/${model.namespace}`] : [];
    return { ...made, object, path: entry.path, needs: [...home, ...needs] };
  };
  return { build, finish };
}

function withEntryMarks(
  object: KubeObject,
  all: Pick<Model, 'labels' | 'annotations'>,
  entry: Partial<SpecEntry>,
): KubeObject {
  const { labels, annotations, ...others } = object.metadata;
  const marks = {
    ...unlessEmpty('labels', mergedMarks(all.labels, labels, entry.labels)),
    ...unlessEmpty('annotations', mergedMarks(all.annotations, annotations, entry.annotations)),
  };
  return { ...object, metadata: { ...others, ...marks } };
}

function namespaceObjects(model: Model, built: readonly BuiltObject[]): BuiltObject[] {
  const { namespace, omit } = model;
  const object = withEntryMarks(namespaceObject(namespace), model, {});
  const isMade = built.some(made => identityOf(made.object) === identityOf(object));
  return isMade || omit.includes('namespace') ? [] : [{ object, path: ['namespace'], needs: [] }];
}

function withMarks(
  built: readonly BuiltObject[],
  { partOf, omit, resources }: Model,
  report: Report,
): readonly BuiltObject[] {
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
  const poolers = poolerObjects(databases, namespace);
  return [...poolers, ...built].flatMap(({ object, path }) => {
    const identity = identityOf(object);
    const first = makers.get(identity);
    makers.set(identity, { path, maker: `the entry "${path.join('.')}"` });
    if (first === undefined) return [];
    return {
      id: 'duplicate-object',
      message: `the ${object.kind} "${object.metadata.name}" is made by ${first.maker} already`,
      hint: 'Give one of the two another name.',
      path,
      isAboutName: true,
      related: [{ note: 'the other one', path: first.path }],
    };
  });
}

/** What CNPG makes of a Cluster besides Secrets (docs/facts/cnpg.md#other-objects-of-a-cluster). */
function cnpgObjects(name: string, namespace: string): KubeObject[] {
  const object = (apiVersion: string, kind: string, suffix = ''): KubeObject => ({
    apiVersion,
    kind,
    metadata: { name: name + suffix, namespace },
  });
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

function storeObjects(store: StoreModel, namespace: string): EntryObject[] {
  const { provider } = store;
  if (provider === undefined) return [];
  const isUnread = provider.type === 'kubernetes' && provider.reads?.length === 0;
  if (isUnread) return []; // ESO calls a store that may read nothing not ready.
  const access = provider.type === 'kubernetes' ? storeAccess(provider) : [];
  const isVerbatim = provider.type === 'given' && provider.isVerbatim;
  const ownTerms = [
    ...(isVerbatim ? [term(['spec', 'provider'], ['provider'])] : []),
    ...store.fields.map(({ name, path }) => term(path, [name])),
  ];
  return [
    { object: secretStore(store, provider, namespace), needs: access.map(refOf), ownTerms },
    ...access.map(object => ({ object })),
  ];
}

/** Allows `get` on what is read, or `get` and `list` on all for a find (docs/facts/eso.md#kubernetes-store). */
function storeAccess(provider: KubernetesProvider): readonly KubeObject[] {
  const { serviceAccount, home, remoteNamespace, reads } = provider;
  const name = home === remoteNamespace ? serviceAccount : `${serviceAccount}-${home}`;
  const metadata = { name, namespace: remoteNamespace };
  const rule =
    reads === undefined ? { verbs: ['get', 'list'] } : { resourceNames: reads, verbs: ['get'] };
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: serviceAccount, namespace: home },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], ...rule }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: home }],
    },
  ];
}

function configMapObject({ name, data, isHashed }: ConfigMapModel, namespace: string): EntryObject {
  const metadata = { name, namespace };
  return {
    object: { apiVersion: 'v1', kind: 'ConfigMap', metadata, ...unlessEmpty('data', data) },
    isHashed,
  };
}

/** Reports hashed ConfigMaps that are read where kustomize does not change the name (docs/facts/kustomize.md#hashes). */
function unhashedReads(built: readonly BuiltObject[]): Fault[] {
  const hashed = new Map(
    built.filter(made => made.isHashed === true).map(made => [made.object.metadata.name, made]),
  );
  if (hashed.size === 0) return [];
  return built
    .filter(({ object }) => !isRenamedIn(object))
    .flatMap(({ object, path }) =>
      configMapNames(object).flatMap((name): Fault | [] => {
        const made = hashed.get(name);
        if (made === undefined) return [];
        return {
          id: 'hashed-config-map',
          message: `${refOf(object)} reads ConfigMap "${name}", whose name gets a hash that kustomize does not write there`,
          hint: `Write \`hash: false\` for configMaps.${name}, or give ${object.kind} a ConfigMap of its own.`,
          path: made.path,
          related: [{ note: 'what reads it', path }],
        };
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

/** The objects that must be there before an object under `resources`. */
function needsOf(json: KubeObject, namespace: string, makers: SecretMakers): string[] {
  const object = placedObject(json, 0, [], namespace);
  if (object.namespace !== namespace && object.namespace !== '') return [];
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
  return [
    ...reads
      .filter(read => !read.isOptional && (read.namespace ?? namespace) === namespace)
      .flatMap(({ secret }) => makers(secret)),
    ...(object.knownKind === externalSecret ? storesOf(object) : []),
    ...(account === undefined ? [] : [`ServiceAccount/${account}`]),
    ...(cnpgCluster === undefined ? [] : [`Cluster/${cnpgCluster}`]),
  ].filter(ref => ref !== `${object.kind}/${object.name}`);
}

function storesOf(object: PlacedObject): string[] {
  const { storeRef, data, dataFrom } = partsOf(specOf(object), ['spec']);
  const all = [storeRef, ...data.map(entry => entry.storeRef), ...dataFrom.map(e => e.storeRef)];
  return all.flatMap(ref => (ref === undefined ? [] : [`${ref.kind}/${ref.name}`]));
}

/** A workload, the claims of its volumes, its ServiceAccount, unless it names one, and its Service. */
function workloadObjects(entry: WorkloadModel, home: string, makers: SecretMakers): EntryObject[] {
  const { kind, service, claims } = entry;
  const { object, isWhole = false } = WORKLOADS[kind];
  const made = claims.filter(({ isTemplate }) => !isTemplate);
  const built = withPlaced(asJson(object(entry, home)), entry.fields);
  const pod = podOf(placedObject(built as unknown as KubeObject, 0, [], home));
  const reads = pod === undefined ? [] : podReads(pod).map(({ secret }) => secret);
  const needs = [
    ...[...new Set(reads)].sort().flatMap(makers),
    ...databasesOf(entry),
    ...made.map(claim => `PersistentVolumeClaim/${claim.name}`),
    ...(isWhole ? [] : [`ServiceAccount/${serviceAccountOf(entry)}`]),
  ];
  return [
    { object: built as unknown as KubeObject, needs, ownTerms: ownTerms(entry, built) },
    ...made.map(claim => ({ object: volumeClaim(claim, home) })),
    ...(isWhole ? [] : serviceAccounts(entry, home).map(account => ({ object: account }))),
    ...(isWhole || service === undefined ? [] : [service]),
  ];
}

function databasesOf({ spec }: WorkloadModel): string[] {
  const { init = {}, sidecars = {} } = spec;
  const variables = [spec, ...Object.values(init), ...Object.values(sidecars)].flatMap(({ env }) =>
    Object.values(env ?? {}),
  );
  const refs = variables.flatMap(value => {
    if (typeof value === 'string' || value.database === undefined) return [];
    const { database, pooler } = value;
    return [`Cluster/${database}`, ...(pooler === undefined ? [] : [`Pooler/${pooler}`])];
  });
  return [...new Set(refs)].sort();
}

function ownTerms(workload: WorkloadModel, built: JsonObject): readonly OwnTerm[] {
  const { spec, kind, container, fields } = workload;
  const { ownTerms: ofKind } = WORKLOADS[kind];
  const placed = fields.map(({ name, path }) => term(path, [name]));
  if (ofKind !== undefined) return [...placed, ofKind];
  const isRaw = listAt(container.object, 'env').some(variable =>
    Object.keys(mapAt(variable, 'valueFrom')).some(source => !SHORT_SOURCES.includes(source)),
  );
  if (fields.length === 0 && !hasOwnTerms(spec) && !isRaw) return [];
  const raw = isRaw ? [term(['spec'], ['env'])] : [];
  return [...placed, ...podTerms(workload, built), ...raw];
}

const SHORT_SOURCES = ['secretKeyRef', 'configMapKeyRef'];

function hasOwnTerms(spec: WorkloadSpec): boolean {
  const { volumes, init, sidecars, service, security, probes, health, ports } = spec;
  const words = [volumes, init, sidecars, probes, isMap(service), isMap(security), isMap(health)];
  return Array.isArray(ports) || words.some(Boolean);
}

function podTerms(
  { container, init, sidecars, volumes, path: entry }: WorkloadModel,
  built: JsonObject,
): OwnTerm[] {
  const pod = POD_PATHS.find(path => valueAt(built, path) !== undefined) ?? [];
  const termsOf = (list: string, { path, object }: ContainerModel, index: number): OwnTerm[] => {
    const at = [...pod, list, index];
    const within = path.slice(entry.length);
    const probes = Object.keys(object).filter(field => field.endsWith('Probe'));
    return [
      ...probes.map(name => term([...at, name], [...within, 'probes', name.replace('Probe', '')])),
      term([...at, 'securityContext'], [...within, 'security']),
      term(at, within),
    ];
  };
  return [
    ...volumes.map(({ name }, at) => term([...pod, 'volumes', at], ['volumes', String(name)])),
    ...[container, ...sidecars].flatMap((model, index) => termsOf('containers', model, index)),
    ...init.flatMap((model, index) => termsOf('initContainers', model, index)),
    term([...pod, 'securityContext'], ['security']),
  ];
}

const POD_PATHS: readonly Path[] = [
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
  ['spec', 'template', 'spec'],
];

function secretMakers({ databases, secrets, resources, namespace }: Model): SecretMakers {
  const makers = new Map<string, string[]>();
  const add = (secret: string, maker: string): unknown =>
    makers.set(secret, [...(makers.get(secret) ?? []), maker]);
  for (const { name, externalSecret } of secrets) add(name, `ExternalSecret/${externalSecret}`);
  for (const database of databases)
    for (const secret of databaseSecretNames(database)) add(secret, `Cluster/${database.name}`);
  for (const { name, maker } of resourceSecrets(resources, namespace)) add(name, maker);
  return secret => makers.get(secret) ?? [];
}
