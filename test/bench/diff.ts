import { join } from 'node:path';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { storedForm } from '../../generator/spec/objects/patches.ts';
import { renderYaml } from '../../generator/yaml/write.ts';
import type { Row } from './measure.ts';
import { commitAll, compare, compareCpu, cpuOf, outputOf, rem, settled, tool } from './measure.ts';
import { applications, withFolder } from './specs.ts';

/** Comparing two sets, against dyff, which knows nothing of what they mean; and two revisions. */
export function diff(): Row[] {
  return [...againstDyff(), ...revisions()];
}

const COUNT = 1000;
const KEYS = ['url', 'username', 'password', 'api-key', 'signing-key'];

function againstDyff(): Row[] {
  const files = {
    'base.yaml': externalSecrets('v1', () => 0),
    'some.yaml': externalSecrets('v1', index => (index % 100 < 26 ? 1 + (index % 3) : 0)),
    'old.yaml': externalSecrets('v1beta1', () => 0),
  };
  return withFolder(files, folder => [
    ...rows(folder, ['base.yaml', 'some.yaml'], '26 % changed', 1),
    ...rows(folder, ['old.yaml', 'base.yaml'], 'every apiVersion changed', 0.14),
  ]);
}

function rows(
  folder: string,
  files: readonly [base: string, head: string],
  change: string,
  goal: number,
): Row[] {
  const [base, other] = [join(folder, files[0]), join(folder, files[1])];
  const ours = settled(rem(undefined, 'diff', '--base', base, '--head', other));
  const theirs = { argv: [tool('dyff'), 'between', base, other] };
  const { ratio, a, b } = compareCpu(ours, theirs, 9);
  const what = `1,000 ExternalSecrets, ${change}`;
  return [
    [`${what}: diff ÷ dyff, CPU`, ratio, 'ratio', goal],
    [`${what}: diff, CPU`, a, 'seconds'],
    [`${what}: dyff, CPU`, b, 'seconds'],
  ];
}

/** As the generator writes them; `change` says what is different about one: path, interval or key. */
function externalSecrets(version: string, change: (index: number) => number): string {
  const all = Array.from({ length: COUNT }, (_, index) =>
    storedForm(externalSecret(`app-${index}`, version, change(index))),
  );
  return renderYaml(all);
}

function externalSecret(name: string, version: string, change: number): KubeObject {
  const keys = change === 3 ? [...KEYS, 'token'] : KEYS;
  return {
    apiVersion: `external-secrets.io/${version}`,
    kind: 'ExternalSecret',
    metadata: { name, namespace: 'shop', labels: { 'app.kubernetes.io/name': name } },
    spec: {
      refreshInterval: change === 2 ? '30m' : '1h',
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'aws' },
      target: { name, template: { metadata: {} } },
      data: keys.map(secretKey => ({
        secretKey,
        remoteRef: { key: `/team/${name}${change === 1 ? '-v2' : ''}/${secretKey}` },
      })),
    },
  };
}

/** Two environments of 200 objects, of two commits, against the builds that this contains. */
function revisions(): Row[] {
  const spec = `${applications(66)}  environments: { dev: {}, prod: {} }\n`;
  return withFolder({ 'rem-secrets.yaml': spec }, cwd => {
    for (const change of ['', 's/:1\\.0/:1.1/']) {
      outputOf({ argv: ['sed', '-i', change, 'rem-secrets.yaml'], cwd });
      outputOf(rem(cwd, 'expand'));
      commitAll(cwd);
    }
    const review = rem(cwd, 'diff', '--base', 'HEAD~1', '--head', 'HEAD');
    const builds = ['dev', 'prod'].map(name => ({
      argv: [tool('kustomize'), 'build', `overlays/${name}`],
      cwd,
    }));
    const { ratio, a, b } = compare(
      () => cpuOf(review),
      () => 2 * builds.map(cpuOf).reduce((sum, time) => sum + time, 0),
      7,
    );
    const what = '2 environments × 200 objects, 2 revisions';
    return [
      [`${what}: diff ÷ its kustomize builds, CPU`, ratio, 'ratio', 0.9],
      [`${what}: diff, CPU`, a, 'seconds'],
      [`${what}: kustomize builds, CPU`, b, 'seconds'],
    ];
  });
}
