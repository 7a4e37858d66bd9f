import type { Path } from '../core/finding.ts';
import { mapAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { configMap } from '../kinds/core/secret.ts';
import { annotationOf, type KeySet, type ObjectField } from '../kinds/kind.ts';
import { openTelemetryCollector } from '../kinds/otel.ts';
import type { Container, EnvFromEntry, ExpandedText, Pod } from '../kinds/pods.ts';
import { expandedTexts, IN_CAPITALS, references } from '../kinds/pods.ts';
import { isDeclared } from '../world/object-set.ts';
import { placedTexts } from './plain-text.ts';
import { findSecret, type SecretGraph } from './secret-graph.ts';

/** A `$(NAME)` that the kubelet leaves as it stands. */
export interface UnresolvedReference extends ObjectField {
  readonly container: Container;
  readonly name: string;
  readonly isOwn: boolean;
  /** Where the variable is defined too late. */
  readonly definedAt?: Path;
  /** The variables that the text can refer to. */
  readonly candidates: () => readonly string[];
}

/** Variables of the kubelet, of Services that exist before the pod, and of the webhook for AWS identities. */
const INJECTED =
  /^KUBERNETES_(SERVICE_(HOST|PORT)|PORT)|_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)|^AWS_(REGION|DEFAULT_REGION|ROLE_ARN|WEB_IDENTITY_|STS_|CONTAINER_)/;

/** Each `$(NAME)` that the kubelet leaves: env knows envFrom and earlier variables, commands know all (kubelet_pods.go, makeEnvironmentVariables). Not what somebody else may add. */
export function unresolvedReferences(graph: SecretGraph): UnresolvedReference[] {
  return graph.pods.flatMap(pod =>
    pod.containers.flatMap(container => {
      const texts = expandedTexts(container).filter(
        ({ text }) => text.includes('$(') && !text.includes('{{'),
      );
      if (texts.length === 0) return [];
      const scope = scopeOf(graph, pod, container);
      return texts.flatMap(text => unresolvedIn(text, scope));
    }),
  );
}

type Scope = ReturnType<typeof scopeOf>;

function scopeOf(graph: SecretGraph, pod: Pod, container: Container) {
  const names = container.env.map(({ name }) => name);
  const fromSources = envFromOf(graph, container);
  return {
    pod,
    container,
    before: keysOf(fromSources),
    /** The first index in env of each name, and of each in lower case. */
    places: firstPlaces(names),
    alike: firstPlaces(names.map(name => name.toLowerCase())),
    /** Those of envFrom in lower case, with and without their prefix, which people forget. */
    alikeBefore: alikeIn(fromSources),
  };
}

const alikeIn = oncePer(({ entries, sources }: EnvFrom): ReadonlySet<string> => {
  const names = sources.flatMap((source, index) => {
    const { prefix = '' } = entries[index] ?? {};
    return (source ?? []).flatMap(key => (prefix === '' ? [key] : [key, key.slice(prefix.length)]));
  });
  return new Set(names.map(name => name.toLowerCase()));
});

function unresolvedIn(text: ExpandedText, scope: Scope): UnresolvedReference[] {
  const { container, before, places } = scope;
  const { path, index = Number.POSITIVE_INFINITY } = text;
  const isEarlier = (place: number | undefined): boolean => place !== undefined && place < index;
  const candidates = (): string[] => [
    ...new Set([...before.keys, ...[...places.keys()].filter(name => isEarlier(places.get(name)))]),
  ];
  const lost = [...new Set(references(text.text))].filter(
    name => !before.keys.has(name) && !isEarlier(places.get(name)),
  );
  return lost.flatMap((name): UnresolvedReference[] => {
    const place = places.get(name);
    const isOwn = place !== undefined && place === index;
    const reference = { container, object: container.object, path, name, candidates, isOwn };
    if (place !== undefined && !isOwn)
      return [{ definedAt: [...container.path, 'env', place, 'name'], ...reference }];
    const lower = name.toLowerCase();
    const isAlike = scope.alikeBefore.has(lower) || isEarlier(scope.alike.get(lower));
    const isSure =
      !before.isOpen &&
      (IN_CAPITALS.test(name) || (!text.text.includes('\n') && isAlike)) &&
      !isInjected(name, scope.pod);
    return isSure ? [reference] : [];
  });
}

function firstPlaces(names: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [index, name] of names.entries()) if (!places.has(name)) places.set(name, index);
  return places;
}

function isInjected(name: string, { object }: Pod): boolean {
  if (INJECTED.test(name)) return true;
  const ofKind = object.knownKind?.pods?.variables;
  if (ofKind !== undefined) return ofKind.includes(name);
  const path = ['spec', 'template', 'metadata', 'annotations'];
  const annotations = Object.keys(mapAt(object.json, ...path));
  const isInstrumented = annotations.some(key => key.startsWith('instrumentation.opentelemetry'));
  return (
    name.startsWith('OTEL_') &&
    (isInstrumented || annotationOf(object, 'sidecar.opentelemetry.io/inject') !== undefined)
  );
}

