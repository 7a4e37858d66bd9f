import type { Path } from '../core/finding.ts';
import { isMap, listAt, mapAt, textAt } from '../core/json.ts';
import { references } from '../kinds/core/env-order.ts';
import { annotationOf, type KeySet } from '../kinds/kind.ts';
import type { Container, Pod } from '../kinds/pods.ts';
import { envFromVariables, variablesFrom } from './doubts.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A `${NAME}` or `$NAME` of a container's own variable, where no shell replaces it. */
interface ShellReference {
  readonly container: Container;
  readonly text: ExpandedText;
  readonly names: readonly string[];
}

/** Programs that are known to replace `${NAME}` in their settings by themselves. */
const EXPANDING = /^(SPRING|QUARKUS|MICRONAUT|MP|SMALLRYE|GF|FLUENT|LOGSTASH|CAMEL|PS\d)(_|$)/;

/** A program that is, or starts, a shell; what follows may be its script. */
const SHELL =
  /(^|\/)(ba|da|a|z|k|c|fi)?sh$|\.sh$|(^|\/)(env|envsubst|npm|npx|pnpm|yarn|make|just|task|busybox|entrypoint|docker-entrypoint)$/;

/**
 * The shell's references to a container's own variables in texts that no shell sees
 * (kubernetes.io/docs, "Define Dependent Environment Variables"). Silent where the manifests still
 * hold what Flux fills in: a reference to a variable that the container has not, or to itself.
 */
export function shellReferences(graph: SecretGraph): ShellReference[] {
  return graph.pods
    .filter(({ object }) => object.known?.pods?.isContainer !== true)
    .flatMap(({ containers }) => containers)
    .flatMap(container => referencesIn(graph, container));
}

function referencesIn(graph: SecretGraph, container: Container): ShellReference[] {
  const texts = expandedTexts(container).filter(({ text }) => text.includes('$'));
  if (texts.length === 0) return [];
  const own = new Set(container.env.map(({ name }) => name));
  for (const name of envFromVariables(graph, container).keys) own.add(name);
  const found = texts
    .map(text => ({ container, text, names: shellNames(text.text) }))
    .filter(({ text, names }) => names.length > 0 && !isExpanded(text, container));
  const isFilledIn = found.some(
    ({ text, names }) => text.text.includes('${') && !areOurs(text, names, own, container),
  );
  if (isFilledIn) return [];
  return found.filter(({ text, names }) => areOurs(text, names, own, container));
}

/** Whether all the names are variables of the container, and none the very variable it defines. */
function areOurs(
  { index }: ExpandedText,
  names: readonly string[],
  own: ReadonlySet<string>,
  { env }: Container,
): boolean {
  const self = index === undefined ? undefined : env[index]?.name;
  return names.every(name => own.has(name) && name !== self);
}

/** `${NAME}` and `$NAME`; `$$` and `$(…)` are Kubernetes' own. */
function shellNames(text: string): string[] {
  return [...text.matchAll(/\$\$|\$\{([A-Za-z_]\w*)\}|\$([A-Z_][A-Z0-9_]+)/g)].flatMap(
    ([, braced, bare]) => braced ?? bare ?? [],
  );
}

