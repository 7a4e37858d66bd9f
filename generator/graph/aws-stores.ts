import type { Path } from '../source/finding.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { JsonObject } from '../spec/spec.ts';
import type { ExternalSecret } from './external-secrets.ts';
import { type Item, mapAt, specOf, textAt } from './item.ts';
import { eachSpec } from './refresh.ts';
import type { SecretGraph } from './secret-graph.ts';
import { storeOf } from './stores.ts';

/** A store that reads AWS. */
export interface AwsStore {
  readonly item: Item;
  /** Of its settings, from the object. */
  readonly path: Path;
  readonly settings: JsonObject;
  readonly service: 'ParameterStore' | 'SecretsManager';
  readonly region: string;
}

/** An entry of an ExternalSecret that an AWS store serves. */
export interface AwsRead {
  readonly item: Item;
  readonly path: Path;
  readonly store: AwsStore;
  /** The name in AWS, with the store's prefix; absent: it searches. */
  readonly name?: string;
  readonly find?: JsonObject;
}

/** A store's AWS settings; undefined when it reads something else. */
export function awsStore(item: Item): AwsStore | undefined {
  const settings = mapAt(specOf(item), 'provider')['aws'];
  if (!isMap(settings)) return undefined;
  const { service } = settings;
  if (service !== 'ParameterStore' && service !== 'SecretsManager') return undefined;
  const region = textAt(settings, 'region') ?? '';
  return { item, path: ['spec', 'provider', 'aws'], settings, service, region };
}

/** All stores of a set that read AWS. */
export function awsStores({ byKind }: SecretGraph): AwsStore[] {
  return [...byKind('SecretStore'), ...byKind('ClusterSecretStore')].flatMap(
    item => awsStore(item) ?? [],
  );
}

/** All reads of AWS, each where it is written. */
export function awsReads(graph: SecretGraph): AwsRead[] {
  const storesByItem = new Map(awsStores(graph).map(store => [store.item, store]));
  return eachSpec(graph.externalSecrets).flatMap(secret => readsOf(secret, graph, storesByItem));
}

function readsOf(
  { item, namespace, data, dataFrom }: ExternalSecret,
  { find }: SecretGraph,
  stores: ReadonlyMap<Item, AwsStore>,
): AwsRead[] {
  const found = [
    ...data.map(({ path, key, storeRef }) => ({
      storeRef,
      path: [...path, 'remoteRef', 'key'],
      name: key,
    })),
    ...dataFrom.flatMap(({ path, extract, storeRef, spec }) => [
      ...(extract === undefined
        ? []
        : [{ storeRef, path: [...path, 'extract', 'key'], name: extract }]),
      ...(isMap(spec['find']) ? [{ storeRef, path: [...path, 'find'], find: spec['find'] }] : []),
    ]),
  ];
  return found.flatMap(({ storeRef, ...read }): AwsRead[] => {
    const stored = storeRef === undefined ? undefined : storeOf(find, storeRef, namespace);
    const store = stored === undefined ? undefined : stores.get(stored);
    if (store === undefined) return [];
    const prefix = textAt(store.settings, 'prefix') ?? '';
    if (!('name' in read)) return [{ item, store, ...read }];
    return [{ item, store, ...read, name: read.name === '' ? '' : prefix + read.name }];
  });
}
