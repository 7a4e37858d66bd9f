import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, expectStdout, readText, runMain } from '../machine.ts';
import { commit, repositoryOf, write } from './repository.ts';

const spec = (instances: number): string => `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecrets
metadata: { name: shop }
spec:
  namespace: shop
  databases: { shop-db: { database: shop, owner: shop, instances: 3, storage: 10Gi } }
  environments:
    dev: {}
    prod: { databases: { shop-db: { instances: ${instances} } } }
`;

async function expanded(): Promise<string> {
  const folder = repositoryOf({ 'rem-secrets.yaml': spec(3) });
  expect((await runMain(folder, 'expand')).status).toBe(0);
  commit(folder, {});
  return folder;
}

test('a tree that is what its spec makes is said to be nothing', async () => {
  const folder = await expanded();
  write(folder, 'rem-secrets.yaml', `# a comment\n${spec(3)}`);
  expect((await runMain(folder, 'diff')).stdout).toMatch(
    /^HEAD → the working tree: no risks; no object/,
  );
});

test('a spec that was changed without expand is said first, and what it makes is compared', async () => {
  const folder = await expanded();
  write(folder, 'rem-secrets.yaml', spec(1));
  expectStdout(
    await runMain(folder, 'diff'),
    0,
    /→.*\n\nrem-secrets\.yaml:1:1: warning: the files beside rem-secrets\.yaml are not what it makes: overlays\/prod\/cluster-shop-db\.patch\.yaml, overlays\/prod\/kustomization\.yaml\. Both are compared\n {2}To do: Run `rem-secrets expand`/,
    /\(prod, as the spec makes it\): .* \[single-instance\]\n {2}at rem-secrets\.yaml:9/,
    '1 high; 1 changed',
  );
  const markdown = (await runMain(folder, '--format markdown diff')).stdout;
  expect(markdown.indexOf('are not what it makes')).toBeLessThan(markdown.indexOf('#### High'));
});

test('of a tree that was edited by hand both are compared', async () => {
  const folder = await expanded();
  const file = 'base/cluster-shop-db.yaml';
  write(folder, file, readText(folder, file).replace('instances: 3', 'instances: 2'));
  const { stdout } = await runMain(folder, 'diff');
  expect(stdout).toContain(`are not what it makes: ${file}`);
  expect(stdout).toMatch(/~ Cluster shop\/shop-db \(dev\)/);
  expect(stdout).not.toContain('as the spec makes it)');
});

test('what a new environment would make is shown though its overlay is not there', async () => {
  const folder = await expanded();
  write(folder, 'rem-secrets.yaml', `${spec(3)}    stage: {}\n`);
  const { stdout } = exits(0, await runMain(folder, 'diff'));
  expect(stdout).toContain('+ Cluster shop/shop-db (stage, as the spec makes it)');
});

test('that a new environment could not be built is shown before it has an overlay', async () => {
  const folder = await expanded();
  write(folder, 'rem-secrets.yaml', `${spec(3)}    stage: { components: [mail] }\n`);
  const kind = 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n';
  write(folder, 'components/mail/kustomization.yaml', `${kind}resources: [absent.yaml]\n`);
  const { stdout } = exits(1, await runMain(folder, 'diff'));
  expect(stdout).toContain('1. block: "stage, as the spec makes it" cannot be built');
});

test('an environment that the spec has no more goes, though its overlay is left over', async () => {
  const folder = await expanded();
  write(folder, 'rem-secrets.yaml', spec(3).replace('    dev: {}\n', ''));
  const { stdout } = exits(1, await runMain(folder, 'diff'));
  expect(stdout).toContain('are not what it makes: overlays/dev. Both are compared');
  expect(stdout).toMatch(/\(dev, as the spec makes it\): .* \[namespace-removed\]/);
  expect(stdout).toContain('[cluster-removed]');
});

test('an overlay that people made themselves is theirs', async () => {
  const folder = await expanded();
  write(folder, 'overlays/extra/kustomization.yaml', 'resources: []\n');
  expect((await runMain(folder, 'diff')).stdout).not.toContain('are not what it makes');
});

test('a spec with a fault makes nothing that is known: said at its place, and the tree is compared', async () => {
  const folder = await expanded();
  write(folder, 'rem-secrets.yaml', spec(1).replace('owner: shop', 'owner: 7'));
  const { stdout } = exits(0, await runMain(folder, 'diff'));
  expect(stdout).toMatch(/^rem-secrets\.yaml:6:50: warning: what the spec makes is not known: /m);
  expect(stdout).toContain('no risks in what was read');
});

test('the tree of a spec in another folder, which was changed without expand, is said too', async () => {
  const folder = repositoryOf({
    'team/rem-secrets.yaml': spec(3),
    'bare/rem-secrets.yaml': spec(3),
  });
  expect((await runMain(join(folder, 'team'), 'expand')).status).toBe(0);
  commit(folder, {});
  write(folder, 'team/rem-secrets.yaml', spec(1));
  write(folder, 'bare/rem-secrets.yaml', spec(1));
  const said = async (): Promise<string> =>
    /^.*warning: .*$/m.exec((await runMain(folder, 'diff')).stdout)?.[0] ?? '';
  expect(await said()).toMatch(
    /^team\/rem-secrets\.yaml:1:1: warning: the files beside team\/rem-secr/,
  );
  expect(await said()).not.toContain('bare');
  expect((await runMain(join(folder, 'team'), 'expand')).status).toBe(0);
  expect(await said()).toBe('');
  write(folder, 'team/rem-secrets.yaml', 'kind: RemSecrets');
  expect(await said()).toContain('what the spec makes is not known');
});

test('a tree with other files and the same objects is said, and its objects are told once', async () => {
  const folder = await expanded();
  const file = 'base/kustomization.yaml';
  write(folder, file, `${readText(folder, file)}# by hand\n`);
  commit(folder, { 'rem-secrets.yaml': spec(3).replace('10Gi', '20Gi') });
  expect((await runMain(folder, 'expand')).status).toBe(0);
  write(folder, file, `${readText(folder, file)}# by hand\n`);
  const { stdout } = await runMain(folder, 'diff');
  expect(stdout).toContain(`are not what it makes: ${file}. Both are compared`);
  expect(stdout).toMatch(/^HEAD → the working tree: no risks; 2 changed$/m);
});
