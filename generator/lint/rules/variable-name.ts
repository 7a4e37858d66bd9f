import { oncePer } from '../../core/once.ts';
import type { Maker, SecretGraph } from '../../graph/secret-graph.ts';
import { findSecret, relatedField } from '../../graph/secret-graph.ts';
import { envFromOf } from '../../graph/variables.ts';
import { clusterExternalSecret, externalSecret } from '../../kinds/eso/external-secret.ts';
import type { Container, EnvFromEntry } from '../../kinds/pods.ts';
import { shortened } from '../../report/text.ts';
import { type Rule, warning } from '../rule.ts';

/** What a shell can read as `$NAME` (POSIX, "Environment Variables"). */
const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Some programs (Elasticsearch, Spring) want names with dots. Nobody wants a dash. */
const DELIBERATE = /^[A-Za-z_][A-Za-z0-9_.]*$/;

export const variableName: Rule = warning('variable-name', 'containers', unreadableNames);

function* unreadableNames(container: Container, graph: SecretGraph) {
  yield* namesOfEnv(container);
  const { sources } = envFromOf(graph, container);
  for (const [index, source] of container.envFrom.entries())
    yield* keysAsNames(graph, container, source, sources[index] ?? []);
}

function* namesOfEnv({ env }: Container) {
  for (const { name, path } of env) {
    if (name === '' || DELIBERATE.test(name)) continue;
    yield {
      path: [...path, 'name'],
      message: `no shell can read a variable with the name "${name}"`,
      hint: `Write "${shellName(name)}".`,
    };
  }
}

function isNamedByPeople({ object: { knownKind: kind } }: Maker): boolean {
  const isSync = kind === externalSecret || kind === clusterExternalSecret;
  return kind === undefined || isSync || kind.secrets?.valueSource !== undefined;
}

function* keysAsNames(
  graph: SecretGraph,
  { object }: Container,
  source: EnvFromEntry,
  variables: readonly string[],
) {
  const { secret, configMap, path } = source;
  const makers = findSecret(graph, object.namespace, secret ?? '')?.makers ?? [];
  const names = oddNames(variables);
  // An operator gives its keys names of its own, such as jdbc-uri, and nobody can leave them out.
  if (names.length === 0 || !makers.every(isNamedByPeople)) return;
  const from = secret === undefined ? `ConfigMap "${configMap}"` : `Secret "${secret}"`;
  yield {
    path,
    message: `envFrom makes variables of ${from} that no shell can read: ${shortened(names.map(name => `"${name}"`)).join(', ')}`,
    hint: `Name the keys as variables are named, as in "${shellName(names[0] ?? '').toUpperCase()}", or read them one by one with valueFrom.`,
    related: makers.map(maker => relatedField(maker, 'makes the keys')),
  };
}

const oddNames = oncePer((all: readonly string[]) => all.filter(name => !SHELL_NAME.test(name)));

function shellName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}
