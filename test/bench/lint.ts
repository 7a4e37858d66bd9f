import { join } from 'node:path';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { kubeconformArguments } from '../../generator/validate/command.ts';
import { renderYaml } from '../../generator/yaml/write.ts';
import type { Command, Row } from './measure.ts';
import { compareCpu, peakMemoryOf, rem, root, settled, tool } from './measure.ts';
import { withFolder } from './specs.ts';

/** Checking the secret flow of many objects, against kubeconform, which checks each by itself. */
export function lint(): Row[] {
  const sizes = [500, 4000, 5000, 10_000];
  const files = Object.fromEntries(sizes.map(size => [`${size}.yaml`, manifests(size)]));
  return withFolder(files, folder => {
    const at = (size: number): string => join(folder, `${size}.yaml`);
    const lintOf = (size: number): Command => rem(undefined, 'lint', at(size));
    settled(lintOf(500));
    const flags = kubeconformArguments(join(root, 'schemas')).slice(0, -1);
    const validate = { argv: [tool('kubeconform'), ...flags, at(4000)] };
    const whole = compareCpu(lintOf(4000), validate, 5);
    const growth = compareCpu(lintOf(5000), lintOf(500), 5);
    const what = '4,000 objects';
    return [
      [`${what}: lint ÷ kubeconform -strict, CPU`, whole.ratio, 'ratio', 1],
      [`${what}: lint, CPU`, whole.a, 'seconds'],
      [`${what}: kubeconform -strict, CPU`, whole.b, 'seconds'],
      ['5,000 objects ÷ 500: lint, CPU', growth.ratio, 'ratio', 11],
      ['10,000 objects: lint, peak memory', peakMemoryOf(lintOf(10_000)), 'MB', 600],
    ];
  });
}

/** A correct set of so many objects: a quarter each of what makes, reads and serves. */
function manifests(size: number): string {
  const objects = Array.from({ length: size / 4 }, (_, index) => application(`app-${index}`));
  return renderYaml([store, ...objects.flat()]);
}

const KEYS = ['username', 'password', 'host', 'token', 'client-secret'];
const namespace = 'shop';

const store: KubeObject = {
  apiVersion: 'external-secrets.io/v1',
  kind: 'ClusterSecretStore',
  metadata: { name: 'aws' },
  spec: { provider: { aws: { service: 'SecretsManager', region: 'eu-west-1' } } },
};

function application(name: string): KubeObject[] {
  const metadata = { name, namespace };
  return [
    {
      apiVersion: 'external-secrets.io/v1',
      kind: 'ExternalSecret',
      metadata,
      spec: {
        refreshInterval: '1h',
        secretStoreRef: { kind: 'ClusterSecretStore', name: 'aws' },
        target: { name, creationPolicy: 'Owner' },
        data: KEYS.map(key => ({
          secretKey: key,
          remoteRef: { key: `shop/${name}`, property: key },
        })),
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { ...metadata, annotations: { 'reloader.stakater.com/auto': 'true' } },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: name } },
        template: {
          metadata: { labels: { app: name } },
          spec: {
            serviceAccountName: name,
            containers: [
              {
                name: 'main',
                image: `registry.example.com/${name}:1.0.0`,
                ports: [{ name: 'http', containerPort: 8080 }],
                env: KEYS.map(key => ({
                  name: key.toUpperCase().replace('-', '_'),
                  valueFrom: { secretKeyRef: { name, key } },
                })),
                resources: { requests: { cpu: '100m', memory: '128Mi' } },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
  ];
}
