import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, output, remSecretsFn, root, run, runKrm } from '../machine.ts';
import { call, listOf, shopSpec, written } from './calls.ts';

/** What the launcher has to print, wherever it runs: what the function does in this process. */
const expected = await runKrm(listOf(shopSpec));

test('any working directory gives the same bytes', () => {
  for (const cwd of ['/', root, join(root, 'test'), folderOf()])
    expect(call(listOf(shopSpec), { cwd })).toEqual(expected);
});

test('an empty environment, and one as Argo CD has it, give the same bytes', () => {
  const { PATH } = process.env;
  expect(call(listOf(shopSpec), { env: { PATH } })).toEqual(expected);
  const argo = { ARGOCD_APP_NAME: 'shop', ARGOCD_ENV_ENVIRONMENT: 'prod', GIT_ASKPASS: 'x' };
  const odd = { LANG: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu', NO_COLOR: '', FORCE_COLOR: '1' };
  expect(call(listOf(shopSpec), { env: { PATH, ...argo, ...odd } })).toEqual(expected);
});

test.for([
  ['rem-secrets-fn', 'of a clone', remSecretsFn],
  ['rem-secrets-fn', 'that npm installs', join(root, 'dist/start/rem-secrets-fn.cjs')],
  ['rem-secrets', 'of a clone', join(root, 'generator/rem-secrets')],
  ['rem-secrets', 'that npm installs', join(root, 'dist/start/rem-secrets.cjs')],
])('certificates are not read by %s %s: Node 20 warns of absent ones', ([name, , path = '']) => {
  const { PATH } = process.env;
  const env = { PATH, NODE_EXTRA_CA_CERTS: '/no/such' };
  if (name === 'rem-secrets-fn')
    expect(run('sh', [path], { input: listOf(shopSpec), env })).toEqual(expected);
  else expect(run('sh', [path, 'versions'], { env })).toMatchObject({ status: 0, stderr: '' });
});

test('the launcher runs through a link, and by its bare name on PATH', () => {
  const folder = folderOf();
  output('ln', ['-s', remSecretsFn, join(folder, 'fn')]);
  expect(run(join(folder, 'fn'), [], { input: listOf(shopSpec) })).toEqual(expected);
  const env = { PATH: `${folder}:${process.env['PATH']}` };
  expect(run('sh', ['-c', 'fn'], { input: listOf(shopSpec), env })).toEqual(expected);
});

test('3,000 objects arrive whole through a pipe whose reader is slow', () => {
  const secrets = Array.from(
    { length: 3000 },
    (_, n) => `  s${n}: { store: v, keys: { k: a/${n} } }`,
  );
  const spec = `namespace: shop\nstores: { v: { external: true } }\nsecrets:\n${secrets.join('\n')}`;
  const others = ['', '- { apiVersion: v1, kind: ConfigMap, metadata: { name: other } }'];
  for (const items of others) {
    const folder = folderOf({ 'in.yaml': listOf(spec, items === '' ? '[]' : items) });
    const script = `"${remSecretsFn}" < in.yaml | { sleep 1; cat; }`;
    const ran = run('sh', ['-c', script], { cwd: folder });
    expect(ran.stderr).toBe('');
    const kinds = written(ran).items.map(({ kind }) => kind);
    expect(kinds.filter(kind => kind === 'ExternalSecret')).toHaveLength(3000);
    expect(kinds.filter(kind => kind === 'ConfigMap')).toHaveLength(items === '' ? 0 : 1);
  }
});

test('input that comes late and in pieces is read whole', () => {
  const folder = folderOf({ 'in.yaml': listOf(shopSpec) });
  const script = `{ head -c 100 in.yaml; sleep 0.3; tail -c +101 in.yaml; } | "${remSecretsFn}"`;
  expect(run('sh', ['-c', script], { cwd: folder })).toEqual(expected);
});
