import { without } from '../../ground/changed-value.ts';
import type { Path } from '../../ground/finding.ts';
import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import { asJson, type KubeObject } from '../../ground/kube-object.ts';
import { isFromCluster } from '../../ground/observed.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { copySourceOf } from '../copiers/copies.ts';
import type { Kind } from '../kind.ts';
import { isSharedWithSealed } from '../sealed-secrets/sealed-secret.ts';

const TOKEN = 'kubernetes.io/service-account-token';

export const coreSecret: Kind = {
  group: '',
  kind: 'Secret',
  served: { versions: ['v1'], since: 'Kubernetes 1.0' },
  hosts: 'none',
  isNoPlainText: true,
  holds: ([field]) => (field === 'data' ? 'secret' : undefined),
  secretFields: ['stringData'],
  mayHoldSymbols: () => true,

  /**
   * Of a hand-written Secret the names of its keys, and nothing else. One that was read from a cluster
   * may be what another object made there.
   */
  makes: ({ json, name }) => {
    const type = textAt(json, 'type');
    const written = [json['data'], json['stringData']].flatMap(values =>
      Object.keys(mapAt(values)),
    );
    const filled = type === TOKEN ? ['token', 'ca.crt', 'namespace'] : [];
    return [
      {
        secret: name,
        path: ['metadata', 'name'],
        keys: new Set([...written, ...filled]),
        isOpen: false,
        ...(type !== undefined && { type }),
        ...((isSharedWithSealed(json) || isFromCluster(json)) && { isShared: true }),
      },
    ];
  },

  secretAnnotations: () => ['metadata', 'annotations'],
  /** What a mirror is filled from. */
  reads: object => {
    const source = copySourceOf(object);
    return source === undefined ? [] : [{ ...source, isOptional: false, how: 'ref' }];
  },
  sourceOf: (object, key) => mapAt(object, 'data')[key],
  /** SOPS leaves what is not edited; all of several is another text where the key to it is another. */
  isEncryptedAnew: (before, after) => {
    const [was, is] = [before, after].map(one => encryptedValues(one));
    const keys = Object.keys(is ?? {});
    return keys.length > 1 && keys.every(key => was?.[key] !== undefined && is?.[key] !== was[key]);
  },
  form: object => without({ type: 'Opaque' }, withEncodedData(object)),
};

function encryptedValues(secret: KubeObject): JsonObject {
  const isEncrypted = isMap(asJson(secret)['sops']);
  return isEncrypted ? { ...mapAt(secret, 'data'), ...mapAt(secret, 'stringData') } : {};
}

/** `stringData` is written over `data` when the Secret is applied. */
function withEncodedData(object: JsonObject): JsonObject {
  const { stringData, ...rest } = object;
  if (!isMap(stringData)) return object;
  const encoded = Object.entries(stringData).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, data: { ...mapAt(rest['data']), ...Object.fromEntries(encoded) } };
}

/**
 * Where people wrote something else than a text under a key of a Secret; undefined: they wrote the text, or
 * nothing that can be read. The value itself goes no further.
 */
export function otherThan(object: KubeObject, key: string, text: string): Path | undefined {
  if (isMap(object['sops'])) return undefined;
  const plain = textAt(object, 'stringData', key);
  const encoded = textAt(object, 'data', key) ?? '';
  const value = plain ?? Buffer.from(encoded, 'base64').toString();
  if (value === '' || isUnresolved(value) || isUnresolved(encoded)) return undefined;
  return value.trim() === text ? undefined : [plain === undefined ? 'data' : 'stringData', key];
}

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
