import type { NamespacedName, ObjectName } from '../core/finding.ts';
import { groupBy, isMap, sortBy, textAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import type { IamSettings } from '../environments/clusters.ts';
import { awsHome } from '../graph/aws-accounts.ts';
import { type AwsEntry, awsReads } from '../graph/aws-entries.ts';
import { type Pickup, pickups } from '../graph/keys.ts';
import type { Maker, Reader, SecretGraph, SecretNode } from '../graph/secret-graph.ts';
import { remoteOf, secretId } from '../graph/secret-graph.ts';
import { isNamed } from '../iam/grants.ts';
import { cnpgCluster } from '../kinds/cnpg/cluster.ts';
import { BASIC_AUTH } from '../kinds/core/secret.ts';
import { type ExternalSecret, ownName } from '../kinds/eso/external-secret-spec.ts';
import { type AwsStore, storeName, storeOf } from '../kinds/eso/stores.ts';
import { objectName, type PlacedObject } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/kinds.ts';
import { secretReaders } from '../params/entries.ts';
import { askedName } from '../params/entry.ts';
import { type FlowSource, sourcesOf, usedSecrets } from '../report/flow.ts';

/** What people need to run an environment: names, never values. */
export interface Runbook {
  /** The environment, or `manifests`. */
  readonly name: string;
  /** The folder that kustomize builds; absent: the manifests were named one by one. */
  readonly overlay: string | undefined;
  readonly secrets: readonly RunbookSecret[];
  readonly entries: readonly RunbookEntry[];
  readonly stores: readonly ObjectName[];
  readonly databases: readonly ObjectName[];
  readonly namespaces: readonly string[];
  readonly groups: readonly string[];
  readonly workloads: readonly Rollout[];
  readonly phoenixes: readonly Phoenix[];
}

/** A workload whose pods can be restarted; `target`: `deployment/name`. */
export type Rollout = Readonly<Record<'namespace' | 'target', string>>;

/** How a Secret is made; `absent`: nothing in the manifests makes it. */
export type Pattern =
  | ('database' | 'fetched' | 'transformed' | 'generated')
  | ('manual' | 'made' | 'absent');

export interface RunbookSecret extends NamespacedName {
  readonly keys: readonly string[];
  readonly isOpen: boolean;
  readonly pattern: Pattern;
  /** Absent: people make it. */
  readonly maker?: ObjectName | undefined;
  readonly external?: string | undefined;
  /** How often its maker fetches it; absent: once. */
  readonly interval?: string | undefined;
  readonly isDeleted: boolean;
  readonly sources: readonly FlowSource[];
  readonly readers: readonly RunbookReader[];
}

interface RunbookReader extends ObjectName {
  readonly variables: readonly string[];
  readonly pickup: Pickup;
  readonly rollout: Rollout | undefined;
}

export interface RunbookEntry {
  readonly name: string;
  readonly service: 'ParameterStore' | 'SecretsManager';
  /** Absent if the manifests have a placeholder for it. */
  readonly region: string | undefined;
  /** The account that the store reads; absent if unknown. */
  readonly account: string | undefined;
  /** The KMS key of a customer that encrypts it; absent: the key of AWS, or not known. */
  readonly key: string | undefined;
  /** The properties of its JSON; none: the value is taken as it is. */
  readonly properties: readonly string[];
  readonly stores: readonly ObjectName[];
  readonly secrets: readonly RunbookSecret[];
}

/** A Phoenix whose API keys other programs of the set may need (docs/facts/phoenix.md#api-keys). */
export interface Phoenix {
  readonly namespace: string;
  /** The argument of `kubectl port-forward`. */
  readonly target: string;
  readonly port: string;
  /** The Secret with the key `PHOENIX_ADMIN_SECRET`. */
  readonly adminSecret: string | undefined;
  /** It has the variable already. */
  readonly isAdmin: boolean;
  readonly entries: readonly RunbookEntry[];
}

/**
 * The runbook of an environment with these `ownObjects`; the graph may also have objects of its neighbours.
 * `keys` are the KMS keys of a customer, by the store whose values they encrypt.
 */
export function runbookOf(
  { name, overlay }: Pick<Runbook, 'name' | 'overlay'>,
  graph: SecretGraph,
  ownObjects: ReadonlySet<PlacedObject>,
  keys: IamSettings['keys'],
): Runbook {
  const objects = [...ownObjects];
  const secrets = runbookSecrets(graph, ownObjects);
  const entries = runbookEntries(graph, ownObjects, secrets, keys);
  const databases = objects.filter(
    candidate => candidate.knownKind === cnpgCluster && isMap(candidate.json['spec']),
  );
  const rollouts = objects.flatMap(object => rolloutOf(object) ?? []);
  return {
    name,
    overlay,
    secrets,
    entries,
    stores: storesOf(graph, ownObjects),
    databases: sortBy(databases.map(objectName), objectKey),
    namespaces: [...new Set(secrets.map(({ namespace }) => namespace))].filter(Boolean).sort(),
    groups: [...new Set(objects.map(({ group }) => group))].filter(isOfOperator).sort(),
    workloads: sortBy(rollouts, ({ namespace, target }) => `${namespace}/${target}`),
    phoenixes: phoenixesOf(graph, ownObjects, secrets, entries),
  };
}

function rolloutOf(object: PlacedObject): Rollout | undefined {
  const target = object.knownKind?.pods?.rolloutTarget?.(object);
  return target === undefined ? undefined : { namespace: object.namespace, target };
}

/** Whether an API group is of an operator: groups of Kubernetes itself have no dot, or end in k8s.io. */
function isOfOperator(group: string): boolean {
  return group.includes('.') && !/(?:^|\.)(?:k8s\.io|config\.kubernetes\.io)$/.test(group);
}

function storesOf({ externalSecrets, find }: SecretGraph, ownObjects: ReadonlySet<PlacedObject>) {
  const ownSecrets = externalSecrets.filter(({ object }) => ownObjects.has(object));
  const used = ownSecrets.flatMap(({ data, dataFrom, namespace }) =>
    [...data, ...dataFrom].flatMap(({ storeRef }) => {
      if (storeRef === undefined || storeRef.name === '') return [];
      const found = storeOf(find, storeRef, namespace);
      return found === undefined ? storeName(storeRef, namespace) : objectName(found);
    }),
  );
  return sortBy([...new Map(used.map(name => [objectKey(name), name])).values()], objectKey);
}

const IMAGE = /(?:^|\/)arizephoenix\/phoenix(?:[:@]|$)/;

/** The variables with the admin secret of Phoenix, the API key of its clients, and its port. */
const [ADMIN_SECRET, API_KEY, PORT] = ['PHOENIX_ADMIN_SECRET', 'PHOENIX_API_KEY', 'PHOENIX_PORT'];

function phoenixesOf(
  graph: SecretGraph,
  ownObjects: ReadonlySet<PlacedObject>,
  secrets: readonly RunbookSecret[],
  entries: readonly RunbookEntry[],
): Phoenix[] {
  const ofApiKey = entries.filter(({ name, secrets: made }) =>
    made
      .filter(({ keys }) => keys.includes(API_KEY))
      .some(secret => entries.every(item => item.name === name || !item.secrets.includes(secret))),
  );
  return graph.pods.flatMap(({ object, containers }): Phoenix[] => {
    const container = containers.find(({ spec }) => IMAGE.test(textAt(spec, 'image') ?? ''));
    const target = object.knownKind?.pods?.rolloutTarget?.(object);
    if (container === undefined || target === undefined || !ownObjects.has(object)) return [];
    const { namespace } = object;
    const admin = secrets.find(
      secret => secret.namespace === namespace && secret.keys.includes(ADMIN_SECRET),
    );
    const port = container.env.find(({ name }) => name === PORT)?.value ?? '';
    const isAdmin = container.env.some(({ name }) => name === ADMIN_SECRET);
    const way = { namespace, target, port: /^\d{1,5}$/.test(port) ? port : '6006' };
    return [{ ...way, adminSecret: admin?.name, isAdmin, entries: ofApiKey }];
  });
}

function runbookEntries(
  graph: SecretGraph,
  ownObjects: ReadonlySet<PlacedObject>,
  secrets: readonly RunbookSecret[],
  keys: IamSettings['keys'],
): RunbookEntry[] {
  const reads = awsReads(graph).filter(
    entry => ownObjects.has(entry.object) && entry.name !== undefined && isNamed(entry),
  );
  const made = groupBy(graph.externalSecrets, ({ object }) => object);
  const byId = new Map(secrets.map(secret => [secretId(secret.namespace, secret.name), secret]));
  const targetsOf = ({ object }: AwsEntry): RunbookSecret[] =>
    (made.get(object) ?? []).flatMap(
      ({ namespace, target }) => byId.get(secretId(namespace, target)) ?? [],
    );
  const homeOf = oncePer((store: AwsStore) => awsHome(store, graph));
  const nameOf = ({ store: aws, name = '' }: AwsEntry<AwsStore>): string =>
    askedName({ store: { aws }, name });
  const groups = groupBy(reads, entry => {
    const { service, region } = entry.store;
    return JSON.stringify([service, region, nameOf(entry), homeOf(entry.store).account ?? '']);
  });
  const entries = [...groups.values()].map((all): RunbookEntry => {
    const [first] = all;
    const { account, region } = homeOf(first.store);
    const [key, ...more] = new Set(all.flatMap(({ store }) => keys.get(store.object.name) ?? []));
    const properties = all.flatMap(
      ({ object, path }) => textAt(object.json, ...path.slice(0, -1), 'property') ?? [],
    );
    return {
      name: nameOf(first),
      service: first.store.service,
      region,
      account,
      key: more.length > 0 ? undefined : key,
      properties: [...new Set(properties)].sort(),
      stores: [...new Set(all.map(({ store }) => store.object))].map(objectName),
      secrets: [...new Set(all.flatMap(targetsOf))],
    };
  });
  return sortBy(entries, ({ name, stores: [store] }) => name + (store ? objectKey(store) : ''));
}

function runbookSecrets(graph: SecretGraph, ownObjects: ReadonlySet<PlacedObject>) {
  const external = groupBy(graph.externalSecrets, ({ namespace, target }) =>
    secretId(namespace, target),
  );
  const pickupOf = pickups(graph);
  const readersOf = secretReaders(graph);
  const used = usedSecrets(graph, { objects: ownObjects });
  const secrets = used.flatMap(({ id, node: present, reads }): RunbookSecret[] => {
    const node = present.isNowhere ? absent(reads) : present;
    if (node === undefined) return [];
    const made = (external.get(id) ?? []).find(({ object }) =>
      node.makers.some(maker => maker.object === object),
    );
    const variables = new Map(
      readersOf(node, [...node.keys]).map(reader => [objectKey(reader.name), reader.variables]),
    );
    const users = [...groupBy(reads, ({ object }) => object)].map(([object, all]) => {
      const name = objectName(writtenObject(object));
      return {
        ...name,
        rollout: object.written === undefined ? rolloutOf(object) : undefined,
        variables: variables.get(objectKey(name)) ?? [],
        pickup: pickupOf(all, node),
      };
    });
    const pattern = present.isNowhere ? 'absent' : patternOf(graph, node.makers[0], made);
    return [{ ...secretOf(node, made), pattern, readers: sortBy(users, objectKey) }];
  });
  return sortBy(secrets, ({ namespace, name }) => `${namespace}\0${name}`);
}

function absent(reads: readonly Reader[]): SecretNode | undefined {
  const needed = reads.filter(({ isOptional }) => !isOptional);
  const [read] = needed;
  if (read === undefined) return undefined;
  const { namespace, secret: name } = read;
  const keys = new Set(needed.flatMap(({ key }) => key ?? []));
  const isOpen = needed.some(({ key }) => key === undefined);
  return { namespace, name, keys, isOpen, makers: [] };
}

function secretOf({ namespace, name, keys, isOpen, makers }: SecretNode, made?: ExternalSecret) {
  const [maker] = makers;
  return {
    namespace,
    name,
    keys: [...keys].sort(),
    isOpen,
    maker: maker && objectName(writtenObject(maker.object)),
    external: made && ownName(made.object),
    interval: made?.refresh.isActive ? (made.refresh.interval ?? '1h') : undefined,
    isDeleted: textAt(made?.spec, 'target', 'deletionPolicy') === 'Delete',
    sources: made === undefined ? [] : sourcesOf(made),
  };
}

function patternOf({ find }: SecretGraph, maker?: Maker, made?: ExternalSecret): Pattern {
  if (maker === undefined) return 'manual';
  // CNPG makes certificates too: deleting that of an authority cuts off all who trust it.
  if (maker.object.knownKind === cnpgCluster && maker.type === BASIC_AUTH) return 'database';
  if (made === undefined) return 'made';
  const { data, dataFrom, namespace } = made;
  if (dataFrom.some(({ generator }) => generator) && data.length === 0) return 'generated';
  const entries = [...data, ...dataFrom];
  const isCopied = entries.some(entry => remoteOf(find, namespace, entry.storeRef) !== undefined);
  return isCopied ? 'transformed' : 'fetched';
}

function objectKey({ kind, namespace = '', name }: ObjectName): string {
  return `${kind}/${namespace}/${name}`;
}
