import { envFromVariables } from '../../graph/variables.ts';
import { expandedTexts } from '../../kinds/pods.ts';
import { error, type Rule } from '../rule.ts';

export const escapedVariable: Rule = error('escaped-variable', 'containers', (container, graph) => {
  const texts = expandedTexts(container).filter(({ text }) => text.includes('$$('));
  if (texts.length === 0) return undefined;
  const inEnv = new Set(container.env.map(({ name }) => name));
  const { keys } = envFromVariables(graph, container);
  return texts.flatMap(({ text, path }) =>
    [...new Set(escapedIn(text))]
      .filter(name => inEnv.has(name) || keys.has(name))
      .map(name => ({
        path,
        message: `$$(${name}) is not replaced: the container gets the text $(${name}), not the value of its variable`,
        hint: `Write $(${name}) with one dollar sign.`,
      })),
  );
});

function escapedIn(text: string): string[] {
  return [...text.matchAll(/(\${1,64})\(([-._a-zA-Z][-._a-zA-Z0-9]{0,252})\)/g)].flatMap(
    ([, dollars = '', name = '']) => (dollars.length % 2 === 0 ? [name] : []),
  );
}
