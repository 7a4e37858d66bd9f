import type { JsonObject } from '../../core/json.ts';
import { groupBy, isMap, listAt, mapAt, textAt, textsUnder } from '../../core/json.ts';
import { inNamespaceOrNone, isUnresolved } from '../../core/kube-object.ts';
import { nearest } from '../../core/names.ts';
import { namesIn, type SecretGraph, type StoreRead, storeReads } from '../../graph/secret-graph.ts';
import { isInCluster, remoteNamespaceOf } from '../../kinds/eso/stores.ts';
import { type ObjectField, type PlacedObject, specOf } from '../../kinds/kind.ts';
import {
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  serviceAccount,
} from '../../kinds/kubernetes.ts';
import { absence, type Rule } from '../rule.ts';

export const storeAccess: Rule = absence('store-access', function* (graph) {
  const bindings = bindingsBySubject(graph);
  for (const [store, reads] of storeReads(graph)) {
    const account = accountOf(store);
    if (account === undefined || isWithoutRbac(graph, account)) continue;
    const namespace = remoteNamespaceOf(store) ?? '';
    const denied = [...new Set(reads.flatMap(secretOf))].flatMap(secret => {
      const denial = whyDenied(graph, bindings, { account, namespace, secret });
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
      ...(object !== undefined && { related: [{ object, path, note: 'this denies it' }] }),
    };
  }
});

/** Stands for the name of a Secret where all are listed. */
const SEARCH = '';

function verbFor({ secret }: Pick<SecretAccess, 'secret'>): string {
  return secret === SEARCH ? 'list' : 'get';
}

/** The account that a store of this cluster signs in as. Undefined: a ClusterSecretStore without a namespace has many. */
function accountOf(store: PlacedObject): SecretAccess['account'] | undefined {
  const account = mapAt(specOf(store), 'provider', 'kubernetes', 'auth', 'serviceAccount');
  const name = textAt(account, 'name') ?? '';
  const namespace = store.knownKind?.isOfCluster ? textAt(account, 'namespace') : store.namespace;
  if (name === '' || namespace === undefined || isUnresolved(name + namespace)) return undefined;
  return isInCluster(store) ? { name, namespace } : undefined;
}

/** The Secret that an entry asks for, if its name is known. */
function secretOf({ entry: { ref, find } }: StoreRead): string[] {
  const key = ref?.key ?? (find && SEARCH);
  return key === undefined || isUnresolved(key) ? [] : [key];
}

interface SecretAccess {
  readonly account: { readonly name: string; readonly namespace: string };
  readonly namespace: string;
  readonly secret: string;
}

type Denial = Partial<ObjectField> & { readonly reason: string };

type Bindings = ReadonlyMap<string, readonly PlacedObject[]>;

/** Why bindings deny an access; undefined: they allow it, or a ClusterRole that was not read may allow it. */
function whyDenied(graph: SecretGraph, bindings: Bindings, access: SecretAccess) {
  const denials = subjectsOf(access.account)
    .flatMap(subject => bindings.get(subject) ?? [])
    .filter(
      ({ kind, namespace }) => kind === clusterRoleBinding.kind || namespace === access.namespace,
    )
    .map(binding => denialOf(graph, binding, access));
  if (denials.includes(undefined)) return undefined;
  return denials[0] ?? unbound(graph, bindings, access);
}

/** Whether RBAC is written elsewhere: the set has none, and not the account either. */
function isWithoutRbac({ byKind, find }: SecretGraph, account: SecretAccess['account']): boolean {
  const kinds = [role, roleBinding, clusterRole, clusterRoleBinding];
  const object = find(serviceAccount, account.namespace, account.name);
  return object === undefined && kinds.every(kind => byKind(kind).length === 0);
}

function unbound({ byKind }: SecretGraph, bindings: Bindings, access: SecretAccess): Denial {
  const { account, namespace } = access;
  const [user = ''] = subjectsOf(account);
  const [elsewhere] = bindings.get(user) ?? [];
  if (elsewhere !== undefined) {
    const state =
      elsewhere.namespace === ''
        ? 'has no namespace, and counts only in its own'
        : `is ${inNamespaceOrNone(elsewhere.namespace)}, and counts only there`;
    const reason = `RoleBinding "${elsewhere.name}" ${state}`;
    return { reason, object: elsewhere, path: ['metadata', 'namespace'] };
  }
  const nearMiss = byKind(roleBinding).find(
    binding =>
      binding.namespace === namespace &&
      listAt(binding.json, 'subjects').some(subject => textAt(subject, 'name') === account.name),
  );
  if (nearMiss === undefined) return { reason: 'no binding names the account' };
  const reason = `RoleBinding "${nearMiss.name}" names an account of another namespace`;
  return { reason, object: nearMiss, path: ['subjects'] };
}

function bindingsBySubject({ byKind }: SecretGraph): Bindings {
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

function denialOf(graph: SecretGraph, binding: PlacedObject, access: SecretAccess) {
  const [kind = '', name = ''] = textsUnder(binding.json['roleRef'], 'kind', 'name');
  const isOfCluster = kind === clusterRole.kind;
  const inNamespace = graph.find(role, binding.namespace, name);
  const bound = isOfCluster ? graph.find(clusterRole, '', name) : inNamespace;
  const at = { object: binding, path: ['roleRef', 'name'] };
  const where = `${binding.kind} "${binding.name}"`;
  if (bound !== undefined) return refusalOf(bound, access);
  if (WITHOUT_SECRETS.has(name))
    return { reason: `ClusterRole "${name}" of ${where} reads no Secrets`, ...at };
  const meant = inNamespace ?? nearest(name, namesIn(graph, clusterRole, ''));
  if (isOfCluster && meant === undefined) return undefined;
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
