import fc from 'fast-check';
import type { KubeObject } from '../generator/core/kube-object.ts';

/** A correct set of manifests, and what breaks when one reference in it is another name. */
export interface World {
  readonly objects: readonly KubeObject[];
  readonly references: readonly Reference[];
}

/** A name in an object that must be that of something else. */
export interface Reference {
  /** The index of the object, and the way to the name in it. */
  readonly object: number;
  readonly path: readonly (string | number)[];
  /** The rule that finds it when it names nothing. */
  readonly rule: string;
}

const MAKERS = ['data', 'template', 'target', 'cnpg', 'plain'] as const;
const WORKLOADS = ['Deployment', 'StatefulSet', 'CronJob'] as const;
const READS = ['env', 'envFrom', 'volume', 'projected'] as const;

interface App {
  readonly maker: (typeof MAKERS)[number];
  readonly keys: number;
  readonly isClusterStore: boolean;
  readonly workload: (typeof WORKLOADS)[number];
  readonly reads: readonly (typeof READS)[number][];
  readonly namespace: number;
}

const app: fc.Arbitrary<App> = fc.record({
  maker: fc.constantFrom(...MAKERS),
  keys: fc.integer({ min: 1, max: 3 }),
  isClusterStore: fc.boolean(),
  workload: fc.constantFrom(...WORKLOADS),
  reads: fc.uniqueArray(fc.constantFrom(...READS), { minLength: 1 }),
  namespace: fc.integer({ min: 0, max: 1 }),
});

/** Sets in which each application has a Secret and a workload that reads it. */
export const correctManifests: fc.Arbitrary<World> = fc
  .array(app, { minLength: 1, maxLength: 6 })
  .map(apps => {
    const parts: World[] = [
      { objects: [store('ClusterSecretStore')], references: [] },
      { objects: [store('SecretStore', 0)], references: [] },
      { objects: [store('SecretStore', 1)], references: [] },
      ...apps.map(applicationOf),
    ];
    return parts.reduce(joined);
  });

function joined(a: World, b: World): World {
  const moved = b.references.map(ref => ({ ...ref, object: ref.object + a.objects.length }));
  return { objects: [...a.objects, ...b.objects], references: [...a.references, ...moved] };
}

function store(kind: 'ClusterSecretStore' | 'SecretStore', namespace?: number): KubeObject {
  const home = namespace === undefined ? {} : { namespace: `space-${namespace}-q` };
  return {
    apiVersion: 'external-secrets.io/v1',
    kind,
    metadata: { name: kind === 'SecretStore' ? 'own-0-q' : 'store-0-q', ...home },
    spec: { provider: { aws: { service: 'SecretsManager', region: 'eu-west-1' } } },
  };
}

function applicationOf(shape: App, index: number): World {
  const maker = makerOf(shape, `name-${index}-q`);
  return joined(maker, workloadOf(shape, `name-${index}-q`, maker.secret, maker.keys));
}

interface Made extends World {
  readonly secret: string;
  readonly keys: readonly string[];
}

