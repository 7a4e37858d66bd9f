import { type Fault, missing, type Path, type Report } from '../../core/finding.ts';
import { type JsonObject, scalarText, sortBy } from '../../core/json.ts';
import { optional } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { BOOTSTRAP_TOKEN } from '../../kinds/core/secret.ts';
import { isRefusedPair } from '../../kinds/eso/external-secret.ts';
import { rewrittenKeys } from '../../kinds/eso/external-secret-spec.ts';
import { generatorKind, passwordGenerator } from '../../kinds/eso/generators.ts';
import { GENERATORS, servedAlpha } from '../../kinds/eso/group.ts';
import type { KeySet } from '../../kinds/kind.ts';
import { SECRET_SOURCES } from '../merge.ts';
import type { DataFromSpec, RemoteKeySpec, SecretSpec, Spec } from '../spec.ts';
import { loginsOf } from './databases.ts';
import type {
  Entry,
  Fetched,
  FetchedData,
  KnownSecret,
  SecretContext,
  SecretModel,
} from './model.ts';
import { checkSecret, entriesOf, withKeysOf } from './model.ts';
import { resolveTemplate, templateKeys, urlKeys, urlTarget } from './secret-template.ts';
import { findStore, remoteKey, storeRef } from './stores.ts';

/** Every Secret with its keys; one that is read `from` another is resolved after it, whatever their order. */
export function resolveSecrets(
  spec: Spec,
  namespace: string,
  made: ReadonlyMap<string, KnownSecret>,
  report: Report,
): { readonly secrets: SecretModel[]; readonly byName: ReadonlyMap<string, KnownSecret> } {
  const entries = new Map(entriesOf('secrets', spec.secrets).map(entry => [entry.name, entry]));
  const left = new Map(entries);
  const byName = new Map(made);
  const secrets: SecretModel[] = [];
  const lookUp = (name: string): KnownSecret | undefined => {
    const entry = left.get(name);
    left.delete(name);
    const resolved = entry && resolveSecret(entry, context);
    if (resolved?.model !== undefined) secrets.push(resolved.model);
    // With the policy None ESO reads the store and makes no Secret.
    if (entry !== undefined && resolved !== undefined && entry.spec.creationPolicy !== 'None')
      addSecret(byName, entry, resolved.keys, report);
    return byName.get(name);
  };
  const names = (): Iterable<string> => new Set([...made.keys(), ...entries.keys()]);
  const context = { spec, namespace, report, lookUp, names, logins: loginsOf(spec) };
  for (const name of entries.keys()) lookUp(name);
  return { secrets: sortBy(secrets, ({ name }) => name), byName };
}

/** Reports a second maker of a Secret: the two would fight over it, unless the second merges into it. */
function addSecret(
  byName: Map<string, KnownSecret>,
  { name, path, spec }: Entry<SecretSpec>,
  keys: KeySet,
  report: Report,
): void {
  const before = byName.get(name);
  if (before === undefined || spec.creationPolicy === 'Merge') {
    byName.set(name, withKeysOf(before, { ...keys, path }));
    return;
  }
  const maker = before.database === undefined ? 'the resource' : 'the database';
  const message = `secret "${name}" is made by ${maker} "${before.path.at(-1)}" already`;
  const hint = 'Choose another name, or set creationPolicy: Merge to add keys to it.';
  const related = [{ note: maker, path: before.path }];
  report({ id: 'duplicate-secret', message, hint, path, isAboutName: true, related });
}

type SecretEntry = Entry<SecretSpec>;

function resolveSecret(entry: SecretEntry, context: SecretContext) {
  const { manual, external, store, externalSecret = {}, patch = {} } = entry.spec;
  checkSecretFields(entry, context.report);
  const declared = manual ?? external;
  if (declared !== undefined && declared !== false) {
    const isOpen = declared === true;
    return { keys: { keys: new Set(isOpen ? [] : declared), isOpen } };
  }
  const fetched = fetchData(entry, context);
  const { template, keys } = resolveTemplate(entry, fetched, context);
  const options = typeof externalSecret === 'string' ? { name: externalSecret } : externalSecret;
  const { name = entry.name, labels = {}, annotations = {} } = options;
  const model = {
    ...{ ...entry, patch, labels, annotations },
    externalSecret: name,
    storeRef: store === undefined ? undefined : storeRef(store, context.spec.stores?.[store]),
    fetched,
    template,
  };
  return { keys, model };
}

