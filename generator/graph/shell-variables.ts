import type { Container } from '../kinds/pods.ts';
import { envFromVariables } from './env-from.ts';
import type { SecretGraph } from './secret-graph.ts';
import { type ExpandedText, expandedTexts } from './variables.ts';

/** A `${NAME}` or `$NAME` of a container's own variable, where no shell replaces it. */
export interface ShellReference {
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
