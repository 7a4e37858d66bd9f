import { type Fault, missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, type JsonObject, textAt } from '../../core/json.ts';
import { groupOf, type KubeObject, optional, refOf } from '../../core/kube-object.ts';
import { listItems } from '../../core/manifests.ts';
import { knownNames } from '../../core/names.ts';
import { RELOAD_LABEL } from '../../kinds/cnpg/group.ts';
import { BASIC_AUTH, coreSecret } from '../../kinds/core/secret.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import {
  partsOf,
  resultKeys,
  withKeys,
  writtenSecret,
} from '../../kinds/eso/external-secret-spec.ts';
import { passwordGenerator } from '../../kinds/eso/generators.ts';
import { GENERATORS, servedAlpha } from '../../kinds/eso/group.ts';
import type { Find, KeySet, PlacedObject } from '../../kinds/kind.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import type {
  DataFromSpec,
  PushedKeySpec,
  PushSpec,
  RemoteKeySpec,
  ResourceSpec,
  SecretSpec,
  Spec,
  StoreSpec,
} from '../spec.ts';
import {
  checkSecret,
  dashedKey,
  type FetchedData,
  type KnownSecret,
  type PushModel,
  postgresUrl,
  type ResourceModel,
  type SecretContext,
  type SecretLookup,
  templateKeys,
  urlKeys,
  urlTarget,
} from './model.ts';
import { shortForm } from './providers.ts';
import { type Fetched, fetchedKeys, fetchFrom, remoteRef } from './secret-fields.ts';
import { checkRemoteKey, findStore, remoteKey } from './stores.ts';
import { checkSources } from './workloads.ts';

/** What Secrets of the environment write into stores. Reports names that lead nowhere. */
export function resolvePushes(spec: Spec, lookup: SecretLookup): PushModel[] {
  return Object.entries(spec.push ?? {}).map(([name, push]) =>
    resolvePush(name, push, spec, lookup),
  );
}

function resolvePush(name: string, push: PushSpec, spec: Spec, lookup: SecretLookup): PushModel {
  const path = ['push', name];
  const { secret = name, keys = {} } = push;
  const store = checkStore(push, path, spec, lookup);
  const secretPath = push.secret === undefined ? path : [...path, 'secret'];
  checkSecret({ secret }, secretPath, secretPath, lookup);
  if (Object.keys(keys).length === 0)
    lookup.report(missing('keys', path, 'keys: { password: path/in/the/store }'));
  return {
    name,
    path,
    patch: push.patch ?? {},
    secret,
    storeRef: { kind: store?.kind ?? 'ClusterSecretStore', name: push.store ?? '' },
    refreshInterval: push.refreshInterval ?? '1h',
    updatePolicy: push.updatePolicy ?? 'Replace',
    deletionPolicy: push.deletionPolicy ?? 'None',
    data: Object.entries(keys).map(([key, remote]) => {
      const at = [...path, 'keys', key];
      if (lookup.lookUp(secret) !== undefined)
        checkSecret({ secret, key, isKeyName: true }, at, at, lookup);
      const { metadata = store && shortForm(store)?.pushMetadata?.(store), ...options } =
        typeof remote === 'string' ? { key: remote } : remote;
      const remoteRef = pushedRef(options, push, at, spec, lookup);
      return { match: { secretKey: key, remoteRef }, ...optional('metadata', metadata) };
    }),
  };
}

/** Where one key goes, as the store knows it. */
function pushedRef(
  { key, property }: PushedKeySpec,
  { store }: PushSpec,
  path: Path,
  spec: Spec,
  { report }: SecretLookup,
): JsonObject {
  if (key === undefined) report(missing('key', path, 'key: path/in/the/store'));
  const remote = remoteKey(spec.stores ?? {}, store, key ?? '');
  if (key !== undefined) checkRemoteKey(spec, store, remote, path, report);
  return { remoteKey: remote, ...optional('property', property) };
}

/** The store that is written to. One of this cluster's Secrets is made with the right to read alone. */
function checkStore(
  { store }: PushSpec,
  path: Path,
  { stores = {} }: Spec,
  { report }: SecretLookup,
): StoreSpec | undefined {
  if (store === undefined) report(missing('store', path, 'store: aws'));
  const found =
    store === undefined ? undefined : findStore(store, stores, [...path, 'store'], report);
  if (found?.kubernetes !== undefined) {
    report({
      id: 'store-provider',
      message: `store "${store}" reads Secrets of the cluster, and has no right to write them`,
      hint: 'Push into another store; one with more rights stands under resources, and is declared with `external: true`.',
      path: [...path, 'store'],
    });
  }
  return found;
}

/** A Secret that an object of one's own makes in the environment's namespace. */
interface ResourceSecret extends KnownSecret {
  readonly name: string;
  /** What makes it, as `refOf` writes it. */
  readonly maker: string;
}

