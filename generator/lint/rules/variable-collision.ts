import { oncePer } from '../../core/once.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { type EnvFrom, envFromOf } from '../../graph/variables.ts';
import type { Container, EnvFromEntry } from '../../kinds/pods.ts';
import { type Rule, warning } from '../rule.ts';

export const variableCollision: Rule = warning('variable-collision', 'containers', collisions);

function* collisions(container: Container, graph: SecretGraph) {
  const { object, name, env, envFrom } = container;
  if (envFrom.length < 2) return;
  const inEnv = new Set(env.map(variable => variable.name));
  for (const { before, source, names } of replacedIn(envFromOf(graph, container))) {
    const variables = listed(names, inEnv);
    const [first, second] = [envFrom[before], envFrom[source]];
    if (variables === '' || first === undefined || second === undefined) continue;
    yield {
      path: second.prefix === '' ? second.path : [...second.path, 'prefix'],
      message: `${nameOf(second)} replaces ${variables} of ${nameOf(first)} in container "${name}"`,
      hint: 'Give each source a prefix of its own, or read single keys with valueFrom.secretKeyRef.',
      related: [{ object, path: first.path, note: `${nameOf(first)} gives it first` }],
    };
  }
}

const SHOWN = 8;

function listed(names: ReadonlySet<string>, inEnv: ReadonlySet<string>): string {
  const shown: string[] = [];
  for (const name of names) {
    if (!inEnv.has(name)) shown.push(`"${name}"`);
    if (shown.length === SHOWN) break;
  }
  const count = names.size - [...inEnv].filter(name => names.has(name)).length;
  const more = count - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

const replacedIn = oncePer(({ entries, sources }: EnvFrom) => {
  const givenBy = new Map<string, number>();
  return entries.flatMap((entry, source) => {
    const lost = new Map<number, Set<string>>();
    for (const name of sources[source] ?? []) {
      const before = givenBy.get(name);
      givenBy.set(name, source);
      const earlier = before === undefined ? undefined : entries[before];
      if (before === undefined || earlier === undefined || isMeant(earlier, entry)) continue;
      lost.set(before, (lost.get(before) ?? new Set()).add(name));
    }
    return [...lost].map(([before, names]) => ({ before, source, names }));
  });
});

/** Whether a collision may be meant: a Secret replaces defaults of a ConfigMap, or a source is listed twice. */
function isMeant(before: EnvFromEntry, source: EnvFromEntry): boolean {
  const isSame = before.secret === source.secret && before.configMap === source.configMap;
  return isSame || (before.configMap !== undefined && source.secret !== undefined);
}

function nameOf({ secret, configMap }: EnvFromEntry): string {
  return secret === undefined ? `ConfigMap "${configMap}"` : `Secret "${secret}"`;
}
