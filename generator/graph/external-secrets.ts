import type { KeySet } from '../model/model.ts';
import type { Path } from '../source/finding.ts';
import { oncePer } from '../source/once-per.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { JsonObject } from '../spec/spec.ts';
import { type Item, listAt, mapAt, specOf, textAt } from './item.ts';

/** An ExternalSecret, read as ESO reads it, with the keys that it gives. */
export interface ExternalSecret extends WrittenSecret {
  /** What is fetched, before any template. */
  readonly fetched: KeySet;
  /** What reaches the Secret. */
  readonly keys: KeySet;
}

/** An ExternalSecret as it is written: what it fetches, and into which Secret. */
export interface WrittenSecret {
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

/** Where the spec of an ExternalSecret stands, by the kind of the object that it is in. */
export const SPEC_PATHS = {
  ExternalSecret: ['spec'],
  ClusterExternalSecret: ['spec', 'externalSecretSpec'],
} as const;

/** Reads the spec of an ExternalSecret, as it has effect in a namespace. */
export function writtenSecret(
  item: Item,
  kind: keyof typeof SPEC_PATHS,
  namespace: string,
): WrittenSecret {
  const path = SPEC_PATHS[kind];
  const spec = mapAt(item.object, ...path);
  const { storeRef, data, dataFrom } = ENTRIES[kind](spec);
  const type = textAt(spec, 'target', 'template', 'type');
  return {
    item,
    path,
    spec,
    namespace,
    target: textAt(spec, 'target', 'name') ?? ownName(item),
    creationPolicy: textAt(spec, 'target', 'creationPolicy') ?? 'Owner',
    storeRef,
    data,
    dataFrom,
    ...(type !== undefined && { type }),
  };
}

type Entries = Pick<WrittenSecret, 'storeRef' | 'data' | 'dataFrom'>;

/** Of what two sides of a diff have in common they are read once. */
const ENTRIES = {
  ExternalSecret: oncePer((spec: JsonObject) => entriesOf(spec, SPEC_PATHS.ExternalSecret)),
  ClusterExternalSecret: oncePer((spec: JsonObject) =>
    entriesOf(spec, SPEC_PATHS.ClusterExternalSecret),
  ),
};

function entriesOf(spec: JsonObject, path: Path): Entries {
  const storeRef = storeRefOf(spec['secretStoreRef'], path, 'secretStoreRef');
  return {
    storeRef,
    data: listAt(spec, 'data').flatMap((entry, index) =>
      isMap(entry) ? [dataEntry(entry, [...path, 'data', index], storeRef)] : [],
    ),
    dataFrom: listAt(spec, 'dataFrom').flatMap((entry, index) =>
      isMap(entry) ? [dataFromEntry(entry, [...path, 'dataFrom', index], storeRef)] : [],
    ),
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
export function targetPath({ item, spec, path }: WrittenSecret): Path {
  if (textAt(spec, 'target', 'name') !== undefined) return [...path, 'target', 'name'];
  return madeName(item) === undefined ? ['metadata', 'name'] : ['spec', 'externalSecretName'];
}

function storeRefOf(value: unknown, path: Path, ...below: Path): StoreRef | undefined {
  if (!isMap(value)) return undefined;
  const kind = textAt(value, 'kind') ?? 'SecretStore';
  return { kind, name: textAt(value, 'name') ?? '', path: [...path, ...below] };
}

function dataEntry(entry: JsonObject, path: Path, storeRef: StoreRef | undefined): DataEntry {
  const property = textAt(entry, 'remoteRef', 'property');
  const own = mapAt(entry, 'sourceRef')['storeRef'];
  return {
    path,
    secretKey: textAt(entry, 'secretKey') ?? '',
    key: textAt(entry, 'remoteRef', 'key') ?? '',
    ...(property !== undefined && { property }),
    storeRef: storeRefOf(own, path, 'sourceRef', 'storeRef') ?? storeRef,
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
    storeRef: storeRefOf(own, path, 'sourceRef', 'storeRef') ?? storeRef,
  };
}