/** The Secrets that objects of one's own make: those of operators, and of ExternalSecrets. */
export function resourceSecrets(
  resources: readonly ResourceModel[],
  namespace: string,
): ResourceSecret[] {
  const all = resources.flatMap(({ path, objects }) =>
    objects.map(object => ({ path, object: placedObject(object, 0, [], namespace) })),
  );
  const find = finder(all.map(({ object }) => object));
  return all.flatMap(({ path, object }) =>
    madeBy(object, find)
      .filter(made => (made.namespace ?? object.namespace) === namespace)
      .map(({ secret, keys, isOpen }) => ({
        name: secret,
        keys,
        isOpen,
        path,
        maker: refOf(object.json),
      })),
  );
}

interface Made extends KeySet {
  readonly secret: string;
  readonly namespace?: string;
}

/** What an ExternalSecret fetches of another Secret as a whole is not known here. */
function madeBy(object: PlacedObject, find: Find): readonly Made[] {
  if (object.known !== externalSecret) return object.known?.makes?.(object, find) ?? [];
  const written = writtenSecret(object, object.namespace, partsOf);
  if (written.creationPolicy === 'None') return [];
  const { keys, target } = withKeys(written, () => undefined);
  return [{ secret: target, ...keys }];
}

function finder(objects: readonly PlacedObject[]): Find {
  return (kind, namespace, name) =>
    objects.find(
      object => object.known === kind && object.namespace === namespace && object.name === name,
    );
}

/** The Secrets that others make, with those of one's own objects: several may give keys to one. */
export function withResourceSecrets(
  known: ReadonlyMap<string, KnownSecret>,
  resources: readonly ResourceModel[],
  namespace: string,
): Map<string, KnownSecret> {
  const all = new Map(known);
  for (const { name, maker: _, ...secret } of resourceSecrets(resources, namespace)) {
    const before = all.get(name);
    const keys = new Set([...(before?.keys ?? []), ...secret.keys]);
    const isOpen = secret.isOpen || before?.isOpen === true;
    all.set(name, { ...(before ?? secret), keys, isOpen });
  }
  return all;
}

/**
 * The objects of one's own, as they are written: those that name no namespace are in that of the
 * environment. They are held against no schema here: what is checked of manifests is for `validate`
 * and `lint`, which look at what is applied.
 */
export function resolveResources(
  { resources = {} }: Spec,
  namespace: string,
  report: Report,
): ResourceModel[] {
  return Object.entries(resources).map(([name, resource]) => {
    const path = ['resources', name];
    const { file, object, scope, omit = [], patch = {} } = resource;
    checkSources({ file, object }, path, report);
    const objects = writtenObjects(resource, path, report).map(written =>
      placed(written, namespace, scope),
    );
    return { name, path, patch, objects, omit };
  });
}

/** What stands in the file, or under `object`; a List's items one by one. */
function writtenObjects(
  { file, object, objects }: ResourceSpec,
  path: Path,
  report: Report,
): KubeObject[] {
  const place = [...path, file === undefined ? 'object' : 'file'];
  const written = file === undefined ? [object].filter(isMap) : objects;
  if (written === undefined) report(unreadFile(file ?? '', place));
  const items = (written ?? []).flatMap(one => (listItems(one) ?? [one]).filter(isMap));
  return items.filter(item => isWhole(item, place, report));
}

/** Whether it is an object, and may be in a spec; reports what it lacks, and values of Secrets. */
function isWhole(object: JsonObject, path: Path, report: Report): object is KubeJson {
  const lacking = [['apiVersion'], ['kind'], ['metadata', 'name']].filter(
    field => !textAt(object, ...field),
  );
  for (const field of lacking) {
    const name = field.join('.');
    report(missing(name, path, EXAMPLES[name] ?? ''));
  }
  const [key] = [object['data'], object['stringData']].flatMap(data =>
    isMap(data) ? Object.keys(data) : [],
  );
  const isSecret = object['kind'] === coreSecret.kind && key !== undefined;
  if (isSecret) report(secretValues(textAt(object, 'metadata', 'name') ?? '', path));
  return lacking.length === 0 && !isSecret;
}

type KubeJson = JsonObject & KubeObject;

const EXAMPLES: Readonly<Record<string, string>> = {
  apiVersion: 'apiVersion: v1',
  kind: 'kind: ConfigMap',
  'metadata.name': 'metadata: { name: settings }',
};

/** The object in its namespace. A kind that nobody knows is taken to have one, as kustomize has it. */
function placed(object: KubeObject, home: string, scope: ResourceSpec['scope']): KubeObject {
  const { name, namespace = home, ...rest } = object.metadata;
  const isOfCluster = kindOf(groupOf(object), object.kind)?.isOfCluster ?? scope === 'Cluster';
  const metadata = isOfCluster ? { name, ...rest } : { name, namespace, ...rest };
  return { ...object, metadata };
}

