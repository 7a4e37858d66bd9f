import { isMap } from '../spec/merge-environment.ts';
import type { JsonObject } from '../spec/spec.ts';
import { type Item, listAt, mapAt, textAt } from './item.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A ServiceAccount that asks for Secrets of a namespace. */
export interface Subject {
  readonly name: string;
  readonly namespace: string;
}

/**
 * Whether a ServiceAccount may get a Secret of a namespace, by the bindings of the set. A ClusterRole
 * that is not in the set may allow anything; without any binding in the set nothing can be said.
 */
export function mayGetSecret(
  graph: SecretGraph,
  subject: Subject,
  namespace: string,
  secret: string,
): boolean {
  const roles = graph.byKind('RoleBinding').filter(item => item.namespace === namespace);
  const everywhere = graph.byKind('ClusterRoleBinding');
  if (isSilent(graph)) return true;
  return [...roles, ...everywhere]
    .filter(binding => bindsSubject(binding, subject))
    .some(binding => roleAllows(graph, binding, secret));
}

/** Manifests without any RBAC leave it to another repository. */
function isSilent({ byKind }: SecretGraph): boolean {
  const kinds = ['Role', 'RoleBinding', 'ClusterRoleBinding'];
  return kinds.every(kind => byKind(kind).length === 0);
}

function bindsSubject(binding: Item, { name, namespace }: Subject): boolean {
  return listAt(binding.object, 'subjects').some(subject => {
    if (!isMap(subject)) return false;
    if (subject['kind'] === 'Group') return isGroupOf(String(subject['name']), namespace);
    const home = textAt(subject, 'namespace') ?? binding.namespace;
    return subject['kind'] === 'ServiceAccount' && subject['name'] === name && home === namespace;
  });
}

function isGroupOf(group: string, namespace: string): boolean {
  return group === 'system:serviceaccounts' || group === `system:serviceaccounts:${namespace}`;
}

function roleAllows({ find }: SecretGraph, binding: Item, secret: string): boolean {
  const { kind, name } = mapAt(binding.object, 'roleRef');
  const home = kind === 'ClusterRole' ? '' : binding.namespace;
  const role = find(String(kind), home, String(name));
  if (role === undefined) return kind === 'ClusterRole';
  if (isMap(role.object['aggregationRule'])) return true;
  return listAt(role.object, 'rules').some(rule => isMap(rule) && ruleAllows(rule, secret));
}

function ruleAllows(rule: JsonObject, secret: string): boolean {
  const has = (field: string, value: string): boolean =>
    [value, '*'].some(wanted => listAt(rule, field).includes(wanted));
  const names = listAt(rule, 'resourceNames');
  const isNamed = names.length === 0 || names.includes(secret);
  return has('apiGroups', '') && has('resources', 'secrets') && has('verbs', 'get') && isNamed;
}
