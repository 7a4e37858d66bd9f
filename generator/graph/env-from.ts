import type { Container, EnvFromEntry } from '../kinds/pods.ts';
import type { KeySet } from '../kinds/secret-ends.ts';
import { configMapKeys } from './config-maps.ts';
import { findSecret, type SecretGraph } from './secret-graph.ts';

/** The variables of one source of envFrom, with its prefix; undefined: its keys are not known. */
export function variablesFrom(
  graph: SecretGraph,
  namespace: string,
  { prefix, secret, configMap }: EnvFromEntry,
): readonly string[] | undefined {
  const keys =
    secret === undefined
      ? configMapKeys(graph, namespace, configMap ?? '')
      : secretKeys(graph, namespace, secret);
  return keys?.map(key => prefix + key);
}

function secretKeys(graph: SecretGraph, namespace: string, name: string): string[] | undefined {
  const node = findSecret(graph, namespace, name);
  return node === undefined || node.isOpen ? undefined : [...node.keys];
}

/** All variables that a container has from envFrom. */
export function envFromVariables(graph: SecretGraph, { object, envFrom }: Container): KeySet {
  const found = envFrom.map(source => variablesFrom(graph, object.namespace, source));
  return { keys: new Set(found.flatMap(keys => keys ?? [])), isOpen: found.includes(undefined) };
}
