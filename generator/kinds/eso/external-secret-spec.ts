import { goRegexp } from '#go-regexp';
import type { Path } from '../../core/finding.ts';
import type { GoMatch } from '../../core/go-regexp.ts';
import type { Json, JsonObject, MapInValue } from '../../core/json.ts';
import { isMap, listAt, mapAt, mapsAt, scalarText, textAt, textsUnder } from '../../core/json.ts';
import { oncePer } from '../../core/once.ts';
import { parseTemplate } from '../../core/template/parse.ts';
import { templateValue } from '../../core/template/value.ts';
import { type KeySet, type ObjectField, type PlacedObject, specOf } from '../kind.ts';
import { clusterExternalSecret, innerSpec } from './external-secret.ts';
import { type GeneratorRef, generatorIn } from './generators.ts';
import { type Refresh, refreshOf } from './group.ts';
import { type StoreRef, storeRefOf } from './stores.ts';

/** The spec of an ExternalSecret as it is written: what it fetches, and into which Secret. */
export interface WrittenSecret extends ObjectField {
  readonly spec: JsonObject;
  readonly namespace: string;
  readonly target: string;
  /** `None` too where it makes an object of another kind. */
  readonly creationPolicy: string;
  readonly refresh: Refresh;
  readonly storeRef: StoreRef | undefined;
  readonly data: readonly DataEntry[];
  readonly dataFrom: readonly DataFromEntry[];
  readonly type: string | undefined;
}

/** An ExternalSecret, read as ESO reads it, with the keys that it gives. */
export interface ExternalSecret extends WrittenSecret {
  readonly fetched: KeySet;
  readonly keys: KeySet;
}

interface StoreEntry {
  readonly path: Path;
  readonly storeRef: StoreRef | undefined;
  /** The one entry of the store that it asks for, with its `remoteRef` or `extract`. */
  readonly ref: (MapInValue & { readonly key: string }) | undefined;
  readonly find?: JsonObject;
}

export type SecretEntry = DataEntry | DataFromEntry;

export interface DataEntry extends StoreEntry {
  readonly secretKey: string;
  readonly key: string;
  readonly property: string | undefined;
}

export interface DataFromEntry extends StoreEntry {
  readonly spec: JsonObject;
  readonly extract: string | undefined;
  readonly generator: GeneratorRef | undefined;
}

type SourceKeys = (entry: DataFromEntry) => Iterable<string> | undefined;

/** An ExternalSecret with the keys that it fetches, and the keys after its template. */
export function withKeys(secret: WrittenSecret, sourceKeys: SourceKeys): ExternalSecret {
  const fetched = fetchedKeys(secret, sourceKeys);
  const keys = resultKeys(mapAt(secret.spec, 'target', 'template'), fetched);
  // The new fields come first: otherwise Node 20 gives each object a hidden class of its own.
  return { fetched, keys, ...secret };
}

function fetchedKeys({ data, dataFrom }: WrittenSecret, sourceKeys: SourceKeys): KeySet {
  if (dataFrom.length === 0) return { keys: keysOf(data), isOpen: false };
  const keys = new Set(keysOf(data));
  let isOpen = false;
  for (const entry of dataFrom) {
    const found = rewrittenKeys(sourceKeys(entry), entry.spec['rewrite']);
    if (found === undefined) isOpen = true;
    for (const key of found ?? []) keys.add(key);
  }
  return { keys, isOpen };
}

/** One set for a spec, however many namespaces have it. */
const keysOf = oncePer((data: readonly DataEntry[]) => new Set(data.map(entry => entry.secretKey)));