/** Reports fields that do not fit the source, and what ESO refuses (docs/facts/eso.md#refused-externalsecrets). */
function checkSecretFields({ name, path, spec: secret }: SecretEntry, report: Report): void {
  const isGenerated = secret.dataFrom?.some(entry => entry.generatorRef !== undefined) === true;
  const present = SECRET_SOURCES.filter(source => (secret[source] ?? false) !== false);
  const [source = 'dataFrom'] = present;
  if (present.length !== 1 && !(present.length === 0 && isGenerated)) {
    const message = `secret "${name}" has ${present.length === 0 ? 'no source' : present.join(' and ')}`;
    const hint = `Give it exactly one of: ${SECRET_SOURCES.join(', ')}.`;
    report({ id: 'secret-source', message, hint, path });
    return;
  }
  for (const field of unusedFields(secret, source)) {
    const message = `a secret with "${source === 'store' ? 'from' : source}" has no use for "${field}"`;
    const hint = `Remove ${field}.`;
    report({ id: 'unused-field', message, hint, path: [...path, field], isAboutName: true });
  }
  checkDataFrom(secret, path, report);
  checkPolicies(secret, path, report);
}

type Field = keyof SecretSpec;

function unusedFields(secret: SecretSpec, source: Field): Field[] {
  const fields = Object.keys(secret) as Field[];
  if (source === 'manual' || source === 'external') return fields.filter(field => field !== source);
  const unused: Field[] = source === 'store' ? [] : ['keys', 'key', 'from', 'extract'];
  if (secret.from !== undefined) unused.push('dataFrom', 'extract', 'key');
  return unused.filter(field => secret[field] !== undefined);
}

function checkDataFrom({ dataFrom = [] }: SecretSpec, path: Path, report: Report): void {
  for (const [index, { extract, find, generatorRef }] of dataFrom.entries()) {
    if ([extract, find, generatorRef].filter(source => source !== undefined).length === 1) continue;
    const message = 'an entry of dataFrom has exactly one of extract, find and generatorRef';
    const hint = 'Write one entry for each.';
    report({ id: 'value-source', message, hint, path: [...path, 'dataFrom', index] });
  }
}

function checkPolicies(secret: SecretSpec, path: Path, report: Report): void {
  const { creationPolicy = 'Owner', deletionPolicy = 'Retain', type } = secret;
  if (isRefusedPair(creationPolicy, deletionPolicy)) {
    const message = `External Secrets Operator refuses deletionPolicy ${deletionPolicy} with creationPolicy ${creationPolicy}`;
    const hint = 'Write deletionPolicy: Retain.';
    report({ id: 'policy-conflict', message, hint, path: [...path, 'deletionPolicy'] });
  }
  if (type === BOOTSTRAP_TOKEN) {
    const message = 'External Secrets Operator after 2.4.0 refuses to make bootstrap tokens';
    const hint = 'Make that Secret by hand, and declare it with manual.';
    report({ id: 'policy-conflict', message, hint, path: [...path, 'type'] });
  }
}

function extracted({ extract = [] }: SecretSpec): DataFromSpec[] {
  return [extract].flat().map(key => ({ extract: { key } }));
}

function fetchData(entry: SecretEntry, context: SecretContext): Fetched {
  const { name, path, spec: secret } = entry;
  const local = checkStore(entry, context)?.kubernetes;
  if (secret.from !== undefined) return fetchFrom(secret.from, entry, context);
  const data = namedKeys(secret).map(([secretKey, remote, step]) =>
    dataEntry(secretKey, remote, secret, [...path, 'keys', step], context),
  );
  const dataFrom = [
    ...extracted(secret).map(item => dataFromEntry(item, secret, path, context)),
    ...(secret.dataFrom ?? []).map((item, index) =>
      dataFromEntry(item, secret, [...path, 'dataFrom', index], context),
    ),
  ];
  const isOfItem = secret.key !== undefined;
  if (secret.store !== undefined && data.length === 0 && (isOfItem || dataFrom.length === 0))
    context.report(
      missing('keys', path, isOfItem ? 'keys: [username]' : 'keys: { api-key: path/in/the/store }'),
    );
  const generator = generatorOf(secret);
  if (generator !== undefined) dataFrom.unshift(generatorRef(generator.kind, name));
  const remoteReads = local === undefined ? [] : kubernetesReads(data, dataFrom);
  const { namespace } = context;
  const reads = (local?.remoteNamespace ?? namespace) === namespace ? remoteReads : [];
  const keys = fetchedKeys(data, secret, generator, local !== undefined, context);
  return { data, dataFrom, generator, reads, remoteReads, keys };
}

