import type { Json, JsonObject } from '../../core/json.ts';
import {
  attempt,
  isMap,
  isSame,
  listAt,
  mapAt,
  scalarText,
  textAt,
  withFields,
} from '../../core/json.ts';
import { asJson } from '../../core/kube-object.ts';
import { hosts, POSTGRES_PORT } from '../../kinds/cnpg/cluster.ts';
import { RELOAD_LABEL } from '../../kinds/cnpg/group.ts';
import { BASIC_AUTH } from '../../kinds/core/secret.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { partsOf } from '../../kinds/eso/external-secret-spec.ts';
import { passwordGenerator } from '../../kinds/eso/generators.ts';
import { GENERATORS } from '../../kinds/eso/group.ts';
import { clusterSecretStore, secretStore } from '../../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { postgresUrl, templateKeys, type UrlTarget } from '../../spec/model/secret-template.ts';
import { ownEntry } from '../../spec/own-fields.ts';
import type { PostgresUrlSpec } from '../../spec/spec.ts';
import type { Original } from '../originals.ts';
import { isGivenLogin, loginCluster, namesIn } from './database.ts';
import type { Alternative, Form, FormContext } from './form.ts';
import { beyond, hasOnly, marksOf, unless, withoutEmpty } from './form.ts';

/** An ExternalSecret, with its generator if it has one, as an entry named as its Secret. */
export const externalSecretForm: Form = {
  section: 'secrets',
  kinds: [externalSecret],
  nameOf: targetOf,
  ways: (object, context) => {
    const generated = generatorOf(object, context.original);
    const sources = entryKeys(object, context, generated !== undefined);
    if (sources.length === 0) return 'it gives a key twice';
    return sources.map(source => secretWay(source, object, context, generated));
  },
};

function targetOf(object: PlacedObject): string {
  return textAt(specOf(object), 'target', 'name') ?? object.name;
}

function generatorOf(object: PlacedObject, { find }: Original): PlacedObject | undefined {
  const [first] = partsOf(specOf(object), ['spec']).dataFrom;
  const name = targetOf(object);
  if (first?.generator?.name !== name) return undefined;
  const generator = find(first.generator.kind, name);
  return generator?.group === GENERATORS ? generator : undefined;
}

type KeysWay = Pick<Alternative, 'way'> & { readonly keys: JsonObject };

function entryKeys(object: PlacedObject, { stores }: FormContext, isGenerated: boolean) {
  const spec = specOf(object);
  const { name = '', kind = 'SecretStore' } = mapAt(spec, 'secretStoreRef');
  const store = stores.get(scalarText(name)) ?? {};
  const data = listAt(spec, 'data').filter(isMap);
  const [first, ...rest] = listAt(spec, 'dataFrom').filter(isMap);
  const dataFrom = isGenerated || first === undefined ? rest : [first, ...rest];
  const names = new Set(data.map(({ secretKey }) => secretKey));
  const isStore = /^(?:Cluster)?SecretStore$/.test(scalarText(kind));
  if (names.size < data.length || !isStore) return [];
  const prefix = textAt(store, 'aws', 'prefix');
  const plain = withoutEmpty({
    keys: namesAlone(data.map(entry => [scalarText(entry['secretKey']), remote(entry, prefix)])),
    ...dataFromEntries(dataFrom.map(entry => dataFromEntry(entry, prefix))),
  });
  const isLocal = isMap(store['kubernetes']) || isMap(mapAt(store, 'provider')['kubernetes']);
  const templates = Object.values(mapAt(spec, 'target', 'template', 'data')).filter(
    text => typeof text === 'string',
  );
  const from = isLocal ? fromWays(data, dataFrom, templates) : [];
  const item = oneItem(data);
  const ofItem = { key: behindPrefix(item ?? '', prefix), ...plain, keys: namedKeys(data) };
  const short = item === undefined ? [] : [{ way: 'item', keys: ofItem }];
  return [...from, ...short, { way: 'keys', keys: plain }];
}

/** A remote key without the defaults of the CRD; a plain text if nothing else is left. */
function remote(entry: JsonObject, prefix: string | undefined): Json {
  const ref = mapAt(entry, 'remoteRef');
  const key = behindPrefix(textAt(ref, 'key') ?? '', prefix);
  const rest = remoteOptions(ref);
  return Object.keys(rest).length === 0 ? key : { key, ...rest };
}

