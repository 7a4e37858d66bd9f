import { isMap, type JsonObject, mapAt, textAt, textsUnder } from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import { namesIn, type SecretGraph } from '../../graph/secret-graph.ts';
import { configMapKeys, isAbsentMap } from '../../graph/variables.ts';
import { configMap } from '../../kinds/core/secret.ts';
import { isOwnApiServer, STORES } from '../../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const storeConnection: Rule = error('store-connection', STORES, function* (object, graph) {
  const provider = mapAt(specOf(object), 'provider')['kubernetes'];
  // A kubeconfig in authRef holds the server, its CA and the login.
  if (!isMap(provider) || provider['authRef'] !== undefined) return;
  yield* lackingParts(object, provider);
  yield* unknownCa(graph, object, provider);
});

const PATH = ['spec', 'provider', 'kubernetes'];

/** What a store lacks, in the order of ESO's messages (docs/facts/eso.md#kubernetes-store). */
function* lackingParts(object: PlacedObject, provider: JsonObject) {
  const server = provider['server'];
  const name = `${object.kind} "${object.name}"`;
  if (!isMap(server))
    yield {
      path: [...PATH, 'server'],
      message: `${name} names no API server`,
      hint: 'Add server with the url https://kubernetes.default.svc and a caProvider.',
    };
  else if (
    isOwnApiServer(textAt(server, 'url') ?? 'kubernetes.default') &&
    !isMap(server['caProvider']) &&
    server['caBundle'] === undefined
  )
    yield {
      path: [...PATH, 'server'],
      message: `${name} does not trust the cluster's own API server: it names no certificate`,
      hint: 'Add caProvider with type: ConfigMap, name: kube-root-ca.crt and key: ca.crt.',
    };
  if (provider['auth'] === undefined)
    yield {
      path: [...PATH, 'auth'],
      message: `${name} does not say as whom it signs in`,
      hint: 'Add auth.serviceAccount with an account that may get the Secrets.',
    };
}

/** A CA in a ConfigMap that is missing, or that has no such key. Other rules check a CA in a Secret. */
function* unknownCa(graph: SecretGraph, object: PlacedObject, provider: JsonObject) {
  const ca = mapAt(provider, 'server', 'caProvider');
  const [type, name, key, inCa] = textsUnder(ca, 'type', 'name', 'key', 'namespace');
  const namespace = object.namespace || inCa;
  if (type !== configMap.kind || name === undefined || namespace === undefined) return;
  const keys = configMapKeys(graph, namespace, name);
  const path = [...PATH, 'server', 'caProvider'];
  const names = ['kube-root-ca.crt', ...namesIn(graph, configMap, namespace)];
  if (isAbsentMap(graph, namespace, name))
    yield {
      path: [...path, 'name'],
      message: `there is no ConfigMap "${name}" in namespace "${namespace}"`,
      hint: knownNames(`ConfigMaps of "${namespace}"`, name, names),
    };
  else if (key !== undefined && keys?.includes(key) === false && !isUnresolved(key))
    yield {
      path: [...path, 'key'],
      message: `ConfigMap "${name}" has no key "${key}"`,
      hint: knownNames(`keys of "${name}"`, key, keys),
    };
}