function unreadFile(file: string, path: Path): Parameters<Report>[0] {
  return {
    id: 'resource-file',
    message: `${file} is not read: the spec comes without its folder`,
    hint: 'Write the manifest under object.',
    path,
  };
}

function secretValues(name: string, path: Path): Parameters<Report>[0] {
  return {
    id: 'secret-value',
    message: `the Secret "${name}" has values, which a spec never holds (they are not shown)`,
    hint: `Declare its keys: secrets: { ${name}: { manual: […] } }, and put the values into the cluster or a store.`,
    path,
  };
}

/** Resolves `keys`, `from`, `dataFrom` and `generator` of one secret. */
export function fetchData(
  name: string,
  secret: SecretSpec,
  path: Path,
  context: SecretContext,
): Fetched {
  const store = checkStoreOfSecretData(secret, path, context);
  if (secret.from !== undefined) return fetchFrom(secret.from, secret, path, context);
  const data = Object.entries(secret.keys ?? {}).map(([secretKey, remote]) =>
    dataEntry(secretKey, remote, secret, [...path, 'keys', secretKey], context),
  );
  const dataFrom = (secret.dataFrom ?? []).map((entry, index) =>
    dataFromEntry(entry, secret, [...path, 'dataFrom', index], context),
  );
  if (secret.store !== undefined && data.length === 0 && dataFrom.length === 0) {
    context.report(missing('keys', path, 'keys: { api-key: path/in/the/store }'));
  }
  const generator = generatorOf(secret);
  if (generator !== undefined) dataFrom.unshift(generatorRef(generator.kind, name));
  const remoteReads = store === 'kubernetes' ? kubernetesReads(data, dataFrom) : [];
  const reads = isOwnNamespace(secret, context) ? remoteReads : [];
  const keys = fetchedKeys(data, secret, generator, context);
  return { data, dataFrom, generator, reads, remoteReads, keys };
}

/** Reports a store that does not exist, and `from` on a store that cannot read Secrets. */
function checkStoreOfSecretData(
  { store, from }: SecretSpec,
  path: Path,
  { spec, report }: SecretContext,
): 'kubernetes' | 'other' {
  const stores = spec.stores ?? {};
  const found =
    store === undefined ? undefined : findStore(store, stores, [...path, 'store'], report);
  const short = found && shortForm(found);
  const isUnknown = store !== undefined && found === undefined;
  if (!isUnknown && from !== undefined && (short !== undefined || store === undefined)) {
    report({
      id: 'store-provider',
      message: `"from" reads a Kubernetes Secret, and ${store === undefined ? 'no store is named' : `store "${store}" reads from ${short?.called}`}`,
      hint: `Name a kubernetes store. ${knownNames('stores', '', Object.keys(stores))}`,
      path: [...path, 'from'],
    });
  }
  return found?.kubernetes === undefined ? 'other' : 'kubernetes';
}

function dataEntry(
  secretKey: string,
  remote: string | RemoteKeySpec,
  { store }: SecretSpec,
  path: Path,
  { spec, report }: SecretContext,
): FetchedData {
  const options = typeof remote === 'string' ? { key: remote } : remote;
  if (options.key === undefined) report(missing('key', path, 'key: path/in/the/store'));
  const key = remoteKey(spec.stores ?? {}, store, options.key ?? '');
  checkRemoteKey(spec, store, key, path, report);
  return { secretKey, remoteRef: remoteRef({ ...options, key }) };
}

function dataFromEntry(
  { extract, find, rewrite, generatorRef }: DataFromSpec,
  { store }: SecretSpec,
  at: Path,
  { spec, report }: SecretContext,
): JsonObject {
  const inStore = (key: string): string => remoteKey(spec.stores ?? {}, store, key);
  if (extract !== undefined)
    checkRemoteKey(spec, store, inStore(extract.key), [...at, 'extract', 'key'], report);
  const path = find?.['path'];
  return {
    ...(extract !== undefined && { extract: { ...extract, key: inStore(extract.key) } }),
    ...(find !== undefined && {
      find: { ...find, ...(typeof path === 'string' && { path: inStore(path) }) },
    }),
    ...(generatorRef !== undefined && { sourceRef: { generatorRef } }),
    ...(rewrite !== undefined && { rewrite }),
  };
}

/** Without repetition a password of 41 characters would need more digits than there are. */
function generatorOf({ generator }: SecretSpec): Fetched['generator'] {
  if (generator === undefined) return undefined;
  const { kind = passwordGenerator.kind, spec = {} } = generator;
  const isPassword = kind === passwordGenerator.kind;
  return { kind, spec: isPassword ? { allowRepeat: true, ...spec } : spec };
}