/** The item of which properties are read; undefined: there are several items, or one is read as a whole. */
function oneItem(data: readonly JsonObject[]): string | undefined {
  const refs = data.map(entry => mapAt(entry, 'remoteRef'));
  const [key, ...others] = new Set(refs.map(ref => textAt(ref, 'key')));
  const isWhole = refs.some(ref => textAt(ref, 'property') === undefined);
  return others.length > 0 || isWhole ? undefined : key;
}

function namedKeys(data: readonly JsonObject[]): Json {
  const keys = data.map((entry): [string, Json] => {
    const { property = '', ...rest } = remoteOptions(mapAt(entry, 'remoteRef'));
    const isPlain = Object.keys(rest).length === 0;
    return [scalarText(entry['secretKey']), isPlain ? property : { property, ...rest }];
  });
  return namesAlone(keys);
}

/** A map, or the list of its names where each value is its name. */
function namesAlone(pairs: readonly (readonly [string, Json])[]): Json {
  if (pairs.every(([name, value]) => name === value)) return pairs.map(([name]) => name);
  return Object.fromEntries(pairs);
}

function behindPrefix(key: string, prefix: string | undefined): string {
  const start = prefix === undefined ? '' : `${prefix}/`;
  const rest = key.slice(start.length);
  return key.startsWith(start) && rest !== '' && !rest.startsWith('/') ? rest : key;
}

function remoteOptions(ref: JsonObject): JsonObject {
  const { key: _, conversionStrategy, decodingStrategy, metadataPolicy, ...rest } = ref;
  return withoutEmpty({
    ...rest,
    conversionStrategy: unless(conversionStrategy, 'Default'),
    decodingStrategy: unless(decodingStrategy, 'None'),
    metadataPolicy: unless(metadataPolicy, 'None'),
  });
}

/** Whole items become `extract`, as far as they come first. */
function dataFromEntries(entries: readonly JsonObject[]): Record<string, Json> {
  const isItem = (entry: JsonObject): boolean =>
    hasOnly(entry, 'extract') &&
    hasOnly(mapAt(entry, 'extract'), 'key') &&
    textAt(entry, 'extract', 'key') !== undefined;
  const end = entries.findIndex(entry => !isItem(entry));
  const items = end < 0 ? entries : entries.slice(0, end);
  const keys = items.map(entry => textAt(entry, 'extract', 'key') ?? '');
  return {
    extract: keys.length === 1 ? (keys[0] ?? '') : keys,
    dataFrom: entries.slice(keys.length),
  };
}

function dataFromEntry(entry: JsonObject, prefix: string | undefined): JsonObject {
  const { extract, find, rewrite, sourceRef } = entry;
  const path = textAt(find, 'path');
  const key = behindPrefix(textAt(extract, 'key') ?? '', prefix);
  const below = path !== undefined && { path: behindPrefix(path, prefix) };
  return withoutEmpty({
    extract: isMap(extract) ? { key, ...remoteOptions(extract) } : undefined,
    find: isMap(find) ? { ...find, ...below } : undefined,
    generatorRef: mapAt(sourceRef, 'generatorRef'),
    rewrite,
  });
}

function fromWays(
  data: readonly JsonObject[],
  dataFrom: readonly JsonObject[],
  templates: readonly string[],
): KeysWay[] {
  const [whole, ...others] = dataFrom;
  const from = data.length === 0 ? textAt(whole, 'extract', 'key') : oneItem(data);
  if (from === undefined || others.length > 0) return [];
  if (data.length === 0) return [{ way: 'from', keys: { from } }];
  if (whole !== undefined) return [];
  const keys = namedKeys(data);
  const named = { way: 'from-keys', keys: { from, keys } };
  const isUsed = Array.isArray(keys) && hasAll(templates, keys.map(scalarText));
  return isUsed ? [{ way: 'from', keys: { from } }, named] : [named];
}

function hasAll(templates: readonly string[], keys: readonly string[]): boolean {
  const read = templates.map(templateKeys);
  const names = new Set(read.flatMap(found => found ?? []));
  const isAll = names.size === keys.length && keys.every(key => names.has(key));
  return isAll && !read.includes(undefined);
}