/** By default only the keys of the template remain; a template without data changes nothing. */
export function resultKeys(template: JsonObject, fetched: KeySet): KeySet {
  const data = Object.keys(mapAt(template, 'data'));
  const from = listAt(template, 'templateFrom').filter(isMap);
  if (data.length === 0 && from.length === 0) return fetched;
  const made = from.map(templateFromKeys);
  const keys = new Set([...data, ...made.flatMap(found => found ?? [])]);
  const isOpen = made.includes(undefined) || [...keys].some(key => key.includes('{{'));
  if (textAt(template, 'mergePolicy') !== 'Merge') return { keys, isOpen };
  return { keys: new Set([...fetched.keys, ...keys]), isOpen: isOpen || fetched.isOpen };
}

/** The keys from a source of templates: each item is one key, unless it holds keys and values. */
function templateFromKeys(source: JsonObject): readonly string[] | undefined {
  const { target = 'Data' } = source;
  if (target === 'Annotations' || target === 'Labels') return [];
  const items = ['configMap', 'secret']
    .flatMap(field => listAt(source, field, 'items'))
    .filter(isMap);
  if (target !== 'Data' || items.some(item => item['templateAs'] === 'KeysAndValues'))
    return undefined;
  const literal = source['literal'];
  const literalNames = literal === undefined ? [] : literalKeys(scalarText(literal));
  return literalNames && [...literalNames, ...items.map(item => scalarText(item['key']))];
}