function makerOf({ maker, keys: count, isClusterStore, namespace }: App, name: string): Made {
  const keys = Array.from({ length: count }, (_, index) => `KEY_${index}_Q`);
  const metadata = { name, namespace: `space-${namespace}-q` };
  if (maker === 'cnpg') {
    const spec = { instances: 3, storage: { size: '1Gi' } };
    const object = { apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', metadata, spec };
    const made = ['username', 'password', 'uri'].slice(0, count);
    return { objects: [object], references: [], secret: `${name}-app`, keys: made };
  }
  if (maker === 'plain') {
    const data = Object.fromEntries(keys.map(key => [key, 'eA==']));
    const object = { apiVersion: 'v1', kind: 'Secret', metadata, data };
    return { objects: [object], references: [], secret: name, keys };
  }
  const secret = maker === 'target' ? `target-${name}` : name;
  const made = maker === 'template' ? keys.map(key => `MADE_${key}`) : keys;
  const template = { data: Object.fromEntries(keys.map(key => [`MADE_${key}`, `{{ .${key} }}`])) };
  const target = {
    ...(maker === 'target' && { name: secret }),
    ...(maker === 'template' && { template }),
  };
  const object = {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata,
    spec: {
      secretStoreRef: isClusterStore
        ? { kind: 'ClusterSecretStore', name: 'store-0-q' }
        : { name: 'own-0-q' },
      target,
      data: keys.map(key => ({ secretKey: key, remoteRef: { key: `remote/${name}/${key}` } })),
    },
  };
  const references = [
    { object: 0, path: ['spec', 'secretStoreRef', 'name'], rule: 'unknown-store' },
  ];
  return { objects: [object], references, secret, keys: made };
}

/** A container and volumes that read a Secret, with the references in them, from the pod's spec. */
function workloadOf(
  { workload, reads, namespace }: App,
  name: string,
  secret: string,
  keys: readonly string[],
): World {
  const env = keys.map((key, index) => ({
    name: `VARIABLE_${index}`,
    valueFrom: { secretKeyRef: { name: secret, key } },
  }));
  const items = keys.map(key => ({ key, path: key }));
  const volumes = [
    { name: 'whole', secret: { secretName: secret, items } },
    { name: 'part', projected: { sources: [{ secret: { name: secret, items } }] } },
  ].filter((_, index) => reads.includes(index === 0 ? 'volume' : 'projected'));
  const container = {
    name: 'main',
    image: 'registry.example.com/main:1.0.0',
    ...(reads.includes('env') && { env }),
    ...(reads.includes('envFrom') && { envFrom: [{ secretRef: { name: secret } }] }),
    ...(volumes.length > 0 && {
      volumeMounts: volumes.map(volume => ({ name: volume.name, mountPath: `/${volume.name}` })),
    }),
  };
  const isCron = workload === 'CronJob';
  const pod = {
    ...(isCron && { restartPolicy: 'Never' }),
    containers: [container],
    ...(volumes.length > 0 && { volumes }),
  };
  const labels = { app: name };
  const template = { metadata: { labels }, spec: pod };
  const object: KubeObject = {
    apiVersion: isCron ? 'batch/v1' : 'apps/v1',
    kind: workload,
    metadata: {
      name,
      namespace: `space-${namespace}-q`,
      annotations: { 'reloader.stakater.com/auto': 'true' },
    },
    spec: isCron
      ? { schedule: '@daily', jobTemplate: { spec: { template: { spec: pod } } } }
      : {
          ...(workload === 'StatefulSet' && { serviceName: name }),
          selector: { matchLabels: labels },
          template,
        },
  };
  const path = isCron ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
  const service: KubeObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: `space-${namespace}-q` },
    spec: { clusterIP: 'None', selector: labels, ports: [{ port: 80 }] },
  };
  const references = namesIn(pod, [...path, 'spec']).map(found => ({ object: 0, ...found }));
  return { objects: [object, service], references };
}

/** Every name of a Secret and every key that a pod refers to. */
function namesIn(value: unknown, path: readonly (string | number)[]): Omit<Reference, 'object'>[] {
  if (typeof value !== 'object' || value === null) return [];
  const isRead = ['secretKeyRef', 'secretRef', 'secret'].includes(String(path.at(-1)));
  return Object.entries(value).flatMap(([name, child]) => {
    const at = [...path, Array.isArray(value) ? Number(name) : name];
    // With items each key is a read of its own: another name would be several findings.
    const isWhole =
      !Array.isArray(Reflect.get(value, 'items')) || Reflect.get(value, 'items').length < 2;
    if (isRead && isWhole && (name === 'name' || name === 'secretName'))
      return [{ path: at, rule: 'unknown-secret' }];
    if (name === 'key' && typeof child === 'string')
      return [{ path: at, rule: 'unknown-secret-key' }];
    return namesIn(child, at);
  });
}

/** The set with another name at a reference. */
export function broken({ objects }: World, { object, path }: Reference): KubeObject[] {
  return objects.map((own, index) => (index === object ? (changed(own, path) as KubeObject) : own));
}

function changed(value: unknown, [step, ...rest]: readonly (string | number)[]): unknown {
  if (step === undefined) return 'names-nothing';
  if (Array.isArray(value))
    return value.map((child, index) => (index === step ? changed(child, rest) : child));
  if (typeof value !== 'object' || value === null) throw new Error(`no ${step} here`);
  return { ...value, [step]: changed(Reflect.get(value, step), rest) };
}

/** The set with every name of ours changed, everywhere, in one way. */
export function renamed(objects: readonly KubeObject[]): KubeObject[] {
  const text = JSON.stringify(objects)
    .replaceAll(/(name|store|own|space)-(\d+)-q/g, (_, word, number) => `z${word}9${number}`)
    .replaceAll(/KEY_(\d+)_Q/g, (_, number) => `OTHER${number}`);
  return JSON.parse(text) as KubeObject[];
}