function generatorRef(kind: string, name: string): JsonObject {
  const apiVersion = `${GENERATORS}/${servedAlpha.versions[0]}`;
  return { sourceRef: { generatorRef: { apiVersion, kind, name } } };
}

/** The Secrets that data and extract entries read through a kubernetes store. */
function kubernetesReads(
  data: readonly FetchedData[],
  dataFrom: readonly JsonObject[],
): readonly string[] {
  const extracts = dataFrom.flatMap(entry => entry['extract'] ?? []) as JsonObject[];
  const refs = [...data.map(entry => entry.remoteRef), ...extracts];
  return [...new Set(refs.map(ref => String(ref['key'])))];
}

/** Whether the secret's store looks into the environment's own namespace. */
function isOwnNamespace({ store }: SecretSpec, { spec, namespace }: SecretContext): boolean {
  const remote = spec.stores?.[store ?? '']?.kubernetes?.remoteNamespace;
  return remote === undefined || remote === namespace;
}

interface ResolvedTemplate {
  /** Undefined where it would say nothing, and the spec omits those. */
  readonly template: JsonObject | undefined;
  /** The keys that reach the Secret. */
  readonly keys: KeySet;
}

/**
 * `target.template` in its stored form. It is always there: without one ESO copies the
 * ExternalSecret's labels (docs/facts/eso.md#labels-of-the-secret), and Argo CD takes the Secret
 * for one of its own (docs/facts/argocd.md#tracking).
 */
export function resolveTemplate(
  name: string,
  secret: SecretSpec,
  fetched: Fetched,
  path: Path,
  context: SecretContext,
): ResolvedTemplate {
  const isLogin = context.logins.get(name)?.username !== undefined;
  const data = templateData(secret, fetched, path, context);
  const type = secret.type ?? (isLogin ? BASIC_AUTH : undefined);
  const labels = { ...secret.labels, ...(isLogin && { [RELOAD_LABEL]: 'true' }) };
  const { annotations, templateFrom, mergePolicy } = secret;
  const template = {
    ...(data !== undefined && { data }),
    engineVersion: 'v2',
    mergePolicy: mergePolicy ?? 'Replace',
    ...((hasEntries(labels) || hasEntries(annotations)) && {
      metadata: {
        ...(hasEntries(annotations) && { annotations: { ...annotations } }),
        ...(hasEntries(labels) && { labels }),
      },
    }),
    ...(templateFrom !== undefined && { templateFrom }),
    ...(type !== undefined && { type }),
  };
  return {
    template: isOmitted(template, context.spec) ? undefined : template,
    keys: resultKeys(template, fetched.keys),
  };
}

/** Whether a template says what all say, and the spec omits those. */
function isOmitted(template: JsonObject, { omit = [] }: Spec): boolean {
  const { engineVersion: _, mergePolicy, ...others } = template;
  const isEmpty = mergePolicy === 'Replace' && Object.keys(others).length === 0;
  return isEmpty && omit.includes('emptyTemplates');
}

function hasEntries(map: object | undefined): boolean {
  return map !== undefined && Object.keys(map).length > 0;
}

function templateData(
  { template, from }: SecretSpec,
  fetched: Fetched,
  path: Path,
  context: SecretContext,
): Record<string, string> | undefined {
  if (template === undefined) return undefined;
  const target = urlTarget(from, context);
  const texts = Object.entries(template).map(([key, value]): [string, string] => {
    const at = [...path, 'template', key];
    if (typeof value === 'string') return [key, checkedText(value, fetched.keys, at, context)];
    const url = value.postgresUrl ?? {};
    checkUsed(urlKeys(url, target), fetched.keys, at, context);
    return [key, postgresUrl(url, target)];
  });
  return Object.fromEntries(texts);
}

/** A template as the spec has it, held against what is fetched. */
function checkedText(text: string, keys: KeySet, path: Path, context: SecretContext): string {
  const dashed = dashedKey(text);
  if (dashed === undefined) checkUsed(templateKeys(text) ?? [], keys, path, context);
  else context.report(dashAfterDot(dashed, path));
  return text;
}

function dashAfterDot(key: string, path: Path): Fault {
  return {
    id: 'template-syntax',
    message: `a template cannot read "${key}" after a dot: the dash ends the name`,
    hint: `Write {{ index . "${key}" }}.`,
    path,
  };
}

function checkUsed(
  used: readonly string[],
  keys: KeySet,
  path: Path,
  { report }: SecretContext,
): void {
  if (keys.isOpen) return;
  for (const key of used) {
    if (keys.keys.has(key)) continue;
    report({
      id: 'unknown-secret-key',
      message: `the template uses "${key}", which is not fetched`,
      hint: knownNames('fetched keys', key, keys.keys),
      path,
    });
  }
}
