import type { SecretGraph } from '../../graph/secret-graph.ts';
import { envFromVariables } from '../../graph/variables.ts';
import { type Container, expandedTexts } from '../../kinds/pods.ts';
import { error, type Rule } from '../rule.ts';

export const escapedVariable: Rule = error('escaped-variable', function* (graph) {
  for (const container of graph.pods.flatMap(pod => pod.containers))
    for (const { path, name } of escapedReferences(graph, container))
      yield {
        object: container.object,
        path,
        message: `$$(${name}) is not replaced: the container gets the text $(${name}), not the value of its variable`,
        hint: `Write $(${name}) with one dollar sign.`,
      };
});

function escapedReferences(graph: SecretGraph, container: Container) {
  const texts = expandedTexts(container).filter(({ text }) => text.includes('$$('));
  if (texts.length === 0) return [];
  const inEnv = new Set(container.env.map(({ name }) => name));
  const { keys } = envFromVariables(graph, container);
  return texts.flatMap(({ text, path }) =>
    [...new Set(escapedIn(text))]
      .filter(name => inEnv.has(name) || keys.has(name))
      .map(name => ({ path, name })),
  );
}

function escapedIn(text: string): string[] {
  return [...text.matchAll(/(\${1,64})\(([-._a-zA-Z][-._a-zA-Z0-9]{0,252})\)/g)].flatMap(
    ([, dollars = '', name = '']) => (dollars.length % 2 === 0 ? [name] : []),
  );
}
