import { awsHome } from '../../graph/aws-homes.ts';
import { type AwsPush, awsPushes } from '../../graph/aws-pushes.ts';
import { awsName } from '../../graph/aws-stores.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { remoteOf, storeOf } from '../../graph/stores.ts';
import { mapAt, textAt, valueAt } from '../../ground/json.ts';
import { type AwsStore, awsStore } from '../../kinds/eso/aws-provider.ts';
import type {
  DataEntry,
  DataFromEntry,
  ExternalSecret,
} from '../../kinds/eso/external-secret-spec.ts';
import { type StoreRef, storeKind } from '../../kinds/eso/stores.ts';
import { objectName, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { writtenObject } from '../../kinds/placed-object.ts';
import type { EntryStore, EntryUse } from './entry.ts';
import { type KeysOf, type ReadersOf, resultKeysOf, secretReaders } from './secret-users.ts';

/** A use of an entry, and which entry it is. */
export interface NamedUse {
  readonly store: EntryStore;
  readonly name: string;
  readonly use: EntryUse;
}

/** What the own objects of a graph read of stores and push to AWS; Secrets of a cluster are no entries. */
export function entryUses(graph: SecretGraph, own: ReadonlySet<PlacedObject>): NamedUse[] {
  const readersOf = secretReaders(graph);
  const isOwn = ({ object }: { readonly object: PlacedObject }): boolean =>
    own.has(writtenObject(object));
  return [
    ...graph.externalSecrets.filter(isOwn).flatMap(secret => usesOf(secret, graph, readersOf)),
    ...awsPushes(graph)
      .filter(isOwn)
      .map(entry => ({
        store: storeOfAws(entry.store, graph),
        name: entry.name ?? '',
        use: pushUse(entry, readersOf),
      })),
  ];
}

function usesOf(secret: ExternalSecret, graph: SecretGraph, readersOf: ReadersOf): NamedUse[] {
  const { namespace, data, dataFrom } = secret;
  const keysOf = resultKeysOf(secret);
  const entries = [...data, ...dataFrom.filter(({ generator }) => generator === undefined)];
  return entries.flatMap(entry => {
    const { storeRef } = entry;
    if (storeRef === undefined || remoteOf(graph.find, storeRef, namespace) !== undefined)
      return [];
    const store = storeNamed(storeRef, namespace, graph);
    return partsOf(entry, secret.object, keysOf).map(({ name, ...part }) => {
      const made = { namespace, name: secret.target };
      const use = { object: secret.object, secret: made, ...part };
      const readers = readersOf(made, use.keys);
      const full =
        store.aws === undefined || use.how === 'search' ? name : awsName(store.aws, name);
      return { store, name: full, use: { ...use, readers } };
    });
  });
}

type Part = Omit<EntryUse, 'object' | 'secret' | 'readers'> & { readonly name: string };

function partsOf(entry: DataEntry | DataFromEntry, object: PlacedObject, keysOf: KeysOf): Part[] {
  if ('secretKey' in entry) return [dataPart(entry, object, keysOf)];
  const { path, spec, extract } = entry;
  if (extract !== undefined)
    return [
      {
        path: [...path, 'extract', 'key'],
        name: extract,
        ...refPart(spec['extract'], 'properties'),
      },
    ];
  const find = mapAt(spec, 'find');
  if (Object.keys(find).length === 0) return [];
  return [{ path: [...path, 'find'], name: searchText(find), how: 'search', isBase64: false }];
}

function dataPart(
  { path, secretKey, key }: DataEntry,
  { json }: PlacedObject,
  keysOf: KeysOf,
): Part {
  const keys = keysOf(secretKey);
  const ref = [...path, 'remoteRef'];
  return {
    path: [...ref, 'key'],
    name: key,
    ...refPart(valueAt(json, ref), 'value'),
    ...(keys !== undefined && { keys }),
  };
}

/** What a reference takes of its entry: the whole, one property of it, or its tags. */
function refPart(
  ref: unknown,
  whole: 'value' | 'properties',
): Pick<EntryUse, 'how' | 'property' | 'version' | 'isBase64'> {
  const isBase64 = textAt(ref, 'decodingStrategy') === 'Base64';
  if (textAt(ref, 'metadataPolicy') === 'Fetch') return { how: 'metadata', isBase64 };
  const property = textAt(ref, 'property') ?? '';
  const version = textAt(ref, 'version') ?? '';
  const of = { isBase64, ...(version !== '' && { version }) };
  if (property === '') return { how: whole, ...of };
  return { how: whole === 'value' ? 'property' : whole, property, ...of };
}

/** What `find` looks for, as a pattern. */
function searchText(find: unknown): string {
  const tags = Object.entries(mapAt(find, 'tags')).map(([tag, value]) => `${tag}=${String(value)}`);
  const path = textAt(find, 'path') ?? '';
  const name = textAt(find, 'name', 'regexp');
  return [path, name === undefined ? '' : `~ ${name}`, ...tags].filter(Boolean).join(' ');
}

function pushUse(push: AwsPush, readersOf: ReadersOf): EntryUse {
  const { object, path, metadata, secret: name, secretKeys } = push;
  const type = textAt(metadata, 'secretType');
  const secret = { namespace: object.namespace, name };
  const keys = secretKeys === undefined ? {} : { keys: secretKeys };
  const readers = readersOf(secret, keys.keys).filter(
    ({ name: { kind, name: own } }) => kind !== object.kind || own !== object.name,
  );
  const pushed = type === undefined ? {} : { pushedType: type };
  return { object, path, how: 'push', isBase64: false, secret, ...pushed, ...keys, readers };
}

function storeNamed({ kind, name }: StoreRef, namespace: string, graph: SecretGraph): EntryStore {
  const object = storeOf(graph.find, { kind, name, path: [] }, namespace);
  const aws = object && awsStore(object);
  if (aws !== undefined) return storeOfAws(aws, graph);
  const isOfCluster = storeKind(kind)?.isOfCluster === true || namespace === '';
  const named = { kind, ...(!isOfCluster && { namespace }), name };
  const [provider] = Object.keys(object === undefined ? {} : mapAt(specOf(object), 'provider'));
  return { name: named, ...(provider !== undefined && { provider }) };
}

function storeOfAws(aws: AwsStore, graph: SecretGraph): EntryStore {
  const { account, isOwn } = awsHome(aws, graph);
  const prefix = textAt(aws.settings, 'prefix');
  return {
    name: objectName(aws.object),
    provider: 'aws',
    aws,
    ...(account !== undefined && { account }),
    ...(isOwn && { isOwn }),
    ...(prefix !== undefined && { prefix }),
  };
}
