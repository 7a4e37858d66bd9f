import type { SecretGraph } from '../../graph/secret-graph.ts';
import { envFromVariables } from '../../graph/variables.ts';
import { type Container, type ExpandedText, expandedTexts } from '../../kinds/pods.ts';
import { error, type Rule } from '../rule.ts';
import { startsShell } from './unknown-variable.ts';

/** References in the shell's form that no shell sees (kubernetes.io/docs, "Define Dependent Environment Variables"); not where Flux may fill `${NAME}` in. */
export const shellVariable: Rule = error('shell-variable', 'containers', (container, graph) =>
  referencesIn(graph, container).map(({ text, path, names: [name = '', ...names] }) => ({
    path,
    message: `Kubernetes does not replace $${text.includes(`\${${name}}`) ? `{${name}}` : name}: container "${container.name}" gets the text`,
    hint: `Write ${[...new Set([name, ...names])].map(each => `$(${each})`).join(', ')}, after the variables in the list.`,
  })),
);

function referencesIn(graph: SecretGraph, container: Container) {
  if (container.object.knownKind?.pods?.isContainer === true) return [];
  const texts = expandedTexts(container).filter(({ text }) => text.includes('$'));
  const defined = new Set(container.env.map(({ name }) => name));
  const { keys } = envFromVariables(graph, container);
  const found = texts
    .map(text => ({ ...text, names: shellNames(text.text) }))
    .filter(reference => reference.names.length > 0 && !isExpanded(reference, container))
    // A reference in the value of the very variable is none to it.
    .map(({ index = -1, names, ...text }) => {
      const variable = container.env[index]?.name;
      const isDefined = names.every(
        name => name !== variable && (defined.has(name) || keys.has(name)),
      );
      return { ...text, names, isDefined };
    });
  const isFilledIn = found.some(({ text, isDefined }) => text.includes('${') && !isDefined);
  return isFilledIn ? [] : found.filter(({ isDefined }) => isDefined);
}

/** The names in `${NAME}` and `$NAME`; `$$` and `$(…)` mean something to Kubernetes. */
function shellNames(text: string): string[] {
  return [...text.matchAll(/\$\$|\$\{([A-Za-z_]\w*)\}|\$([A-Z_][A-Z0-9_]+)/g)].flatMap(
    ([, braced, bare]) => braced ?? bare ?? [],
  );
}

function isExpanded({ text, index }: ExpandedText, { env, spec }: Container): boolean {
  if (text.includes('\n') || /^\s*[{[]/.test(text)) return true;
  if (index !== undefined) return EXPANDING.test(env[index]?.name ?? '');
  const { command, args } = spec;
  const words = [command, args].flat().filter(word => typeof word === 'string');
  return startsShell(words) || (command === undefined && /\s/.test(text));
}

/** Programs that are known to replace `${NAME}` in their settings by themselves. */
const EXPANDING = /^(SPRING|QUARKUS|MICRONAUT|MP|SMALLRYE|GF|FLUENT|LOGSTASH|CAMEL|PS\d)(_|$)/;