function checkStore({ path, spec }: SecretEntry, { spec: whole, report }: SecretContext) {
  const { store, from } = spec;
  const found = findStore(store, path, whole, report);
  if (from !== undefined && (store === undefined || found?.aws !== undefined)) {
    const message = `"from" reads a Kubernetes Secret, and ${store === undefined ? 'no store is named' : `store "${store}" reads from AWS`}`;
    const hint = `Name a kubernetes store. ${knownNames('stores', '', Object.keys(whole.stores ?? {}))}`;
    report({ id: 'store-provider', message, hint, path: [...path, 'from'] });
  }
  return found;
}

/** The keys that an entry names, with where they stand in it. In a list a key has the name of the remote key. */
function namedKeys({
  keys = {},
}: SecretSpec): (readonly [key: string, remote: string | RemoteKeySpec, step: string | number])[] {
  return Array.isArray(keys)
    ? keys.map((key, index) => [key, key, index] as const)
    : Object.entries(keys).map(([key, remote]) => [key, remote, key] as const);
}

function dataEntry(
  secretKey: string,
  remote: string | RemoteKeySpec,
  { store, from, key: item = from }: SecretSpec,
  path: Path,
  context: SecretContext,
): FetchedData {
  const { spec, report } = context;
  const options = keyOptions(secretKey, remote, item !== undefined);
  if (item === undefined && options.key === undefined)
    report(missing('key', path, 'key: path/in/the/store'));
  if (item !== undefined && options.key !== undefined)
    report(secondKey(path, from === undefined ? 'the entry' : '"from"'));
  const key = from ?? remoteKey(spec, store, item ?? options.key ?? '', { path, report });
  if (from !== undefined)
    checkSecret({ secret: from, path, keys: [{ key: options.property ?? '', path }] }, context);
  return { secretKey, remoteRef: remoteRef({ ...options, key }) };
}

/** A plain text names the property of an item (`key:`), or without an item the remote key. */
function keyOptions(secretKey: string, remote: string | RemoteKeySpec, isOfItem: boolean) {
  const options =
    typeof remote !== 'string' ? remote : isOfItem ? { property: remote } : { key: remote };
  return isOfItem ? { property: secretKey, ...options } : options;
}

function secondKey(path: Path, what: string): Fault {
  const message = `${what} says already what is read, and this "key" would name another`;
  const hint = 'Remove key; property names a part of it.';
  return { id: 'unused-field', message, hint, path: [...path, 'key'], isAboutName: true };
}

function dataFromEntry(
  { extract, find, rewrite, generatorRef }: DataFromSpec,
  { store }: SecretSpec,
  at: Path,
  { spec, report }: SecretContext,
): JsonObject {
  const path = find?.['path'];
  const place = { path: [...at, 'extract', 'key'], report };
  return {
    ...(extract && { extract: { ...extract, key: remoteKey(spec, store, extract.key, place) } }),
    ...(find !== undefined && {
      find: { ...find, ...(typeof path === 'string' && { path: remoteKey(spec, store, path) }) },
    }),
    ...(generatorRef !== undefined && { sourceRef: { generatorRef } }),
    ...(rewrite !== undefined && { rewrite }),
  };
}

