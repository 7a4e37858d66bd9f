import { expect, test } from 'vitest';
import { keys, reads, store, web } from '../lint/shop.ts';
import { exits, folderOf, type Ran, runKrm } from '../machine.ts';
import { lintListOf, written } from './calls.ts';

/** An item that says where it comes from, as kustomize and kpt write it. */
function from(annotation: string, manifest: string): string {
  const more = `    ${annotation}\n`;
  return manifest.replace('  annotations:\n', `$&${more}`);
}

test('right items go through as they came', async () => {
  const list = lintListOf('{}', `# a comment\n${store}`, keys, web);
  expect(await runKrm(list)).toEqual({ status: 0, stdout: list, stderr: '' });
});

test('a finding is text with its object, a result, and exit code 1; the items stay', async () => {
  const list = lintListOf('{}', web);
  const ran = exits(1, await runKrm(list));
  expect(ran.stderr).toMatch(/^Deployment shop\/web spec\.template.*\.name: error: nothing makes/);
  expect(written(ran).results).toEqual([
    {
      message: expect.stringMatching(/^nothing makes the Secret "web-keys"/),
      severity: 'error',
      resourceRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' },
      field: { path: 'spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.name' },
      tags: { rule: 'unknown-secret', function: 'rem-secrets/RemSecretsLint/lint' },
    },
  ]);
  expect(ran.stdout.replace(/^results: .*\n/m, '')).toBe(list);
});

test('a second run replaces the results of the first', async () => {
  const once = (await runKrm(lintListOf('{}', web))).stdout;
  expect((await runKrm(once)).stdout).toBe(once);
});

test.for(['null', '{ accept: [] }'])('the spec %s asks for nothing', async spec => {
  expect((await runKrm(lintListOf(spec, store, keys, web))).status).toBe(0);
  expect((await runKrm(lintListOf(spec, store, web))).status).toBe(1);
});

test.for([
  ['{ failOn: warning, acept: [] }', 'spec.acept', 'unknown-field'],
  ['{ failOn: never }', 'spec.failOn', 'not-allowed'],
  ['[]', 'spec', 'wrong-type'],
])('with the spec %s nothing is checked, and all goes through', async ([spec = '', path, id]) => {
  const ran = exits(1, await runKrm(lintListOf(spec, web)));
  expect(ran.stderr).toContain(`${path}: error: `);
  expect(written(ran).results).toMatchObject([
    { resourceRef: { kind: 'RemSecretsLint', name: 'lint' }, field: { path }, tags: { rule: id } },
  ]);
  expect(written(ran).items).toHaveLength(1);
});

test('items that are for functions alone are not checked', async () => {
  const local = from(`config.kubernetes.io/local-config: 'true'`, web);
  expect(await runKrm(lintListOf('{}', local))).toMatchObject({ status: 0, stderr: '' });
  const no = from(`config.kubernetes.io/local-config: 'false'`, web);
  expect((await runKrm(lintListOf('{}', no))).status).toBe(1);
});

test('namespace, accept and outside mean what they mean in the config', async () => {
  const homeless = web.replace('  namespace: shop\n', '');
  expect((await runKrm(lintListOf('{ namespace: shop }', store, keys, homeless))).status).toBe(0);
  const accept = '{ rule: unknown-secret, object: Deployment/shop/web, reason: by hand }';
  expect(await runKrm(lintListOf(`{ accept: [${accept}] }`, web))).toMatchObject({
    status: 0,
    stderr: '',
  });
  const outside = '{ outside: { secrets: { web-keys: [token] } } }';
  expect(await runKrm(lintListOf(outside, web))).toMatchObject({ status: 0, stderr: '' });
});

test('a warning fails the run only if failOn says so', async () => {
  const warned = web.replace(/ {2}annotations:\n.*\n/, '');
  for (const [failOn, status] of [
    ['error', 0],
    ['warning', 1],
  ] as const) {
    const ran = await runKrm(lintListOf(`{ failOn: ${failOn} }`, store, keys, warned));
    expect(ran.status).toBe(status);
    expect(written(ran).results).toMatchObject([{ severity: 'warning' }]);
  }
});

const ORIGIN = "config.kubernetes.io/origin: 'path: web.yaml'";

async function runFrom(annotation: string, file: string, item: string = web): Promise<Ran> {
  return runKrm(lintListOf('{}', from(annotation, item)), folderOf({ 'web.yaml': file }));
}

test.for([ORIGIN, 'config.kubernetes.io/path: web.yaml'])('%s gives the line', async origin => {
  const ran = await runFrom(origin, web);
  expect(ran.stderr).toContain(`${reads}: error: Deployment shop/web: nothing makes`);
  expect(written(ran).results).toMatchObject([
    { file: { path: 'web.yaml' }, tags: { line: '18', column: '50' } },
  ]);
});

test('in a file of many documents the line is that of the object', async () => {
  const test = web.replace('namespace: shop', 'namespace: test');
  for (const file of [`${test}---\n${web}`, `${store}---\n---\n${test}---\n${web}---\n${keys}`]) {
    const line = file.slice(0, file.indexOf(web)).split('\n').length + 17;
    expect((await runFrom(ORIGIN, file)).stderr).toContain(`web.yaml:${line}:50: error: `);
  }
});

test('an object that an overlay has moved to another namespace has its line too', async () => {
  const file = web.replace('namespace: shop', 'namespace: base');
  expect((await runFrom(ORIGIN, file)).stderr).toContain(`${reads}: error: `);
});

test.for([
  ['is not there', "config.kubernetes.io/origin: 'path: absent.yaml'", web],
  ['is a folder', "config.kubernetes.io/origin: 'path: .'", web],
  ['is of another repository', `config.kubernetes.io/origin: '{ path: web.yaml, repo: x }'`, web],
  ['is broken', ORIGIN, 'a: ['],
  ['holds another object', ORIGIN, web.replace('name: web\n', 'name: other\n')],
  ['holds two', ORIGIN, [1, 2].map(n => web.replace(': shop', `: ns${n}`)).join('---\n')],
])('no line is made up when the file %s', async ([, origin = '', file = '']) => {
  expect((await runFrom(origin, file)).stderr).toMatch(/^Deployment shop\/web spec\..*: error: /);
});
