import { join } from 'node:path';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { renderYaml } from '../../generator/yaml/write.ts';
import { type Command, compareCpu, type Row, rem } from './measure.ts';
import { textOf, withFolder } from './specs.ts';

/** Working out the policies for many entries of AWS. */
export function iam(): Row[] {
  const files = Object.fromEntries([1000, 10_000].map(size => [`${size}.yaml`, reads(size)]));
  return withFolder(files, folder => {
    const iamOf = (size: number): Command =>
      rem(undefined, 'iam', join(folder, `${size}.yaml`), '--kms-key', '1111');
    const { a, ratio } = compareCpu(iamOf(10_000), iamOf(1000), 5);
    return [
      ['10,000 reads: iam, CPU', a, 'seconds', 2],
      ['10,000 reads ÷ 1,000: iam, CPU', ratio, 'ratio', 11],
    ];
  });
}

/** So many entries, ten to an ExternalSecret, in subtrees of two hundred. */
function reads(size: number): string {
  const secrets = Array.from({ length: size / 10 }, (_, index) => externalSecret(index));
  return `${textOf('store')}---\n${renderYaml(secrets)}`;
}

function externalSecret(index: number): KubeObject {
  const path = `/shop/team-${Math.floor(index / 20)}/app-${index}`;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: `app-${index}`, namespace: 'shop' },
    spec: {
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'aws' },
      data: Array.from({ length: 10 }, (_, key) => ({
        secretKey: `key-${key}`,
        remoteRef: { key: `${path}/key-${key}` },
      })),
    },
  };
}