/** `storedForm` adds the defaults (docs/facts/eso.md#defaults). If one of the three fields is set, all are written. */
function remoteRef(options: RemoteKeySpec): JsonObject {
  const { conversionStrategy, decodingStrategy, metadataPolicy } = options;
  const isUsual = (conversionStrategy ?? decodingStrategy ?? metadataPolicy) === undefined;
  return {
    key: options.key ?? '',
    ...optional('property', options.property),
    ...optional('version', options.version),
    ...(!isUsual && {
      conversionStrategy: conversionStrategy ?? 'Default',
      decodingStrategy: decodingStrategy ?? 'None',
      metadataPolicy: metadataPolicy ?? 'None',
    }),
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

function kubernetesReads(data: readonly FetchedData[], dataFrom: readonly JsonObject[]) {
  const extracts = dataFrom.flatMap(entry => entry['extract'] ?? []) as JsonObject[];
  const refs = [...data.map(entry => entry.remoteRef), ...extracts];
  return [...new Set(refs.map(ref => String(ref['key'])))];
}

/** What `from` fetches: the keys that are named, or that the templates use, or else the whole Secret. */
function fetchFrom(from: string, entry: SecretEntry, context: SecretContext): Fetched {
  const { path, spec: secret } = entry;
  checkRemoteNamespace(from, entry, context);
  const fromPath = [...path, 'from'];
  if (path.at(-1) === from)
    context.report({
      id: 'unknown-secret',
      message: `secret "${from}" is read from itself`,
      hint: 'Name the Secret it is made of.',
      path: fromPath,
    });
  else checkSecret({ secret: from, path: fromPath }, context);
  const named = namedKeys(secret);
  const used = named.length > 0 ? undefined : usedKeys(secret, context);
  const pairs = used?.map(key => [key, key, key] as const) ?? named;
  const fetched = { generator: undefined, reads: [from], remoteReads: [from] };
  if (pairs.length === 0) {
    const keys = context.lookUp(from) ?? { keys: new Set<string>(), isOpen: true };
    return { ...fetched, data: [], dataFrom: [{ extract: remoteRef({ key: from }) }], keys };
  }
  const data = pairs.map(([secretKey, remote, step]) => {
    const keyPath = used === undefined ? [...path, 'keys', step] : [...path, 'template'];
    return dataEntry(secretKey, remote, secret, keyPath, context);
  });
  const keys = { keys: new Set(data.map(entry => entry.secretKey)), isOpen: false };
  return { ...fetched, data, dataFrom: [], keys };
}

function checkRemoteNamespace(
  from: string,
  { path, spec: { store } }: SecretEntry,
  { spec, namespace, report }: SecretContext,
): void {
  const remote = spec.stores?.[store ?? '']?.kubernetes?.remoteNamespace ?? namespace;
  if (remote === namespace) return;
  report({
    id: 'remote-namespace',
    message: `store "${store}" reads namespace "${remote}", and secret "${from}" is in "${namespace}"`,
    hint: 'Leave remoteNamespace out: a kubernetes store reads the namespace of its environment.',
    path: [...path, 'from'],
    related: [{ note: 'the store', path: ['stores', store ?? '', 'kubernetes'] }],
  });
}

function usedKeys({ from, template, templateFrom }: SecretSpec, context: SecretContext) {
  if (template === undefined || templateFrom !== undefined) return undefined;
  const used = Object.values(template).map(text =>
    typeof text === 'string'
      ? templateKeys(text)
      : urlKeys(text.postgresUrl ?? {}, urlTarget(from, context)),
  );
  if (used.includes(undefined)) return undefined;
  const keys = [...new Set(used.flatMap(keys => keys ?? []))].sort();
  return keys.length === 0 ? undefined : keys;
}

function fetchedKeys(
  data: readonly FetchedData[],
  secret: SecretSpec,
  generator: Fetched['generator'],
  isLocal: boolean,
  context: SecretContext,
): KeySet {
  const sources = [
    ...(generator === undefined
      ? []
      : [generatorKind(generator.kind)?.secrets?.generatedKeys?.(generator.spec)]),
    ...[...extracted(secret), ...(secret.dataFrom ?? [])].map(entry =>
      rewrittenKeys(dataFromKeys(entry, isLocal, context), entry.rewrite),
    ),
  ];
  return {
    keys: new Set([...data.map(entry => entry.secretKey), ...sources.flatMap(keys => keys ?? [])]),
    isOpen: sources.includes(undefined),
  };
}

function dataFromKeys(
  { extract, generatorRef }: DataFromSpec,
  isLocal: boolean,
  { lookUp }: SecretContext,
): readonly string[] | undefined {
  if (generatorRef !== undefined)
    return generatorKind(scalarText(generatorRef['kind']))?.secrets?.generatedKeys?.({});
  const local = isLocal && extract !== undefined ? lookUp(extract.key) : undefined;
  return local === undefined || local.isOpen ? undefined : [...local.keys];
}
