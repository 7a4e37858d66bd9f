import type { KeySet } from '../model/model.ts';
import type { Path } from '../source/finding.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { JsonObject } from '../spec/spec.ts';
import { type Item, listAt, mapAt, specOf, textAt } from './item.ts';

/** An ExternalSecret, read as ESO reads it. */
export interface ExternalSecret {
  readonly item: Item;
  /** Where its spec stands in the object: ClusterExternalSecrets keep it further down. */
  readonly path: Path;
  readonly spec: JsonObject;
  readonly namespace: string;
  /** The Secret it makes. */
  readonly target: string;
  readonly creationPolicy: string;
  readonly storeRef: StoreRef | undefined;
  readonly data: readonly DataEntry[];
  readonly dataFrom: readonly DataFromEntry[];
  /** What is fetched, before any template. */
  readonly fetched: KeySet;
  /** What reaches the Secret. */
  readonly keys: KeySet;
  readonly type?: string;
}

export interface StoreRef {
  readonly kind: string;
  readonly name: string;
  readonly path: Path;
}

/** An entry of data. */
export interface DataEntry {
  readonly path: Path;
  readonly secretKey: string;
  readonly key: string;
  readonly property?: string;
  readonly storeRef: StoreRef | undefined;
}

/** An entry of dataFrom, with the keys it gives as far as they are known. */
export interface DataFromEntry {
  readonly path: Path;
  readonly spec: JsonObject;
  readonly extract?: string;
  readonly generator?: { readonly kind: string; readonly name: string };
  readonly storeRef: StoreRef | undefined;
}

/** What an ExternalSecret in a namespace copies from: its keys; undefined when they are not known. */
export interface Sources {
  /** Of a Secret that is read through a kubernetes store. */
  readonly remoteKeys: (
    store: StoreRef,
    namespace: string,
    secret: string,
  ) => readonly string[] | undefined;
  readonly generatorKeys: (
    kind: string,
    namespace: string,
    name: string,
  ) => readonly string[] | undefined;
}

/** Reads an ExternalSecret's spec. */
export function externalSecret(
  item: Item,
  spec: JsonObject,
  path: Path,
  namespace: string,
  sources: Sources,
): ExternalSecret {
  const target = mapAt(spec, 'target');
  const storeRef = storeRefOf(spec['secretStoreRef'], [...path, 'secretStoreRef']);
  const data = listAt(spec, 'data').flatMap((entry, index) =>
    isMap(entry) ? [dataEntry(entry, [...path, 'data', index], storeRef)] : [],
  );
  const dataFrom = listAt(spec, 'dataFrom').flatMap((entry, index) =>
    isMap(entry) ? [dataFromEntry(entry, [...path, 'dataFrom', index], storeRef)] : [],
  );
  const fetched = fetchedKeys(data, dataFrom, namespace, sources);
  const type = textAt(target, 'template', 'type');
  return {
    item,
    path,
    spec,
    namespace,
    target: textAt(target, 'name') ?? ownName(item),
    creationPolicy: textAt(target, 'creationPolicy') ?? 'Owner',
    storeRef,
    data,
    dataFrom,
    fetched,
    keys: resultKeys(mapAt(target, 'template'), fetched),
    ...(type !== undefined && { type }),
  };
}

/** The name of an ExternalSecret itself: a ClusterExternalSecret may give it another than its own. */
export function ownName(item: Item): string {
  return madeName(item) ?? item.name;
}

function madeName(item: Item): string | undefined {
  const isMade = item.kind === 'ClusterExternalSecret';
  return isMade ? textAt(specOf(item), 'externalSecretName') : undefined;
}

/** Where an ExternalSecret names its Secret, which has its own name unless it is given another. */
export function targetPath({ item, spec, path }: ExternalSecret): Path {
  if (textAt(spec, 'target', 'name') !== undefined) return [...path, 'target', 'name'];
  return madeName(item) === undefined ? ['metadata', 'name'] : ['spec', 'externalSecretName'];
}

