import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { variablesFrom } from '../../graph/variables.ts';
import { clusterExternalSecret } from '../../kinds/eso/cluster-kinds.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { Container, EnvFromEntry } from '../../kinds/pods.ts';
import type { Rule, RuleFault } from '../rule.ts';

/** What a shell can read as `$NAME` (POSIX, "Environment Variables"). */
const SHELL_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names with dots are what some programs (Elasticsearch, Spring) want; a dash nobody wants. */
const DELIBERATE = /^[A-Za-z_][A-Za-z0-9_.]*$/;

export const variableName: Rule = {
  id: 'variable-name',
  severity: 'warning',
  summary: 'Each variable has a name that a shell can read.',

  *check(graph) {
    for (const { containers } of graph.pods) {
      for (const container of containers) {
        yield* ownNames(container);
        for (const source of container.envFrom) yield* keysAsNames(graph, container, source);
      }
    }
  },
};

function* ownNames({ object, env }: Container): Iterable<RuleFault> {
  for (const { name, path } of env) {
    if (name === '' || DELIBERATE.test(name)) continue;
    yield {
      object,
      path: [...path, 'name'],
      message: `no shell can read a variable with the name "${name}"`,
      hint: `Write "${shellName(name)}".`,
    };
  }
}

/** Whether people choose the names of the keys in what a kind makes. */
function isNamedByPeople(kind: Kind): boolean {
  const isSync = kind === externalSecret || kind === clusterExternalSecret;
  return isSync || kind.secrets?.valueSource !== undefined;
}

function* keysAsNames(
  graph: SecretGraph,
  { object }: Container,
  source: EnvFromEntry,
): Iterable<RuleFault> {
  const { secret, configMap, path } = source;
  const makers =
    secret === undefined ? [] : (findSecret(graph, object.namespace, secret)?.makers ?? []);
  // An operator gives its keys names of its own, such as jdbc-uri, and nobody can leave them out.
  if (makers.some(({ object: { known } }) => known !== undefined && !isNamedByPeople(known)))
    return;
  const names = variablesFrom(graph, object.namespace, source) ?? [];
  const odd = names.filter(name => !SHELL_NAME.test(name));
  if (odd.length === 0) return;
  const from = secret === undefined ? `ConfigMap "${configMap}"` : `Secret "${secret}"`;
  yield {
    object,
    path,
    message: `envFrom makes variables of ${from} that no shell can read: ${odd.map(name => `"${name}"`).join(', ')}`,
    hint: `Name the keys as variables are named, as in "${shellName(odd[0] ?? '').toUpperCase()}", or read them one by one with valueFrom.`,
    related: makers.map(maker => ({
      object: maker.object,
      path: maker.path,
      note: `${maker.object.kind} "${maker.object.name}" makes the keys`,
    })),
  };
}

function shellName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}
