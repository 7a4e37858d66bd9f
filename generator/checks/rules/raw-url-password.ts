import type { Container } from '../../graph/pods.ts';
import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import type { Rule } from '../rule.ts';

export const rawUrlPassword: Rule = {
  id: 'raw-url-password',
  severity: 'warning',
  summary: 'A password in a URL is escaped.',

  *check(graph) {
    for (const container of graph.pods.flatMap(({ containers }) => containers)) {
      for (const { value, path, name } of container.env) {
        const [, used = ''] = /:\/\/[^\s/@]*:\$\(([^)]+)\)@/.exec(value ?? '') ?? [];
        if (used === '' || !isAnyPassword(graph, container, used)) continue;
        yield {
          item: container.item,
          path: [...path, 'value'],
          message: `"${name}" puts the password "${used}" into a URL as it is`,
          hint: 'Make the URL in the ExternalSecret, with {{ .password | urlquery | replace "+" "%20" }}.',
        };
      }
    }
  },
};

/** CNPG's own passwords need no escaping; those of others may hold any character. */
function isAnyPassword(graph: SecretGraph, { env, item }: Container, used: string): boolean {
  const source = env.find(({ name }) => name === used)?.secret;
  const node = source === undefined ? undefined : findSecret(graph, item.namespace, source.name);
  return node?.makers.some(maker => maker.item.kind !== 'Cluster') === true;
}
