import { missing, type Path, type Report } from '../../core/finding.ts';
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
import type { Entry, Fetched, KnownSecret, Model, SecretContext, SecretModel } from './model.ts';
import { checkSecret, entriesOf, withKeysOf } from './model.ts';
import { resolveTemplate, templateKeys, urlKeys, urlTarget } from './secret-template.ts';
import { findStore, remoteKey, storeRef } from './stores.ts';

/** Every Secret with its keys; one that is read `from` another is resolved after it, whatever their order. */
export function resolveSecrets(
  spec: Spec,
  namespace: string,
  made: Model['madeSecrets'],
  report: Report,
): { readonly secrets: SecretModel[]; readonly byName: ReadonlyMap<string, KnownSecret> } {
  const entries = new Map(entriesOf('secrets', spec.secrets).map(entry => [entry.name, entry]));
  const left = new Map(entries);
  const byName = new Map<string, KnownSecret>();
  // Several objects may give keys to one Secret.
  for (const { name, maker: _, ...secret } of made)
    byName.set(name, withKeysOf(byName.get(name), secret));
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
  const names = () => new Set([...made.map(({ name }) => name), ...entries.keys()]);
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
  const maker = before.path[0] === 'databases' ? 'the database' : 'the resource';
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

function fetchData(entry: SecretEntry, context: SecretContext): Fetched {
  const { name, path, spec: secret } = entry;
  const { from, key, store, extract = [] } = secret;
  const local = checkStore(entry, context)?.kubernetes;
  if (from !== undefined) return fetchFrom(from, entry, context);
  const data = namedData(entry, context);
  const written: (readonly [DataFromSpec, Path])[] = [
    ...[extract].flat().map(item => [{ extract: { key: item } }, path] as const),
    ...(secret.dataFrom ?? []).map((item, at) => [item, [...path, 'dataFrom', at]] as const),
  ];
  const dataFrom = written.map(([item, at]) => dataFromEntry(item, secret, at, context));
  const isOfItem = key !== undefined;
  if (store !== undefined && data.length === 0 && (isOfItem || dataFrom.length === 0))
    context.report(
      missing('keys', path, isOfItem ? 'keys: [username]' : 'keys: { api-key: path/in/the/store }'),
    );
  const generator = generatorOf(entry, context.namespace);
  if (generator !== undefined) {
    const { apiVersion, kind } = generator;
    dataFrom.unshift({ sourceRef: { generatorRef: { apiVersion, kind, name } } });
  }
  const remoteReads = local === undefined ? [] : kubernetesReads(data, dataFrom);
  const { namespace } = context;
  const reads = (local?.remoteNamespace ?? namespace) === namespace ? remoteReads : [];
  const sources = [
    ...(generator === undefined ? [] : [generatedKeys(generator.kind, generator.spec)]),
    ...written.map(([item]) =>
      rewrittenKeys(dataFromKeys(item, local !== undefined, context), item.rewrite),
    ),
  ];
  const keys = {
    keys: new Set([...data.map(({ secretKey }) => secretKey), ...sources.flatMap(of => of ?? [])]),
    isOpen: sources.includes(undefined),
  };
  return { data, dataFrom, generator, reads, remoteReads, keys };
}

/** What `from` fetches: the keys that are named, or that the templates use, or else the whole Secret. */
function fetchFrom(from: string, entry: SecretEntry, context: SecretContext): Fetched {
  const { spec, namespace, report, lookUp } = context;
  const { store = '' } = entry.spec;
  const path = [...entry.path, 'from'];
  const remote = spec.stores?.[store]?.kubernetes?.remoteNamespace ?? namespace;
  if (remote !== namespace)
    report({
      id: 'remote-namespace',
      message: `store "${store}" reads namespace "${remote}", and secret "${from}" is in "${namespace}"`,
      hint: 'Leave remoteNamespace out: a kubernetes store reads the namespace of its environment.',
      path,
      related: [{ note: 'the store', path: ['stores', store, 'kubernetes'] }],
    });
  if (entry.name === from) {
    const message = `secret "${from}" is read from itself`;
    report({ id: 'unknown-secret', message, hint: 'Name the Secret it is made of.', path });
  } else checkSecret({ secret: from, path }, context);
  const data = namedData(entry, context);
  const fetched = { data, generator: undefined, reads: [from], remoteReads: [from] };
  if (data.length === 0) {
    const keys = lookUp(from) ?? { keys: new Set<string>(), isOpen: true };
    return { ...fetched, dataFrom: [{ extract: remoteRef({ key: from }) }], keys };
  }
  const keys = { keys: new Set(data.map(({ secretKey }) => secretKey)), isOpen: false };
  return { ...fetched, dataFrom: [], keys };
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

/** The keys that an entry names, or else those of `from` that its templates use. */
function namedData({ path, spec }: SecretEntry, context: SecretContext): Fetched['data'] {
  const { keys = {}, from } = spec;
  const entry = (key: string, remote: string | RemoteKeySpec, ...at: Path) =>
    dataEntry(key, remote, spec, [...path, ...at], context);
  // In a list a key has the name of the remote key.
  const named = Array.isArray(keys)
    ? keys.map((key, index) => entry(key, key, 'keys', index))
    : Object.entries(keys).map(([key, remote]) => entry(key, remote, 'keys', key));
  if (named.length > 0 || from === undefined) return named;
  return usedKeys(spec, context).map(key => entry(key, key, 'template'));
}

function dataEntry(
  secretKey: string,
  remote: string | RemoteKeySpec,
  { store, from, key: item = from }: SecretSpec,
  path: Path,
  context: SecretContext,
) {
  const { spec, report } = context;
  const options = keyOptions(secretKey, remote, item !== undefined);
  if (item === undefined && options.key === undefined)
    report(missing('key', path, 'key: path/in/the/store'));
  if (item !== undefined && options.key !== undefined) {
    const what = from === undefined ? 'the entry' : '"from"';
    const message = `${what} says already what is read, and this "key" would name another`;
    const hint = 'Remove key; property names a part of it.';
    report({ id: 'unused-field', message, hint, path: [...path, 'key'], isAboutName: true });
  }
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
function generatorOf({ name, spec: secret }: SecretEntry, namespace: string) {
  if (secret.generator === undefined) return undefined;
  const { kind = passwordGenerator.kind, spec = {} } = secret.generator;
  return {
    apiVersion: `${GENERATORS}/${servedAlpha.versions[0]}`,
    kind,
    metadata: { name, namespace },
    spec: kind === passwordGenerator.kind ? { allowRepeat: true, ...spec } : spec,
  };
}

function kubernetesReads(data: Fetched['data'], dataFrom: readonly JsonObject[]) {
  const extracts = dataFrom.flatMap(entry => entry['extract'] ?? []) as JsonObject[];
  const refs = [...data.map(entry => entry.remoteRef), ...extracts];
  return [...new Set(refs.map(ref => String(ref['key'])))];
}

function usedKeys({ from, template, templateFrom }: SecretSpec, context: SecretContext): string[] {
  if (template === undefined || templateFrom !== undefined) return [];
  const used = Object.values(template).map(text =>
    typeof text === 'string'
      ? templateKeys(text)
      : urlKeys(text.postgresUrl ?? {}, urlTarget(from, context)),
  );
  return used.includes(undefined) ? [] : [...new Set(used.flatMap(keys => keys ?? []))].sort();
}

function generatedKeys(kind: string, spec: JsonObject): readonly string[] | undefined {
  return generatorKind(kind)?.secrets?.generatedKeys?.(spec);
}

function dataFromKeys(
  { extract, generatorRef }: DataFromSpec,
  isLocal: boolean,
  { lookUp }: SecretContext,
): readonly string[] | undefined {
  if (generatorRef !== undefined) return generatedKeys(scalarText(generatorRef['kind']), {});
  const local = isLocal && extract !== undefined ? lookUp(extract.key) : undefined;
  return local === undefined || local.isOpen ? undefined : [...local.keys];
}
