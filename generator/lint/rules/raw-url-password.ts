import { type PasswordOrigin, passwordOrigin, templateField, templates } from '../../graph/keys.ts';
import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { type Container, type EnvFromEntry, expandedTexts } from '../../kinds/pods.ts';
import { rawUrlPasswords } from '../../spec/model/secret-template.ts';
import { type Rule, warning } from '../rule.ts';

export const rawUrlPassword: Rule = warning('raw-url-password', function* (graph) {
  const origin = passwordOrigin(graph);
  for (const container of graph.containers) yield* inContainer(graph, origin, container);
  for (const template of templates(graph))
    for (const key of rawUrlPasswords(template.parsed.nodes))
      if (origin.ofFetched(template.secret, key))
        yield {
          object: template.object,
          ...templateField(template),
          message: `the template puts the key "${key}" into a URL as it is`,
          hint: `Write ${escapedKey(key)}.`,
        };
});

function escapedKey(key: string): string {
  const read = /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `index . "${key}"`;
  return `{{ ${read} | urlquery | replace "+" "%20" }}`;
}

const URL_PASSWORD = /:\/\/[^\s/@:]*:\$\(([^)]+)\)@/;

function* inContainer(graph: SecretGraph, origin: PasswordOrigin, container: Container) {
  for (const { text, path, index } of expandedTexts(container)) {
    const used = URL_PASSWORD.exec(text)?.[1];
    const source = used === undefined ? undefined : sourceOf(graph, container, used);
    if (source === undefined) continue;
    if (!origin.ofSecret(container.object.namespace, source.name, source.key)) continue;
    yield {
      object: container.object,
      path,
      message: `${index === undefined ? 'an argument' : `"${container.env[index]?.name}"`} puts the password "${used}" into a URL as it is`,
      hint: `Make the URL in the ExternalSecret, with ${escapedKey(source.key)}.`,
    };
  }
}

function sourceOf(graph: SecretGraph, { env, envFrom, object }: Container, used: string) {
  const variable = env.find(({ name }) => name === used);
  if (variable !== undefined) {
    const { name, key } = variable.secret ?? {};
    return name === undefined || key === undefined ? undefined : { name, key };
  }
  const hasKey = ({ secret, prefix }: EnvFromEntry): boolean =>
    used.startsWith(prefix) &&
    findSecret(graph, object.namespace, secret ?? '')?.keys.has(used.slice(prefix.length)) === true;
  const { secret, prefix = '' } = envFrom.find(hasKey) ?? {};
  return secret === undefined ? undefined : { name: secret, key: used.slice(prefix.length) };
}
