import type { Live } from '../cluster.ts';

/** The keys of every Secret, by namespace and name. */
export type SecretKeys = ReadonlyMap<string, ReadonlySet<string>>;

/** What keeps a pod from starting, in the kubelet's words. */
export interface Want {
  readonly reason: 'CreateContainerConfigError' | 'FailedMount';
  readonly message: string;
}

interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean;
}

interface PodSpec {
  readonly containers: readonly {
    readonly env?: readonly { readonly valueFrom?: { readonly secretKeyRef?: KeyRef } }[];
    readonly envFrom?: readonly { readonly secretRef?: Omit<KeyRef, 'key'> }[];
  }[];
  readonly volumes?: readonly {
    readonly name: string;
    readonly secret?: {
      readonly secretName: string;
      readonly optional?: boolean;
      readonly items?: readonly { readonly key: string }[];
    };
  }[];
}

export function secretKeys(secrets: readonly Live[]): SecretKeys {
  return new Map(
    secrets.map(({ metadata: { namespace, name }, data }) => [
      `${namespace}/${name}`,
      new Set(Object.keys((data ?? {}) as object)),
    ]),
  );
}

/** The first Secret or key that a pod cannot start without (docs/facts/kubernetes.md#words-of-the-kubelet). */
export function wantOf({ metadata, spec }: Live, keys: SecretKeys): Want | undefined {
  const { containers, volumes = [] } = spec as unknown as PodSpec;
  const namespace = metadata.namespace ?? '';
  const mounts = volumes.flatMap(volume => mountWant(volume, namespace, keys) ?? []);
  const refs = containers.flatMap(({ env = [], envFrom = [] }) => [
    ...envFrom.flatMap(({ secretRef }) => secretRef ?? []),
    ...env.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef ?? []),
  ]);
  return mounts[0] ?? refs.flatMap(ref => variableWant(ref, namespace, keys) ?? [])[0];
}

function variableWant(ref: Partial<KeyRef>, namespace: string, keys: SecretKeys): Want | undefined {
  const { name = '', key, optional } = ref;
  if (optional === true) return undefined;
  const reason = 'CreateContainerConfigError';
  const found = keys.get(`${namespace}/${name}`);
  if (found === undefined) return { reason, message: `secret "${name}" not found` };
  return key === undefined || found.has(key)
    ? undefined
    : { reason, message: `couldn't find key ${key} in Secret ${namespace}/${name}` };
}

function mountWant(
  { name, secret }: NonNullable<PodSpec['volumes']>[number],
  namespace: string,
  keys: SecretKeys,
): Want | undefined {
  if (secret === undefined || secret.optional === true) return undefined;
  const failed = `MountVolume.SetUp failed for volume "${name}" : `;
  const found = keys.get(`${namespace}/${secret.secretName}`);
  const reason = 'FailedMount';
  if (found === undefined)
    return { reason, message: `${failed}secret "${secret.secretName}" not found` };
  const lost = secret.items?.find(({ key }) => !found.has(key));
  return lost === undefined
    ? undefined
    : { reason, message: `${failed}references non-existent secret key: ${lost.key}` };
}
