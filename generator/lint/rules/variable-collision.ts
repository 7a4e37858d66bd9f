import type { SecretGraph } from '../../graph/secret-graph.ts';
import { variablesFrom } from '../../graph/variables.ts';
import type { Container, EnvFromEntry } from '../../kinds/pods.ts';
import type { Rule, RuleFault } from '../rule.ts';

export const variableCollision: Rule = {
  id: 'variable-collision',
  severity: 'warning',
  summary: 'No two sources of envFrom give the same variable.',

  *check(graph) {
    for (const container of graph.pods.flatMap(pod => pod.containers))
      if (container.envFrom.length > 1) yield* collisions(graph, container);
  },
};

function* collisions(graph: SecretGraph, container: Container): Iterable<RuleFault> {
  const { object, env, envFrom } = container;
  const inEnv = new Set(env.map(({ name }) => name));
  const sources = new Map<string, EnvFromEntry>();
  for (const source of envFrom) {
    const lost = new Map<EnvFromEntry, string[]>();
    for (const name of variablesFrom(graph, object.namespace, source) ?? []) {
      const before = sources.get(name);
      sources.set(name, source);
      if (before === undefined || inEnv.has(name) || isMeant(before, source)) continue;
      lost.set(before, [...(lost.get(before) ?? []), name]);
    }
    for (const [before, names] of lost) yield collision(container, before, source, names);
  }
}

/** Whether a collision may be meant: a Secret replaces defaults of a ConfigMap, or a source is listed twice. */
function isMeant(before: EnvFromEntry, source: EnvFromEntry): boolean {
  const isSame = before.secret === source.secret && before.configMap === source.configMap;
  return isSame || (before.configMap !== undefined && source.secret !== undefined);
}

function collision(
  { object, name: container }: Container,
  before: EnvFromEntry,
  source: EnvFromEntry,
  names: readonly string[],
): RuleFault {
  const variables = names.map(name => `"${name}"`).join(', ');
  return {
    object,
    path: source.prefix === '' ? source.path : [...source.path, 'prefix'],
    message: `${nameOf(source)} replaces ${variables} of ${nameOf(before)} in container "${container}"`,
    hint: 'Give each source a prefix of its own, or read single keys with valueFrom.secretKeyRef.',
    related: [{ object, path: before.path, note: `${nameOf(before)} gives it first` }],
  };
}

function nameOf({ secret, configMap }: EnvFromEntry): string {
  return secret === undefined ? `ConfigMap "${configMap}"` : `Secret "${secret}"`;
}
