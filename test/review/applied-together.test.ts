import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { configMap, fluxKustomization } from '../manifests.ts';

const secret = (name: string, target: string): string => `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: ${name}, namespace: shop }
spec:
  secretStoreRef: { name: vault, kind: ClusterSecretStore }
  target: { name: ${target} }
  data: [{ secretKey: password, remoteRef: { key: shop } }]
`;

const reader = (target: string): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web:1, envFrom: [{ secretRef: { name: ${target} } }] }] }
`;

const claim = (annotations: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: web, namespace: shop${annotations} }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 1Gi } }
`;

type Side = Readonly<Record<string, string>>;

interface ShownRisk {
  readonly rule: string;
  readonly level: string;
  readonly outcome: string | null;
}

async function risksOf(base: Side, head: Side): Promise<readonly ShownRisk[]> {
  const under = (side: string, files: Side): [string, string][] =>
    Object.entries(files).map(([path, text]) => [`${side}/${path}`, text]);
  const folder = folderOf([...under('base', base), ...under('head', head)]);
  const { stdout } = await runMain(folder, '--format json diff --base base --head head');
  return (JSON.parse(stdout) as { risks: ShownRisk[] }).risks;
}

async function levels(base: Side, head: Side): Promise<string[]> {
  return (await risksOf(base, head)).map(({ rule, level }) => `${level} ${rule}`);
}

const RENAMED = ['target-renamed', 'external-secret-removed'];

test.for([
  ['a', 'a', 'warn'],
  ['a', 'b', 'high'],
] as const)('a Secret of %s is renamed with a reader of %s: %s', async ([makes, reads, level]) => {
  const side = (name: string, target: string): Side => ({
    'clusters/a.yaml': fluxKustomization('a'),
    'clusters/b.yaml': fluxKustomization('b'),
    'apps/a/settings.yaml': configMap('a'),
    'apps/b/settings.yaml': configMap('b'),
    [`apps/${makes}/secret.yaml`]: secret(name, target),
    [`apps/${reads}/web.yaml`]: reader(target),
  });
  const ofRename = (found: string[]): string[] =>
    found.filter(text => RENAMED.some(rule => text.endsWith(rule)));
  const base = side('web', 'old');
  expect(ofRename(await levels(base, side('web', 'new')))).toEqual([`${level} target-renamed`]);
  expect(ofRename(await levels(base, side('shop-web', 'new')))).toEqual([
    `${level} external-secret-removed`,
  ]);
});

test('what Flux leaves does not go with its Kustomization', async () => {
  const base = (annotations: string, others: Side = {}): Side => ({
    'clusters/a.yaml': fluxKustomization('a'),
    'clusters/b.yaml': fluxKustomization('b'),
    'apps/a/claim.yaml': claim(annotations),
    'apps/b/web.yaml': reader('other'),
    ...others,
  });
  const head: Side = {
    'clusters/b.yaml': fluxKustomization('b'),
    'apps/b/web.yaml': reader('other'),
  };
  const kept = ', annotations: { kustomize.toolkit.fluxcd.io/prune: disabled }';
  const ofRemoval = (found: string[]): string[] =>
    found.filter(text => text.endsWith('flux-kustomization-removed'));
  expect(ofRemoval(await levels(base(''), head))).toEqual(['high flux-kustomization-removed']);
  expect(ofRemoval(await levels(base(kept), head))).toEqual([]);
  expect(
    ofRemoval(await levels(base(kept, { 'apps/a/web.yaml': secret('web', 'web') }), head)),
  ).toEqual(['warn flux-kustomization-removed']);
});

test('a Kustomization that no longer lists itself takes with it what the others apply', async () => {
  const base = (list: string, others = ''): Side => ({
    'clusters/kustomization.yaml': `resources: [${list}]\n`,
    'clusters/a.yaml': fluxKustomization('a') + others,
    'clusters/root.yaml': fluxKustomization('root').replace('./apps/root', './clusters'),
    'apps/a/claim.yaml': claim(''),
  });
  const removed = async (others = ''): Promise<string[]> => {
    const found = await levels(base('a.yaml, root.yaml', others), base('a.yaml', others));
    return found.filter(text => text.endsWith('flux-kustomization-removed'));
  };
  expect(await removed()).toEqual(['high flux-kustomization-removed']);
  expect(await removed('  deletionPolicy: Orphan\n')).toEqual(['warn flux-kustomization-removed']);
});

test('what Flux forces is made anew where it cannot be changed', async () => {
  const side = (className: string, force: string, annotations = ''): Side => ({
    'clusters/a.yaml': fluxKustomization('a') + force,
    'apps/a/claim.yaml': `${claim(annotations)}  storageClassName: ${className}\n`,
  });
  const forced = ', annotations: { kustomize.toolkit.fluxcd.io/force: Enabled }';
  const changed = (...more: [string, string?]): Promise<string[]> =>
    levels(side('old', ...more), side('new', ...more));
  expect(await changed('')).toEqual(['block field-immutable']);
  expect(await changed('  force: true\n')).toEqual(['high field-immutable']);
  expect(await changed('', forced)).toEqual(['high field-immutable']);
  // What goes with its data blocks, and is no apply that fails.
  const storage = (name: string): string =>
    `---\napiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: { name: ${name} }\nprovisioner: example.com/disk\nreclaimPolicy: Delete\n`;
  const lost = (name: string): Side => ({
    ...side(name, '  force: true\n'),
    'apps/a/classes.yaml': storage('old') + storage('new'),
  });
  expect(await risksOf(lost('old'), lost('new'))).toMatchObject([
    { rule: 'field-immutable', level: 'block', outcome: 'deleted and made anew' },
  ]);
});