/** The variables that a container has of each entry of envFrom. Those with the same entries share one. */
export interface EnvFrom {
  readonly entries: readonly EnvFromEntry[];
  readonly sources: readonly (readonly string[] | undefined)[];
}

/** How many names containers get in all: more are not known, as each container may have a prefix of its own. */
const MOST_NAMES = 2_000_000;
const envFroms = oncePer((_: SecretGraph) => ({ byId: new Map<string, EnvFrom>(), names: 0 }));

export function envFromOf(graph: SecretGraph, { object, envFrom }: Container): EnvFrom {
  const kept = envFroms(graph);
  const parts = envFrom.map(({ prefix, secret, configMap }) => [prefix, secret, configMap]);
  const id = JSON.stringify([object.namespace, parts]);
  const before = kept.byId.get(id);
  if (before !== undefined) return before;
  const sources = envFrom.map(entry =>
    kept.names > MOST_NAMES ? undefined : variablesFrom(graph, object.namespace, entry),
  );
  for (const source of sources) kept.names += source?.length ?? 0;
  const found = { entries: envFrom, sources };
  kept.byId.set(id, found);
  return found;
}

function variablesFrom(graph: SecretGraph, namespace: string, entry: EnvFromEntry) {
  const { prefix, secret, configMap = '' } = entry;
  if (secret === undefined)
    return configMapKeys(graph, namespace, configMap)?.map(key => prefix + key);
  const node = findSecret(graph, namespace, secret);
  return node?.isOpen === false ? [...node.keys].map(key => prefix + key) : undefined;
}

export function envFromVariables(graph: SecretGraph, container: Container): KeySet {
  return keysOf(envFromOf(graph, container));
}

const keysOf = oncePer(
  ({ sources }: EnvFrom): KeySet => ({
    keys: new Set(sources.flatMap(keys => keys ?? [])),
    isOpen: sources.includes(undefined),
  }),
);

interface CollectorVariable extends ObjectField {
  readonly name: string;
  readonly candidates: ReadonlySet<string>;
}

export function collectorVariables(graph: SecretGraph): CollectorVariable[] {
  const collectors = graph.byKind(openTelemetryCollector);
  if (collectors.length === 0) return [];
  const pods = new Map(graph.pods.map(pod => [pod.object, pod]));
  const variables = new Map(
    collectors.map(object => [object, variablesOf(graph, pods.get(object)?.containers[0])]),
  );
  return placedTexts(graph).flatMap(({ object, path, text, container }) => {
    const defined = container === undefined ? variables.get(object) : undefined;
    if (defined === undefined) return [];
    // `$${env:NAME}` is an escape.
    return [...text.matchAll(/(?<!\$)\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g)]
      .map(([, name = '']) => ({ object, path, name, candidates: defined }))
      .filter(({ name }) => !defined.has(name));
  });
}

function variablesOf(graph: SecretGraph, container: Container | undefined) {
  if (container === undefined) return new Set<string>();
  const { keys, isOpen } = envFromVariables(graph, container);
  return isOpen ? undefined : new Set([...container.env.map(({ name }) => name), ...keys]);
}

/** Kubernetes makes this ConfigMap in every namespace, with the key ca.crt. */
const ROOT_CA = 'kube-root-ca.crt';

/** Whether a ConfigMap surely does not exist: the set has others of its namespace, or of its name elsewhere. */
export function isAbsentMap(graph: SecretGraph, namespace: string, name: string): boolean {
  const { brought, namespaces, names } = knownMaps(graph);
  return (
    graph.find(configMap, namespace, name) === undefined &&
    name !== ROOT_CA &&
    !brought.has(`${namespace}/${name}`) &&
    !isUnresolved(name + namespace) &&
    !isDeclared(graph.outside, configMap.kind, { namespace, name }) &&
    (namespaces.has(namespace) || names.has(name))
  );
}

const knownMaps = oncePer(({ objects, byKind }: SecretGraph) => {
  const maps = byKind(configMap);
  const brought = objects.flatMap(object => {
    const names = object.knownKind?.provides?.configMaps?.(object) ?? [];
    return names.map(name => `${object.namespace}/${name}`);
  });
  const namespaces = new Set(maps.map(({ namespace }) => namespace));
  return { brought: new Set(brought), namespaces, names: new Set(maps.map(({ name }) => name)) };
});

/** The keys of a ConfigMap under `data`; undefined when it is not in the set. */
export function configMapKeys(
  { find }: SecretGraph,
  namespace: string,
  name: string,
): readonly string[] | undefined {
  const object = find(configMap, namespace, name);
  if (object !== undefined) return Object.keys(mapAt(object.json, 'data'));
  return name === ROOT_CA ? ['ca.crt'] : undefined;
}
