import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exits, folderOf, root, runMain } from '../machine.ts';
import { runSpec, specOf } from '../spec-text.ts';

const spec = specOf(`
namespace: shop
stores: { vault: { external: true } }
secrets:
  keys: { store: vault, keys: { token: web/token } }
  mail: { manual: [user] }
  other: { external: true }
workloads:
  web:
    image: example/web:1
    env: { TOKEN: { secret: keys, key: token }, USER: { secret: mail, key: user } }
    envFrom: [other]
    patch: { Deployment: { metadata: { annotations: { reloader.stakater.com/auto: 'true' } } } }
environments: { dev: {}, prod: {} }
`);

async function expanded(text: string): Promise<string> {
  const folder = folderOf({ 'rem-secrets.yaml': text });
  const { status, stderr } = await runMain(folder, 'expand');
  if (status !== 0) throw new Error(stderr);
  return folder;
}

interface Found {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly severity: string;
}

async function foundIn(folder: string): Promise<Found[]> {
  const { stdout, stderr } = await runMain(folder, 'lint --format json');
  if (stderr !== '') throw new Error(stderr);
  return (JSON.parse(stdout) as { findings: Found[] }).findings;
}

async function lintIn(folder: string): Promise<string[]> {
  return (await foundIn(folder)).map(({ file, line, rule }) => `${file}:${line} ${rule}`);
}

test('a fault is at the line of the spec that made the field, once for all overlays', async () => {
  const folder = await expanded(spec);
  const file = join(folder, 'base/deployment-web.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('key: token', 'key: tokn'));
  expect(await lintIn(folder)).toEqual(['rem-secrets.yaml:14 unknown-secret-key']);
});

test('of each overlay that shares a cluster a fault is at its own line', async () => {
  const text = specOf(`
namespace: web
workloads: { web: { image: example/web:1 } }
environments:
  dev: { namespace: dev, cluster: one, workloads: { web: { envFrom: [lost] } } }
  prod: { namespace: prod, cluster: one, workloads: { web: { envFrom: [gone] } } }
secrets: { lost: { manual: [a] }, gone: { manual: [b] } }
`);
  const folder = await expanded(text);
  for (const name of ['dev', 'prod']) {
    const path = join(folder, `overlays/${name}/deployment-web.patch.yaml`);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/lost|gone/, 'nothing'));
  }
  expect(await lintIn(folder)).toEqual([
    'rem-secrets.yaml:8 unknown-secret',
    'rem-secrets.yaml:9 unknown-secret',
  ]);
});

test('an overlay that is not there cannot be read, and the others are checked', async () => {
  const folder = await expanded(spec);
  rmSync(join(folder, 'overlays/dev'), { recursive: true });
  expect(await lintIn(folder)).toEqual(['rem-secrets.yaml:1 unreadable']);
});

test('files of another spec than this one are judged as they are, and that is said', async () => {
  const folder = await expanded(spec);
  writeFileSync(join(folder, 'rem-secrets.yaml'), spec.replace('dev: {}', 'dev: { namespace: x }'));
  expect((await runMain(folder, 'lint')).stdout).toMatch(
    /; the files of dev are not those of the spec: run `rem-secrets expand` first\n$/,
  );
});

test('a wrong spec is what is wrong; no spec is wrong usage', async () => {
  const { stdout } = exits(1, await runSpec(spec.replace('key: token', 'key: tokn'), 'lint'));
  expect(stdout).toMatch(/^rem-secrets\.yaml:14:\d+: error: .*"tokn" \[unknown-secret-key\]$/m);
  expect(await runMain(folderOf(), 'lint')).toMatchObject({ status: 2, stdout: '' });
});

test('of this repository nothing is said, not even a warning', async () =>
  expect(await runMain(root, 'lint')).toEqual({
    status: 0,
    stdout: expect.stringMatching(/^no findings in \d+ objects(?:; read: .+)?\n$/),
    stderr: '',
  }));

const cases = join(root, 'test/golden');

/** Golden specs that leave something out, and what lint says of that. */
const INCOMPLETE: Readonly<Record<string, readonly string[]>> = {
  'env-order': ['escaped-variable', 'read-only-service'],
  'environment-in-the-way': ['unknown-secret'],
  'existing-generator': ['unknown-generator'],
  // One environment takes out what its workload's text refers to.
  inject: ['unknown-variable', 'unknown-variable', 'unknown-variable'],
  'moved-namespace': ['unknown-secret'],
  resources: ['unknown-store'],
  'remote-namespace': ['unknown-secret', 'unknown-secret'],
};

test.for(readdirSync(cases))('the tree of golden case %s has no error of its own', async name => {
  const folder = folderOf();
  cpSync(join(cases, name, 'expected'), folder, { recursive: true });
  cpSync(join(cases, name, 'rem-secrets.yaml'), join(folder, 'rem-secrets.yaml'));
  const errors = (await foundIn(folder)).filter(({ severity }) => severity === 'error');
  expect(errors.map(({ rule }) => rule)).toEqual(INCOMPLETE[name] ?? []);
});