/** A line with a key of the outermost map, and a line without one. */
const LINE = /^(?:"([-.\w]+)"|'([-.\w]+)'|([-.\w]+))[ \t]*:(?:\s|$)/;
const OTHER_LINE = /^(?:\s.*|#.*|---.*|)$/;

/** The keys in a text of keys and values; undefined: it has branches, or lines that are filled in. */
function literalKeys(text: string): string[] | undefined {
  const hasBranches = /\{\{-?\s*(?:range|if|with|else|end|define|block|template)\b/.test(text);
  const lines = text.split('\n').map(line => line.replace(/\r$/, ''));
  const isOther = (line: string) => OTHER_LINE.test(line) && !line.trimStart().startsWith('{{');
  if (hasBranches || !lines.every(line => LINE.test(line) || isOther(line))) return undefined;
  return lines.flatMap(line => {
    const [, double, single, plain] = LINE.exec(line) ?? [];
    return double ?? single ?? plain ?? [];
  });
}

/** The kind that an ExternalSecret makes in place of a Secret (docs/facts/eso.md#ownership). */
export function otherKind(spec: JsonObject): string | undefined {
  const { manifest } = mapAt(spec, 'target');
  return isMap(manifest) ? (textAt(manifest, 'kind') ?? 'another kind') : undefined;
}

/** An ExternalSecret, or one that a ClusterExternalSecret makes in this namespace. */
export function writtenSecret(object: PlacedObject, namespace: string): WrittenSecret {
  const { path, spec } = innerSpec(object);
  const target = mapAt(spec, 'target');
  return {
    object,
    spec,
    namespace,
    target: textAt(target, 'name') ?? ownName(object),
    creationPolicy:
      otherKind(spec) === undefined ? (textAt(target, 'creationPolicy') ?? 'Owner') : 'None',
    type: textAt(target, 'template', 'type'),
    ...partsAt(path)(spec),
  };
}

type SpecParts = Pick<WrittenSecret, 'path' | 'refresh' | 'storeRef' | 'data' | 'dataFrom'>;

/** A spec is read once: the graphs of two revisions have most objects in common. */
const partsAt = oncePer((path: Path) => oncePer((spec: JsonObject) => partsOf(spec, path)));

export function partsOf(spec: JsonObject, path: Path): SpecParts {
  const storeRef = storeRefOf(spec['secretStoreRef'], [...path, 'secretStoreRef']);
  return {
    path,
    refresh: refreshOf(spec),
    storeRef,
    data: mapsAt(spec, path, 'data').map(entry => dataEntry(entry, storeRef)),
    dataFrom: mapsAt(spec, path, 'dataFrom').map(entry => dataFromEntry(entry, storeRef)),
  };
}

/** The name of the ExternalSecret, which a ClusterExternalSecret may set. */
export function ownName(object: PlacedObject): string {
  return madeName(object) ?? object.name;
}

function madeName(object: PlacedObject): string | undefined {
  const isMade = object.knownKind === clusterExternalSecret;
  return isMade ? textAt(specOf(object), 'externalSecretName') : undefined;
}

/** The field with the name of an ExternalSecret's Secret, which by default is its own name. */
export function targetPath({ object, spec, path }: WrittenSecret): Path {
  if (textAt(spec, 'target', 'name') !== undefined) return [...path, 'target', 'name'];
  return madeName(object) === undefined ? ['metadata', 'name'] : ['spec', 'externalSecretName'];
}

function dataEntry({ map, path }: MapInValue, storeRef: StoreRef | undefined): DataEntry {
  const remoteRef = mapAt(map, 'remoteRef');
  const key = textAt(remoteRef, 'key') ?? '';
  return {
    path,
    secretKey: textAt(map, 'secretKey') ?? '',
    key,
    ref: { key, map: remoteRef, path: [...path, 'remoteRef'] },
    property: textAt(remoteRef, 'property'),
    storeRef: entryStoreRef(map['sourceRef'], path) ?? storeRef,
  };
}

function entryStoreRef(sourceRef: Json | undefined, path: Path): StoreRef | undefined {
  if (sourceRef === undefined) return undefined;
  return storeRefOf(mapAt(sourceRef)['storeRef'], [...path, 'sourceRef', 'storeRef']);
}

function dataFromEntry({ map: spec, path }: MapInValue, storeRef: StoreRef | undefined) {
  const map = mapAt(spec, 'extract');
  const extract = textAt(map, 'key');
  return {
    path,
    spec,
    extract,
    ref: extract === undefined ? undefined : { key: extract, map, path: [...path, 'extract'] },
    ...(isMap(spec['find']) && { find: spec['find'] }),
    generator: generatorIn(spec['sourceRef']),
    storeRef: entryStoreRef(spec['sourceRef'], path) ?? storeRef,
  };
}

/** The longest key of a Secret (validation.IsConfigMapKey of Kubernetes). */
const LONGEST = 253;

/** The longest template that is evaluated; one that renames is short. */
const LONGEST_TEMPLATE = 1000;

/** The most keys times steps that are worked out, so that it ends in time. */
const MOST_TRIES = 20_000;

/** The keys after `dataFrom[].rewrite`, but those that become empty (docs/facts/eso.md#rewrite), if known. */
export function rewrittenKeys(
  keys: Iterable<string> | undefined,
  rewrite: unknown,
): readonly string[] | undefined {
  const steps = Array.isArray(rewrite) ? rewrite : [];
  let renamed = keys === undefined ? undefined : [...keys];
  if ((renamed?.length ?? 1) * steps.length > MOST_TRIES) return undefined;
  for (const step of steps) renamed = renamedBy(step, renamed);
  return renamed?.some(isTooLong) ? undefined : renamed?.filter(key => key !== '');
}

function renamedBy(step: unknown, keys: readonly string[] | undefined): string[] | undefined {
  const { merge } = mapAt(step);
  if (isMap(merge)) {
    const into = textAt(merge, 'into');
    return into !== undefined && merge['strategy'] === 'JSON' ? [into] : undefined;
  }
  const rename = replacer(step) ?? transformer(step);
  if (keys === undefined || rename === undefined || keys.some(isTooLong)) return undefined;
  const renamed = keys.flatMap(key => rename(key) ?? []);
  return renamed.length === keys.length ? renamed : undefined;
}

function isTooLong(key: string): boolean {
  return key.length > LONGEST;
}

type Rename = (key: string) => string | undefined;

function transformer(step: unknown): Rename | undefined {
  const text = textAt(step, 'transform', 'template');
  if (text === undefined || text.length > LONGEST_TEMPLATE) return undefined;
  const template = parseTemplate(text);
  return key => templateValue(template, { value: key });
}

function replacer(step: unknown): Rename | undefined {
  const [source, target] = textsUnder(mapAt(step, 'regexp'), 'source', 'target');
  if (source === undefined || target === undefined) return undefined;
  const matches = target.length > LONGEST ? undefined : goRegexp(source);
  return matches && (key => replaceAll(key, matches(key), target));
}

/** In a target `$1x` is the group named 1x, and `$$` is a dollar (Go, regexp.Expand). */
const REFERENCE = /\$(?:\$|\{(\w{1,253})\}|(\w{1,253}))/g;

/** Go ignores an empty match right after another one: `.*` matches once. */
function replaceAll(key: string, matches: readonly GoMatch[], target: string): string {
  let result = '';
  let done = 0;
  for (const match of matches) {
    const { start, end } = match;
    if (start === end && start === done && done > 0) continue;
    result += key.slice(done, start) + expanded(target, match);
    done = end;
  }
  return result + key.slice(done);
}

function expanded(target: string, { groups, named }: GoMatch): string {
  return target.replace(REFERENCE, (whole, braced?: string, plain?: string) => {
    if (whole === '$$') return '$';
    const name = braced ?? plain ?? '';
    const isNumber = /^(?:0|[1-9]\d{0,9})$/.test(name);
    return (isNumber ? groups[Number(name)] : named.get(name)) ?? '';
  });
}

/** A name that an entry of `dataTo` writes to a store, and the keys of the Secret whose values it gets. */
export interface BulkName {
  readonly remoteKey: string;
  /** Undefined: not known, as the keys of the Secret are not. */
  readonly secretKeys?: readonly string[];
}

/** The keys of the Secret that is pushed and of the template over it (docs/facts/eso.md#pushed-secrets). */
export function pushedKeySet(source: KeySet | undefined, template: JsonObject): KeySet {
  const made = resultKeys(template, { keys: new Set(), isOpen: false });
  const keys = new Set([...(source?.keys ?? []), ...made.keys]);
  return { keys, isOpen: source === undefined || source.isOpen || made.isOpen };
}

/** The names that `dataTo` writes: `remoteKey`, else a name a key (docs/facts/eso.md#bulk-pushes), if known. */
export function bulkNames(
  entry: unknown,
  { keys, isOpen }: KeySet,
  spec: unknown,
): readonly BulkName[] | undefined {
  const bundle = textAt(entry, 'remoteKey') ?? '';
  const matched = isOpen ? undefined : matchedKeys(entry, keys);
  if (bundle !== '') return [{ remoteKey: bundle, ...(matched && { secretKeys: matched }) }];
  const singleKeys = new Set(
    listAt(spec, 'data').flatMap(item => textAt(item, 'match', 'secretKey') ?? []),
  );
  const pushed = matched?.filter(key => !singleKeys.has(key));
  const renamed = rewrittenKeys(pushed, listAt(entry, 'rewrite'));
  // An empty name fails the push; without it the other names cannot be matched with their keys.
  if (pushed === undefined || renamed?.length !== pushed.length) return undefined;
  return renamed.map((remoteKey, index) => ({ remoteKey, secretKeys: [pushed[index] ?? ''] }));
}

/** The keys that an expression matches; undefined: ReverseUnicode changes keys with `_U` before that. */
function matchedKeys(entry: unknown, keys: ReadonlySet<string>): string[] | undefined {
  const all = [...keys].sort();
  const isConverted = textAt(entry, 'conversionStrategy') === 'ReverseUnicode';
  if (isConverted && all.some(key => key.includes('_U'))) return undefined;
  const regexp = textAt(entry, 'match', 'regexp') ?? '';
  if (regexp === '') return all;
  const matches = goRegexp(regexp);
  return matches && all.filter(key => matches(key).length > 0);
}
