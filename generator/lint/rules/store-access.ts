import type { Path } from '../../core/finding.ts';
import { groupBy, isMap, type JsonObject, listAt, mapAt, textAt } from '../../core/json.ts';
import { inNamespaceOrNone, isUnresolved } from '../../core/kube-object.ts';
import { nearest } from '../../core/names.ts';
import { type SecretGraph, type StoreRead, storeReads } from '../../graph/secret-graph.ts';
import { remoteRefOf } from '../../kinds/eso/external-secret-spec.ts';
import { isInCluster, remoteNamespaceOf } from '../../kinds/eso/stores.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import {
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  serviceAccount,
} from '../../kinds/kubernetes.ts';
import { absence, type Rule } from '../rule.ts';

export const storeAccess: Rule = absence('store-access', function* (graph) {
  const denialOf = secretAccess(graph);
  for (const [store, reads] of readsByStore(graph)) {
    const account = accountOf(store);
    if (account === undefined || isWithoutRbac(graph, account)) continue;
    const namespace = remoteNamespaceOf(store) ?? '';
    const denied = [...reads].flatMap(secret => {
      const denial = denialOf({ account, namespace, secret });
      return denial === undefined ? [] : [{ secret, denial }];
    });
    const [first] = denied;
    if (first === undefined) continue;
    const verb = verbFor(first);
    const names = denied.flatMap(({ secret }) => (secret === SEARCH ? [] : [`"${secret}"`]));
    const what = verb === 'list' ? 'list the Secrets' : `get the Secret ${names.join(', ')}`;
    const home = account.namespace === '' ? '' : ` of namespace "${account.namespace}"`;
    const { reason, object, path = [] } = first.denial;
    yield {
      object: store,
      path: ['spec', 'provider', 'kubernetes', 'auth', 'serviceAccount'],
      message: `ServiceAccount "${account.name}" may not ${what} in namespace "${namespace}": ${reason}`,
      hint: `Bind ServiceAccount "${account.name}"${home} to a Role of "${namespace}" with the verb ${verb} on secrets.`,
      ...(object !== undefined && { related: [{ object, path, note: 'what stands in the way' }] }),
    };
  }
});

/** Stands for the name of a Secret where all are listed. */
const SEARCH = '';

function verbFor({ secret }: Pick<SecretAccess, 'secret'>): string {
  return secret === SEARCH ? 'list' : 'get';
}

/** The account that a store signs in as. Undefined: a ClusterSecretStore without a namespace has many. */
function accountOf(store: PlacedObject): SecretAccess['account'] | undefined {
  const account = mapAt(specOf(store), 'provider', 'kubernetes', 'auth', 'serviceAccount');
  const name = textAt(account, 'name') ?? '';
  const namespace = store.knownKind?.isOfCluster ? textAt(account, 'namespace') : store.namespace;
  if (name === '' || namespace === undefined || isUnresolved(name + namespace)) return undefined;
  return { name, namespace };
}

function readsByStore(graph: SecretGraph): Map<PlacedObject, Set<string>> {
  const reads = [...storeReads(graph)].filter(([store]) => isInCluster(store));
  const keyOf = ({ entry }: StoreRead): string | undefined => {
    const isSearch = 'spec' in entry && isMap(entry.spec['find']);
    return remoteRefOf(entry)?.key ?? (isSearch ? SEARCH : undefined);
  };
  return new Map(
    reads.map(([store, all]) => {
      const keys = all.flatMap(read => keyOf(read) ?? []);
      return [store, new Set(keys.filter(key => !isUnresolved(key)))];
    }),
  );
}

interface SecretAccess {
  readonly account: { readonly name: string; readonly namespace: string };
  readonly namespace: string;
  readonly secret: string;
}

interface Denial {
  readonly reason: string;
  readonly object?: PlacedObject;
  readonly path?: Path;
}

/** Says why bindings deny an access; undefined: they allow it, or a ClusterRole that was not read may. */
function secretAccess(graph: SecretGraph): (access: SecretAccess) => Denial | undefined {
  const bindings = bindingsBySubject(graph);
  const roles = new Set(graph.byKind(clusterRole).map(({ name }) => name));
  return access => {
    const { account, namespace } = access;
    const bound = subjectsOf(account)
      .flatMap(subject => bindings.get(subject) ?? [])
      .filter(
        ({ kind, namespace: home }) => kind === clusterRoleBinding.kind || home === namespace,
      );
    const denials = bound.map(binding => denialOf(graph, roles, binding, access));
    if (denials.includes(undefined)) return undefined;
    return denials[0] ?? unbound(graph, bindings, access);
  };
}

/** Whether RBAC is written elsewhere: the set has none, and not the account either. */
function isWithoutRbac({ byKind, find }: SecretGraph, account: SecretAccess['account']): boolean {
  const kinds = [role, roleBinding, clusterRole, clusterRoleBinding];
  const object = find(serviceAccount, account.namespace, account.name);
  return object === undefined && kinds.every(kind => byKind(kind).length === 0);
}