/** Whether something in the container may replace them after all. */
function isExpanded({ text, index }: ExpandedText, { env, spec }: Container): boolean {
  if (text.includes('\n') || /^\s*[{[]/.test(text)) return true;
  if (index !== undefined) return EXPANDING.test(env[index]?.name ?? '');
  const { command, args } = spec;
  const words = [command, args].flat().filter(word => typeof word === 'string');
  return startsShell(words) || (command === undefined && /\s/.test(text));
}

/** Whether the words of a command may be a shell's. */
export function startsShell(words: readonly string[]): boolean {
  return words.some(word => SHELL.test(word) || word === '-c');
}

/** A text of a container in which the kubelet replaces `$(NAME)`. */
interface ExpandedText {
  readonly text: string;
  readonly path: Path;
  /** Its place in env; absent for a word of the command or its arguments, which come after all. */
  readonly index?: number;
}

/** A `$(NAME)` that the kubelet leaves as it stands. */
export interface UnresolvedReference {
  readonly container: Container;
  readonly path: Path;
  readonly name: string;
  /** It is in the value of the very variable. */
  readonly isOwn: boolean;
  /** Where the variable is defined too late. */
  readonly definedAt?: Path;
  /** The variables that can be referred to here. */
  readonly known: () => readonly string[];
}

/** In a shell's words `$(date)` is a command; a variable's name is written in capitals. */
const IN_CAPITALS = /^[A-Z_][A-Z0-9_]*$/;

/**
 * Variables that no manifest defines: the kubelet's own, those of Services that exist before the
 * pod, those that the webhook for AWS identities adds, and the operator's in a collector.
 */
const INJECTED =
  /^KUBERNETES_(SERVICE_(HOST|PORT)|PORT)|_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)|^AWS_(REGION|DEFAULT_REGION|ROLE_ARN|WEB_IDENTITY_|STS_|CONTAINER_)/;

/** Texts of a container that may hold `$(NAME)`: of variables, the command, its arguments, parts of volumes. */
export function expandedTexts(container: Container): ExpandedText[] {
  const { env, path, spec } = container;
  return [
    ...env.flatMap(({ value, path: at }, index): ExpandedText[] =>
      value === undefined ? [] : [{ text: value, path: [...at, 'value'], index }],
    ),
    ...['command', 'args'].flatMap(field => wordsOf(spec, field, path)),
    ...listAt(spec, 'volumeMounts').flatMap((mount, index) => {
      const text = textAt(mount, 'subPathExpr');
      const at = [...path, 'volumeMounts', index, 'subPathExpr'];
      return text === undefined ? [] : [{ text, path: at }];
    }),
  ];
}

/** A collector's arguments are a map, those of a container a list. */
function wordsOf(spec: Container['spec'], field: string, path: Path): ExpandedText[] {
  const words = isMap(spec[field])
    ? Object.entries(mapAt(spec, field))
    : listAt(spec, field).map((word, index) => [index, word] as const);
  return words.flatMap(([at, text]) =>
    typeof text === 'string' ? [{ text, path: [...path, field, at] }] : [],
  );
}

/**
 * Each `$(NAME)` of which the kubelet keeps the text: it knows envFrom, and of env only what
 * stands earlier in the list; the command and its arguments know all (kubelet_pods.go,
 * makeEnvironmentVariables). What may come from elsewhere is left out.
 */
export function unresolvedReferences(graph: SecretGraph): UnresolvedReference[] {
  return graph.pods.flatMap(pod =>
    pod.containers.flatMap(container => {
      const texts = expandedTexts(container).filter(isReferring);
      if (texts.length === 0) return [];
      const scope = scopeOf(graph, pod, container);
      return texts.flatMap(text => unresolvedIn(text, scope));
    }),
  );
}

function isReferring({ text }: ExpandedText): boolean {
  return text.includes('$(') && !text.includes('{{');
}

/** What the references of a container may mean. */
interface Scope {
  readonly pod: Pod;
  readonly container: Container;
  readonly before: KeySet;
  /** Where each variable is defined first, by its name. */
  readonly places: ReadonlyMap<string, number>;
  /** The same by the name in lower case; what envFrom gives comes before all. */
  readonly alike: ReadonlyMap<string, number>;
}

function scopeOf(graph: SecretGraph, pod: Pod, container: Container): Scope {
  const before = envFromVariables(graph, container);
  const names = container.env.map(({ name }) => name);
  const alike = firstPlaces(names.map(name => name.toLowerCase()));
  for (const name of before.keys) alike.set(name.toLowerCase(), -1);
  for (const key of unprefixedKeys(graph, container)) alike.set(key.toLowerCase(), -1);
  return { pod, container, before, places: firstPlaces(names), alike };
}

/** Keys whose variables have a prefix, as they are without it. */
function unprefixedKeys(graph: SecretGraph, { object, envFrom }: Container): string[] {
  return envFrom
    .filter(({ prefix }) => prefix !== '')
    .flatMap(source => variablesFrom(graph, object.namespace, { ...source, prefix: '' }) ?? []);
}

function unresolvedIn(text: ExpandedText, scope: Scope): UnresolvedReference[] {
  const { container, before, places } = scope;
  const { path, index = Number.POSITIVE_INFINITY } = text;
  const isEarlier = (place: number | undefined): boolean => place !== undefined && place < index;
  const known = (): string[] => [
    ...new Set([...before.keys, ...[...places.keys()].filter(name => isEarlier(places.get(name)))]),
  ];
  const lost = [...new Set(references(text.text))].filter(
    name => !before.keys.has(name) && !isEarlier(places.get(name)),
  );
  return lost.flatMap((name): UnresolvedReference[] => {
    const place = places.get(name);
    const isOwn = place !== undefined && place === index;
    const reference = { container, path, name, known, isOwn };
    if (place !== undefined && !isOwn)
      return [{ definedAt: [...container.path, 'env', place, 'name'], ...reference }];
    const isAlike = isEarlier(scope.alike.get(name.toLowerCase()));
    const isSure = !before.isOpen && isMeant(name, text, isAlike) && !isInjected(name, scope.pod);
    return isSure ? [reference] : [];
  });
}

/** Where each name comes first. */
function firstPlaces(names: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [index, name] of names.entries()) if (!places.has(name)) places.set(name, index);
  return places;
}

/** In a script only capitals are surely a variable. */
function isMeant(name: string, { text }: ExpandedText, isAlike: boolean): boolean {
  return IN_CAPITALS.test(name) || (!text.includes('\n') && isAlike);
}

function isInjected(name: string, { object }: Pod): boolean {
  if (INJECTED.test(name)) return true;
  const given = object.known?.pods?.variables;
  if (given !== undefined) return given.includes(name);
  const path = ['spec', 'template', 'metadata', 'annotations'];
  const annotations = Object.keys(mapAt(object.json, ...path));
  const isInstrumented = annotations.some(key => key.startsWith('instrumentation.opentelemetry'));
  return (
    name.startsWith('OTEL_') &&
    (isInstrumented || annotationOf(object, 'sidecar.opentelemetry.io/inject') !== undefined)
  );
}