function secretWay(
  { way, keys }: KeysWay,
  object: PlacedObject,
  context: FormContext,
  generator: PlacedObject | undefined,
): Alternative {
  const spec = specOf(object);
  const target = mapAt(spec, 'target');
  const template = mapAt(target, 'template');
  const store = textAt(spec, 'secretStoreRef', 'name');
  const login = isGivenLogin(targetOf(object), context);
  const interval = shortInterval(spec['refreshInterval']);
  // An entry without an interval would generate a value once, and not at each refresh.
  const isMadeAgain =
    generator?.knownKind?.secrets?.generatedKeys !== undefined &&
    spec['refreshPolicy'] === undefined;
  const entry = withoutEmpty({
    store,
    generator: generator && generatorEntry(generator),
    ...keys,
    template: templateEntry(template, textAt(keys, 'from'), context),
    templateFrom: template['templateFrom'],
    mergePolicy: unless(template['mergePolicy'], 'Replace'),
    type: unless(template['type'] ?? (login ? 'Opaque' : undefined), login ? BASIC_AUTH : ''),
    labels: beyond(mapAt(template, 'metadata', 'labels'), login ? { [RELOAD_LABEL]: 'true' } : {}),
    annotations: mapAt(template, 'metadata', 'annotations'),
    immutable: target['immutable'],
    refreshInterval: isMadeAgain ? interval : unless(interval, '1h'),
    refreshPolicy: spec['refreshPolicy'],
    creationPolicy: unless(target['creationPolicy'], 'Owner'),
    deletionPolicy: unless(target['deletionPolicy'], 'Retain'),
    externalSecret: externalSecretEntry(object, context),
  });
  return { way, entry, covers: [object, ...(generator === undefined ? [] : [generator])] };
}

function shortInterval(interval: Json | undefined): Json | undefined {
  if (typeof interval !== 'string') return interval;
  return interval.replace(/(?<=[hm])0s$/, '').replace(/(?<=h)0m$/, '');
}

function generatorEntry(generator: PlacedObject): JsonObject {
  if (generator.knownKind !== passwordGenerator)
    return { kind: generator.kind, spec: specOf(generator) };
  return { spec: { allowRepeat: false, ...specOf(generator) } };
}

function templateEntry(template: JsonObject, from: string | undefined, context: FormContext) {
  const login = from === undefined ? undefined : loginCluster(from, context);
  const target = login && {
    host: hosts(login.name, context.original.namespace)['host'] ?? '',
    database: namesIn(login).database,
  };
  const texts = mapAt(template, 'data');
  return withFields(texts, Object.keys(texts), (_, text) =>
    typeof text === 'string' ? (urlEntry(text, target) ?? text) : text,
  );
}

const URL = /^([a-z0-9+]+):\/\/\{\{[^}]*\}\}:\{\{[^}]*\}\}@([^/?]+):(\d+)\/([^?]*)(?:\?(.*))?$/;

function urlEntry(text: string, target: UrlTarget | undefined): JsonObject | undefined {
  const [, scheme = '', host = '', port = '', database = '', query = ''] = URL.exec(text) ?? [];
  const parameters = query.split('&').map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split('=').map(decoded);
    return [name, value];
  });
  const whole: PostgresUrlSpec = {
    ...(scheme !== 'postgresql' && { scheme }),
    ...(host !== '{{ .host }}' && { host }),
    ...(port !== POSTGRES_PORT && { port: Number(port) }),
    ...(database !== '{{ .dbname }}' && { database: decoded(database) }),
    ...(query !== '' && { parameters: Object.fromEntries(parameters) }),
  };
  const { host: _, ...hostless } = whole;
  const { database: __, ...named } = hostless;
  const found = [named, hostless, whole].find(spec => postgresUrl(spec, target) === text);
  const plain = unless(found?.scheme, 'postgresql');
  return found && { postgresUrl: withoutEmpty({ ...found, scheme: plain }) };
}

/** Text that cannot be decoded stays, so that the comparison of the URLs fails. */
function decoded(text: string): string {
  return attempt(() => decodeURIComponent(text)) ?? text;
}

function externalSecretEntry(object: PlacedObject, context: FormContext): Json | undefined {
  const name = unless(object.name, targetOf(object));
  const entry = withoutEmpty({ name, ...marksOf(object, context) });
  return hasOnly(entry, 'name') ? name : entry;
}

