/** A login, as CNPG wants it. */
export const BASIC_AUTH = 'kubernetes.io/basic-auth';

/** With it machines join the cluster: no application reads such a Secret. */
export const BOOTSTRAP_TOKEN = 'bootstrap.kubernetes.io/token';

/** The key of a registry login, by the type of the Secret: the kubelet takes it from no other. */
export const LOGIN_KEYS: ReadonlyMap<string, string> = new Map([
  ['kubernetes.io/dockerconfigjson', '.dockerconfigjson'],
  ['kubernetes.io/dockercfg', '.dockercfg'],
]);

/** The keys that the API server wants of a Secret of a type, any one of a group (Kubernetes, "Secrets"). */
const REQUIRED = new Map<string, readonly (readonly string[])[]>([
  ['kubernetes.io/tls', [['tls.crt'], ['tls.key']]],
  ['kubernetes.io/ssh-auth', [['ssh-privatekey']]],
  [BASIC_AUTH, [['username', 'password']]],
  ...[...LOGIN_KEYS].map(([type, key]) => [type, [[key]]] as const),
]);

/** The groups of keys of which a Secret of a type has none. */
export function lackingKeys(type: string, keys: ReadonlySet<string>): (readonly string[])[] {
  return (REQUIRED.get(type) ?? []).filter(group => !group.some(key => keys.has(key)));
}
