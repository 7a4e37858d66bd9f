import type { JsonObject } from '../../ground/json.ts';
import { optional } from '../../ground/kube-object.ts';
import { plainName } from '../../ground/plain-name.ts';
import type { EnvVar, Mount, WorkloadModel } from '../model/model.ts';

/**
 * The pods of a workload: unless the spec omits it not root, no API token, no variables of Services (a
 * Service named phoenix would set PHOENIX_PORT; docs/facts/kubernetes.md#variables-of-services).
 */
export function podTemplate(workload: WorkloadModel, restartPolicy?: string): JsonObject {
  const { name, mounts, imagePullSecrets, selector, serviceAccount = name } = workload;
  return {
    metadata: { labels: selector },
    spec: {
      // Without a name it is the one named default.
      ...(serviceAccount !== 'default' && { serviceAccountName: serviceAccount }),
      ...(workload.isHardened && {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
      }),
      ...optional('restartPolicy', restartPolicy),
      ...(workload.isHardened && {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      }),
      ...(imagePullSecrets.length > 0 && {
        imagePullSecrets: imagePullSecrets.map(secret => ({ name: secret })),
      }),
      containers: [container(workload)],
      ...(mounts.length > 0 && {
        volumes: volumesOf(mounts).map(({ name: volume, volume: source }) => ({
          name: volume,
          ...source,
        })),
      }),
    },
  };
}

function container(workload: WorkloadModel): JsonObject {
  const { ports, envFrom, env, mounts } = workload;
  return {
    name: workload.name,
    image: workload.image ?? '',
    ...optional('command', workload.command),
    ...optional('args', workload.args),
    ...(ports.length > 0 && {
      ports: ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    }),
    ...(envFrom.length > 0 && { envFrom }),
    ...(env.length > 0 && { env: env.map(envJson) }),
    ...optional('resources', workload.resources),
    ...(workload.health !== undefined && probes(workload.health)),
    ...(workload.isHardened && {
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
    }),
    ...(mounts.length > 0 && {
      volumeMounts: volumesOf(mounts).map(({ path, name }) => ({
        name,
        mountPath: path,
        readOnly: true,
      })),
    }),
  };
}

/** A variable as a manifest has it. */
export function envJson({ name, value, valueFrom }: EnvVar): JsonObject {
  return { name, ...optional('value', value), ...optional('valueFrom', valueFrom) };
}

function probes(path: string): JsonObject {
  const probe = { httpGet: { path, port: 'http' } };
  return { readinessProbe: probe, livenessProbe: probe };
}

/** The mounts with the names of their volumes: `/etc/tls` is `etc-tls`, and a second one counts. */
function volumesOf(mounts: readonly Mount[]): (Mount & { readonly name: string })[] {
  const taken = new Map<string, number>();
  return mounts.map(mount => {
    const name = volumeName(mount.path);
    const count = (taken.get(name) ?? 0) + 1;
    taken.set(name, count);
    return { ...mount, name: count === 1 ? name : `${name}-${count}` };
  });
}

/** At most 60 letters, digits and dashes. */
export function volumeName(path: string): string {
  return plainName(path).slice(-60).replace(/^-/, '') || 'root';
}