/** A store in the short form of its provider, or with ESO's own `provider`. */
export const storeForm: Form = {
  section: 'stores',
  kinds: [clusterSecretStore, secretStore],
  ways: (object, context) => {
    const { original } = context;
    const provider = mapAt(specOf(object), 'provider');
    const fields = ownEntry('store', asJson(object.json), object.kind);
    const usual = [{ namespaces: [original.namespace] }];
    const kind = withoutEmpty({
      kind: unless(object.kind, 'ClusterSecretStore'),
      ...fields,
      conditions: isSame(fields['conditions'], usual) ? undefined : fields['conditions'],
      ...marksOf(object, context),
    });
    if (Object.keys(provider).length !== 1) return 'it has no provider, or several';
    const short = Object.entries(WAYS).flatMap(([name, ways]) => {
      const settings = provider[name];
      return isMap(settings) ? ways(object, settings, original) : [];
    });
    const all = [...short, { way: 'provider', entry: { provider }, covers: [object] }];
    return all.map(way => ({ ...way, entry: { ...kind, ...way.entry } }));
  },
};

const WAYS: Readonly<Record<string, typeof awsWays>> = { aws: awsWays, kubernetes: kubernetesWays };

function awsWays(object: PlacedObject, aws: JsonObject, original: Original): Alternative[] {
  const { service, region, role, auth } = aws;
  const account = mapAt(auth, 'jwt', 'serviceAccountRef');
  const isShort =
    hasOnly(aws, 'service', 'region', 'role', 'auth') &&
    (auth === undefined || hasOnly(mapAt(auth), 'jwt')) &&
    hasOnly(account, 'name', 'namespace');
  if (!isShort) return [];
  const settings = withoutEmpty({ service, region, role, serviceAccount: account });
  const prefix = commonPrefix(keysIn(original, object));
  const plain = { way: 'aws', entry: { aws: settings }, covers: [object] };
  if (prefix === undefined) return [plain];
  return [{ ...plain, way: 'prefix', entry: { aws: { ...settings, prefix } } }, plain];
}

/** The folder that as a prefix makes the spec shortest, if any does. Keys outside of it begin with a slash, which needs no prefix. */
function commonPrefix(keys: readonly string[]): string | undefined {
  const folders = keys.flatMap(key =>
    [...key.matchAll(/(?!^)\//g)].map(({ index }) => key.slice(0, index)),
  );
  const fitting = [...new Set(folders)].filter(folder =>
    keys.every(key => key.startsWith(`${folder}/`) || key.startsWith('/')),
  );
  const saved = (folder: string): number =>
    keys.filter(key => key.startsWith(`${folder}/`)).length * (folder.length + 1);
  const worth = fitting
    .map(folder => ({ folder, gain: saved(folder) - folder.length - 'prefix: '.length }))
    .filter(({ gain }) => gain > 0)
    .sort((a, b) => b.gain - a.gain || (a.folder < b.folder ? -1 : 1));
  return worth[0]?.folder;
}

function keysIn({ objects, namespace }: Original, store: PlacedObject): string[] {
  const readers = objects.filter(
    object => object.knownKind === externalSecret && object.namespace === namespace,
  );
  return readers.flatMap(object => {
    const { storeRef, data, dataFrom } = partsOf(specOf(object), ['spec']);
    if (storeRef?.name !== store.name || storeRef.kind !== store.kind) return [];
    const more = dataFrom.flatMap(({ spec, extract }) => [extract, textAt(spec, 'find', 'path')]);
    return [...data.map(({ key }) => key), ...more].flatMap(key => key ?? []);
  });
}

function kubernetesWays(object: PlacedObject, kubernetes: JsonObject, original: Original) {
  const account = textAt(kubernetes, 'auth', 'serviceAccount', 'name');
  const remote = textAt(kubernetes, 'remoteNamespace') ?? 'default';
  if (account === undefined) return [];
  const home = textAt(kubernetes, 'auth', 'serviceAccount', 'namespace') ?? original.namespace;
  const role = home === remote ? account : `${account}-${home}`;
  const covers = [
    ['ServiceAccount', account, home],
    ['Role', role, remote],
    ['RoleBinding', role, remote],
  ];
  const there = covers.flatMap(([kind, name, place]) =>
    original.objects.filter(
      candidate =>
        candidate.kind === kind && candidate.name === name && candidate.namespace === place,
    ),
  );
  if (there.length < covers.length) return [];
  const settings = withoutEmpty({
    remoteNamespace: unless(remote, original.namespace),
    server: unless(textAt(kubernetes, 'server', 'url'), 'https://kubernetes.default.svc'),
    serviceAccount: unless(account, object.name),
  });
  return [{ way: 'kubernetes', entry: { kubernetes: settings }, covers: [object, ...there] }];
}
