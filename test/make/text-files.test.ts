import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, kustomizeBuild, remSecretsFn, runMain } from '../machine.ts';
import { specOf } from '../spec-text.ts';

const FILES = [
  ['files/start.sh', 'exec worker --in $' + '{environment}\n'],
  ['files/motd.txt', 'hello'],
  ['files/login.tpl', 'user={{ .username }}\n'],
] as const;

function spec(text: (index: number) => string, configMap: string): string {
  return specOf(`
variables: { environment: {} }
namespace: shop
stores: { vault: { external: true } }
secrets:
  login: { store: vault, keys: { username: shop/user }, template: { login: ${text(2)} } }
configMaps: { texts: { ${configMap} } }
workloads:
  worker: { image: 'shop/worker:1', command: [sh, -c, ${text(0)}], envFrom: [{ configMap: texts }], env: { MOTD: ${text(1)}, L: { secret: login, key: login } } }
environments: { dev: { workloads: { worker: { args: [${text(1)}] } } } }
`);
}

const inFiles = spec(
  index => `{ file: ${FILES[index]?.[0]} }`,
  'files: [files/motd.txt], data: { l: { file: files/login.tpl } }',
);
const written = spec(
  index => JSON.stringify(FILES[index]?.[1]),
  `data: { motd.txt: hello, l: ${JSON.stringify(FILES[2]?.[1])} }`,
);

test('a file is as if its text were written', async () => {
  const trees = [
    folderOf([['rem-secrets.yaml', inFiles], ...FILES]),
    folderOf([['rem-secrets.yaml', written]]),
  ];
  const built: unknown[] = [];
  for (const folder of trees) {
    expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
    built.push(kustomizeBuild(join(folder, 'overlays/dev')));
  }
  expect(built[0]).toEqual(built[1]);
  expect(JSON.stringify(built[0])).toContain('exec worker --in dev');
});

test('the plugin reads files from the folder that is built', async () => {
  const annotations = `annotations: { config.kubernetes.io/function: 'exec: { path: ${remSecretsFn} }' }`;
  const chosen = inFiles
    .replace('{ name: shop }', `{ name: shop, ${annotations} }`)
    .replace('spec:', 'spec:\n  environment: dev');
  const folder = folderOf([
    ['rem-secrets.yaml', chosen],
    ['kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
    ...FILES,
  ]);
  expect(JSON.stringify(kustomizeBuild(folder, { plugin: true }))).toContain(
    'exec worker --in dev',
  );
});

test('nothing outside of the repository is read, and no secret of a file is shown', async () => {
  const folder = folderOf([['rem-secrets.yaml', inFiles], ...FILES.slice(1)]);
  const outside = folderOf([['start.sh', 'exec worker\n']]);
  writeFileSync(join(folder, '.git'), 'gitdir: elsewhere\n');
  symlinkSync(join(outside, 'start.sh'), join(folder, 'files/start.sh'));
  expect((await runMain(folder, 'expand')).stderr).toContain('[text-file]');
  const key = ['AKIA', 'IOSFODNN7ABCDEFG'].join('');
  const leaking = folderOf([
    ['rem-secrets.yaml', inFiles],
    ...FILES.slice(1),
    ['files/start.sh', `export AWS_ACCESS_KEY_ID=${key}\n`],
  ]);
  const { status, stderr } = await runMain(leaking, 'expand');
  expect({ status, isShown: stderr.includes(key) }).toEqual({ status: 1, isShown: false });
  expect(stderr).toContain('[secret-value]');
});
