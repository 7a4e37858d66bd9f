import type { SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf } from '../../graph/stores.ts';
import type { ObjectName } from '../../ground/finding.ts';
import { isMap, textAt } from '../../ground/json.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { storeName } from '../../kinds/eso/stores.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import type { IamSettings } from '../iam/settings.ts';
import { runbookEntries } from './entries.ts';
import type { Phoenix, Rollout, Runbook, RunbookEntry, RunbookSecret } from './runbook.ts';
import { objectKey, runbookSecrets } from './secrets.ts';

/** What is known of the objects that a runbook is for. */
interface RunbookScope extends Pick<Runbook, 'name' | 'overlay'> {
  readonly graph: SecretGraph;
  /** The objects of the environment, without its neighbours'. */
  readonly own: ReadonlySet<PlacedObject>;
  /** A customer's keys by the store whose values they encrypt. */
  readonly keys: IamSettings['keys'];
}

/** The runbook of an environment. */
export function runbookOf({ name, overlay, graph, own, keys }: RunbookScope): Runbook {
  const objects = [...own];
  const secrets = runbookSecrets(graph, own);
  const entries = runbookEntries(graph, own, secrets, keys);
  const rollouts = objects.flatMap((object): Rollout[] => {
    const target = object.known?.rollout?.(object);
    return target === undefined ? [] : [{ namespace: object.namespace, target }];
  });
  return {
    name,
    ...(overlay !== undefined && { overlay }),
    secrets,
    entries,
    stores: storesOf(graph, own),
    databases: sortBy(objects.filter(isDatabase).map(objectName), objectKey),
    namespaces: [...new Set(secrets.map(({ namespace }) => namespace))].filter(Boolean).sort(),
    groups: [...new Set(objects.filter(isOfOperator).map(({ group }) => group))].sort(),
    workloads: sortBy(rollouts, ({ namespace, target }) => `${namespace}/${target}`),
    phoenixes: phoenixesOf(graph, own, secrets, entries),
  };
}

function isDatabase({ known, json }: PlacedObject): boolean {
  return known === cnpgCluster && isMap(json['spec']);
}

/** Groups of Kubernetes' own have no dot, or end so; what kustomize reads is in no cluster. */
function isOfOperator({ group }: PlacedObject): boolean {
  return group.includes('.') && !/(?:^|\.)(?:k8s\.io|config\.kubernetes\.io)$/.test(group);
}

/** The stores that own ExternalSecrets read. */
function storesOf(
  { externalSecrets, find }: SecretGraph,
  own: ReadonlySet<PlacedObject>,
): ObjectName[] {
  const used = externalSecrets
    .filter(({ object }) => own.has(object))
    .flatMap(({ data, dataFrom, namespace }) =>
      [...data, ...dataFrom].flatMap(({ storeRef }) => {
        if (storeRef === undefined || storeRef.name === '') return [];
        const found = storeOf(find, storeRef, namespace);
        return found === undefined ? storeName(storeRef, namespace) : objectName(found);
      }),
    );
  return sortBy([...new Map(used.map(name => [objectKey(name), name])).values()], objectKey);
}

/** The image of Arize Phoenix, from whatever registry. */
const IMAGE = /(?:^|\/)arizephoenix\/phoenix(?:[:@]|$)/;

/** The variables that it has its secret and its clients their key in. */
const [ADMIN_SECRET, API_KEY, PORT] = ['PHOENIX_ADMIN_SECRET', 'PHOENIX_API_KEY', 'PHOENIX_PORT'];

/** The Phoenixes that own objects run, and how API keys are made for them (docs/facts/phoenix.md#api-keys). */
function phoenixesOf(
  graph: SecretGraph,
  own: ReadonlySet<PlacedObject>,
  secrets: readonly RunbookSecret[],
  entries: readonly RunbookEntry[],
): Phoenix[] {
  return graph.pods.flatMap(({ object, containers }): Phoenix[] => {
    const container = containers.find(({ spec }) => IMAGE.test(textAt(spec, 'image') ?? ''));
    const target = object.known?.rollout?.(object);
    if (container === undefined || target === undefined || !own.has(object)) return [];
    const { namespace } = object;
    const admin = secrets.find(
      secret => secret.namespace === namespace && secret.keys.includes(ADMIN_SECRET),
    );
    const port = container.env.find(({ name }) => name === PORT)?.value ?? '6006';
    return [
      {
        namespace,
        target,
        port: /^\d{1,5}$/.test(port) ? port : '6006',
        ...(admin !== undefined && { adminSecret: admin.name }),
        isAdmin: container.env.some(({ name }) => name === ADMIN_SECRET),
        entries: entries.filter(entry => isOfApiKey(entry, entries)),
      },
    ];
  });
}

/** The one entry of a Secret with an API key. */
function isOfApiKey({ secrets, name }: RunbookEntry, all: readonly RunbookEntry[]): boolean {
  return secrets.some(
    secret =>
      secret.keys.includes(API_KEY) &&
      all.filter(other => other.secrets.includes(secret)).every(other => other.name === name),
  );
}