function unbound(
  { byKind }: SecretGraph,
  bindings: ReadonlyMap<string, readonly PlacedObject[]>,
  { account, namespace }: SecretAccess,
): Denial {
  const [user = ''] = subjectsOf(account);
  const [elsewhere] = bindings.get(user) ?? [];
  if (elsewhere !== undefined)
    return {
      reason:
        elsewhere.namespace === ''
          ? `RoleBinding "${elsewhere.name}" has no namespace, and counts only in its own`
          : `RoleBinding "${elsewhere.name}" is ${inNamespaceOrNone(elsewhere.namespace)}, and counts only there`,
      object: elsewhere,
      path: ['metadata', 'namespace'],
    };
  const nearMiss = byKind(roleBinding).find(
    binding =>
      binding.namespace === namespace &&
      listAt(binding.json, 'subjects').some(subject => textAt(subject, 'name') === account.name),
  );
  if (nearMiss === undefined) return { reason: 'no binding names the account' };
  return {
    reason: `RoleBinding "${nearMiss.name}" names an account of another namespace`,
    object: nearMiss,
    path: ['subjects'],
  };
}

function bindingsBySubject({ byKind }: SecretGraph): Map<string, PlacedObject[]> {
  const bound = [...byKind(roleBinding), ...byKind(clusterRoleBinding)].flatMap(binding =>
    listAt(binding.json, 'subjects').map(subject => ({ binding, subject })),
  );
  const byId = groupBy(bound, ({ binding, subject }) => subjectId(subject, binding.namespace));
  return new Map([...byId].map(([id, all]) => [id, all.map(({ binding }) => binding)]));
}

function subjectId(subject: unknown, namespace: string): string {
  const name = textAt(subject, 'name') ?? '';
  if (textAt(subject, 'kind') !== serviceAccount.kind) return name;
  return `system:serviceaccount:${textAt(subject, 'namespace') ?? namespace}:${name}`;
}

/** An account as a user, then the groups it is in (Kubernetes, "Referring to subjects"). */
function subjectsOf({ name, namespace }: SecretAccess['account']): string[] {
  return [
    `system:serviceaccount:${namespace}:${name}`,
    `system:serviceaccounts:${namespace}`,
    'system:serviceaccounts',
    'system:authenticated',
  ];
}

/** ClusterRoles that every cluster has and that read no Secrets (Kubernetes, "User-facing roles"). */
const WITHOUT_SECRETS = new Set(['view', 'system:basic-user', 'system:discovery']);

function denialOf(
  { find }: SecretGraph,
  clusterRoles: ReadonlySet<string>,
  binding: PlacedObject,
  access: SecretAccess,
): Denial | undefined {
  const kind = textAt(binding.json, 'roleRef', 'kind') ?? '';
  const name = textAt(binding.json, 'roleRef', 'name') ?? '';
  const isOfCluster = kind === clusterRole.kind;
  const bound = isOfCluster ? find(clusterRole, '', name) : find(role, binding.namespace, name);
  const at = { object: binding, path: ['roleRef', 'name'] };
  const where = `${binding.kind} "${binding.name}"`;
  if (bound !== undefined) return refusalOf(bound, access);
  if (WITHOUT_SECRETS.has(name))
    return { reason: `ClusterRole "${name}" of ${where} reads no Secrets`, ...at };
  const isMeant =
    find(role, binding.namespace, name) !== undefined || nearest(name, clusterRoles) !== undefined;
  if (isOfCluster && !isMeant) return undefined;
  return { reason: `there is no ${kind} "${name}", which ${where} names`, ...at };
}

function refusalOf(role: PlacedObject, access: SecretAccess): Denial | undefined {
  const rules = listAt(role.json, 'rules').filter(isMap);
  const isAggregated = isMap(role.json['aggregationRule']);
  if (isAggregated || rules.some(rule => allows(rule, access))) return undefined;
  const rule = rules.find(isOnSecrets);
  const what =
    rule === undefined
      ? 'has no rule on secrets of the core group ""'
      : has(rule, 'verbs', verbFor(access))
        ? 'names other Secrets in resourceNames'
        : `lacks the verb ${verbFor(access)} on secrets`;
  return { reason: `${role.kind} "${role.name}" ${what}`, object: role, path: ['rules'] };
}

function allows(rule: JsonObject, access: SecretAccess): boolean {
  const names = listAt(rule, 'resourceNames');
  const isNamed = names.length === 0 || (access.secret !== SEARCH && names.includes(access.secret));
  return isOnSecrets(rule) && has(rule, 'verbs', verbFor(access)) && isNamed;
}

function isOnSecrets(rule: JsonObject): boolean {
  return has(rule, 'apiGroups', '') && has(rule, 'resources', 'secrets');
}

function has(rule: JsonObject, field: string, value: string): boolean {
  const values = listAt(rule, field);
  return values.includes(value) || values.includes('*');
}