/** The ExternalSecrets of a set; their sources are those that are known so far. */
export function externalSecretOf(item: Item, sources: Sources): ExternalSecret {
  return externalSecret(item, specOf(item), ['spec'], item.namespace, sources);
}

function storeRefOf(value: unknown, path: Path): StoreRef | undefined {
  if (!isMap(value)) return undefined;
  const kind = textAt(value, 'kind') ?? 'SecretStore';
  return { kind, name: textAt(value, 'name') ?? '', path };
}

function dataEntry(entry: JsonObject, path: Path, storeRef: StoreRef | undefined): DataEntry {
  const property = textAt(entry, 'remoteRef', 'property');
  const own = mapAt(entry, 'sourceRef')['storeRef'];
  return {
    path,
    secretKey: textAt(entry, 'secretKey') ?? '',
    key: textAt(entry, 'remoteRef', 'key') ?? '',
    ...(property !== undefined && { property }),
    storeRef: storeRefOf(own, [...path, 'sourceRef', 'storeRef']) ?? storeRef,
  };
}

function dataFromEntry(
  spec: JsonObject,
  path: Path,
  storeRef: StoreRef | undefined,
): DataFromEntry {
  const extract = textAt(spec, 'extract', 'key');
  const { generatorRef, storeRef: own } = mapAt(spec, 'sourceRef');
  return {
    path,
    spec,
    ...(extract !== undefined && { extract }),
    ...(isMap(generatorRef) && {
      generator: {
        kind: textAt(generatorRef, 'kind') ?? '',
        name: textAt(generatorRef, 'name') ?? '',
      },
    }),
    storeRef: storeRefOf(own, [...path, 'sourceRef', 'storeRef']) ?? storeRef,
  };
}

function fetchedKeys(
  data: readonly DataEntry[],
  dataFrom: readonly DataFromEntry[],
  namespace: string,
  sources: Sources,
): KeySet {
  const keys = new Set(data.map(entry => entry.secretKey));
  let isOpen = false;
  for (const entry of dataFrom) {
    const found = dataFromKeys(entry, namespace, sources);
    if (found === undefined) isOpen = true;
    for (const key of found ?? []) keys.add(key);
  }
  return { keys, isOpen };
}

function dataFromKeys(
  { spec, extract, generator, storeRef }: DataFromEntry,
  namespace: string,
  { remoteKeys, generatorKeys }: Sources,
): readonly string[] | undefined {
  if (spec['rewrite'] !== undefined) return undefined;
  if (generator !== undefined) return generatorKeys(generator.kind, namespace, generator.name);
  if (extract === undefined || storeRef === undefined) return undefined;
  return remoteKeys(storeRef, namespace, extract);
}

/** Replace, the default, leaves only what the template makes; a template without data changes nothing. */
function resultKeys(template: JsonObject, fetched: KeySet): KeySet {
  const data = Object.keys(mapAt(template, 'data'));
  const from = listAt(template, 'templateFrom').filter(isMap);
  if (data.length === 0 && from.length === 0) return fetched;
  const made = from.map(templateFromKeys);
  const keys = new Set([...data, ...made.flatMap(found => found ?? [])]);
  const isOpen = made.includes(undefined) || [...keys].some(key => key.includes('{{'));
  if (textAt(template, 'mergePolicy') !== 'Merge') return { keys, isOpen };
  return { keys: new Set([...fetched.keys, ...keys]), isOpen: isOpen || fetched.isOpen };
}

/** A file of templates is one key named like it, unless it holds keys and values. */
function templateFromKeys(source: JsonObject): readonly string[] | undefined {
  const { target = 'Data' } = source;
  if (target === 'Annotations' || target === 'Labels') return [];
  const items = [
    ...listAt(source, 'configMap', 'items'),
    ...listAt(source, 'secret', 'items'),
  ].filter(isMap);
  const isText = source['literal'] !== undefined;
  if (isText || items.some(item => item['templateAs'] === 'KeysAndValues')) return undefined;
  return items.map(item => String(item['key'] ?? ''));
}
