import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type PlacedObject, specOf } from '../kind.ts';
import type { KeySet } from '../secret-ends.ts';
import { clusterExternalSecret } from './cluster-external-secret.ts';
import { type Refresh, refreshOf } from './refresh.ts';
import { EXTERNAL_SECRETS } from './specs.ts';
import { type StoreRef, storeRefOf } from './stores.ts';

/** An ExternalSecret, read as ESO reads it, with the keys that it gives. */
export interface ExternalSecret extends WrittenSecret {
  /** What is fetched, before any template. */
  readonly fetched: KeySet;
  /** What reaches the Secret. */
  readonly keys: KeySet;
}

/** An ExternalSecret as it is written: what it fetches, and into which Secret. */
export interface WrittenSecret {
  readonly object: PlacedObject;
  /** Where its spec stands in the object: ClusterExternalSecrets keep it further down. */
  readonly path: Path;
  readonly spec: JsonObject;
  readonly namespace: string;
  /** The Secret it makes. */
  readonly target: string;
  readonly creationPolicy: string;
  readonly refresh: Refresh;
  readonly storeRef: StoreRef | undefined;
  readonly data: readonly DataEntry[];
  /** The keys that data gives. */
  readonly dataKeys: ReadonlySet<string>;
  readonly dataFrom: readonly DataFromEntry[];
  readonly type?: string;
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

/** Reads an object that is an ExternalSecret or makes them, as it has effect in a namespace. */
export function writtenSecret(
  object: PlacedObject,
  namespace: string,
  read: SpecReader,
): WrittenSecret {
  const at = (object.known && EXTERNAL_SECRETS.get(object.known)) ?? ['spec'];
  const spec = mapAt(object.json, ...at.map(String));
  const { path, refresh, storeRef, data, dataKeys, dataFrom } = read(spec, at);
  const target = mapAt(spec, 'target');
  const type = textAt(target, 'template', 'type');
  return {
    object,
    path,
    spec,
    namespace,
    target: textAt(target, 'name') ?? ownName(object),
    creationPolicy: textAt(target, 'creationPolicy') ?? 'Owner',
    refresh,
    storeRef,
    data,
    dataKeys,
    dataFrom,
    ...(type !== undefined && { type }),
  };
}

type SpecParts = Pick<
  WrittenSecret,
  'path' | 'refresh' | 'storeRef' | 'data' | 'dataKeys' | 'dataFrom'
>;

/** Takes a spec apart, which stands at a path of its object. */
export type SpecReader = (spec: JsonObject, path: Path) => SpecParts;

/** Reads specs; two graphs that have one reader read what both have once. */
export function specReader(): SpecReader {
  const known = new Map<JsonObject, SpecParts>();
  return (spec, path) => {
    const before = known.get(spec);
    if (before?.path === path) return before;
    const parts = partsOf(spec, path);
    known.set(spec, parts);
    return parts;
  };
}

/** A spec taken apart. */
export function partsOf(spec: JsonObject, path: Path): SpecParts {
  const storeRef = storeRefOf(spec['secretStoreRef'], [...path, 'secretStoreRef']);
  const data = listAt(spec, 'data').flatMap((entry, index) =>
    isMap(entry) ? [dataEntry(entry, [...path, 'data', index], storeRef)] : [],
  );
  return {
    path,
    refresh: refreshOf(spec),
    storeRef,
    data,
    dataKeys: new Set(data.map(entry => entry.secretKey)),
    dataFrom: listAt(spec, 'dataFrom').flatMap((entry, index) =>
      isMap(entry) ? [dataFromEntry(entry, [...path, 'dataFrom', index], storeRef)] : [],
    ),
  };
}

/** The name of an ExternalSecret itself: a ClusterExternalSecret may give it another than its own. */
export function ownName(object: PlacedObject): string {
  return madeName(object) ?? object.name;
}

function madeName(object: PlacedObject): string | undefined {
  const isMade = object.known === clusterExternalSecret;
  return isMade ? textAt(specOf(object), 'externalSecretName') : undefined;
}

/** Where an ExternalSecret names its Secret, which has its own name unless it is given another. */
export function targetPath({ object, spec, path }: WrittenSecret): Path {
  if (textAt(spec, 'target', 'name') !== undefined) return [...path, 'target', 'name'];
  return madeName(object) === undefined ? ['metadata', 'name'] : ['spec', 'externalSecretName'];
}

function dataEntry(entry: JsonObject, path: Path, storeRef: StoreRef | undefined): DataEntry {
  const { secretKey, remoteRef, sourceRef } = entry;
  const { key, property } = isMap(remoteRef) ? remoteRef : {};
  return {
    path,
    secretKey: typeof secretKey === 'string' ? secretKey : '',
    key: typeof key === 'string' ? key : '',
    ...(typeof property === 'string' && { property }),
    storeRef: ownStoreRef(sourceRef, path) ?? storeRef,
  };
}

/** Few entries have one. */
function ownStoreRef(sourceRef: Json | undefined, path: Path): StoreRef | undefined {
  if (sourceRef === undefined) return undefined;
  return storeRefOf(mapAt(sourceRef)['storeRef'], [...path, 'sourceRef', 'storeRef']);
}

function dataFromEntry(
  spec: JsonObject,
  path: Path,
  storeRef: StoreRef | undefined,
): DataFromEntry {
  const extract = textAt(spec, 'extract', 'key');
  const { generatorRef } = mapAt(spec, 'sourceRef');
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
    storeRef: ownStoreRef(spec['sourceRef'], path) ?? storeRef,
  };
}
