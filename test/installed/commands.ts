import { cpSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../generator/main.ts';
import { deployment, injectionOf } from '../inject/calls.ts';
import { globalPrograms } from '../installed.ts';
import { folderOf, root, run, runKeeping, tool } from '../machine.ts';

/** Each command, in a folder that holds a spec and what people wrote beside it. */
const CALLS: readonly (readonly string[])[] = [
  ['expand'],
  ['expand', '--check'],
  ['environments'],
  ['render', 'prod', '-o', 'json'],
  ['validate'],
  ['inject', 'app.yaml', '-o', 'flux'],
  ['lint'],
  ['import', 'overlays/dev', '--out', 'imported'],
  ['lint', '.', '-o', 'sarif'],
  ['lint', '--explain', 'unknown-secret'],
  ['diff', '--base', 'overlays/dev', '--head', 'overlays/prod', '--reports', 'review'],
  ['iam', '-e', 'prod', '-o', 'terraform'],
  ['params', 'list', '-o', 'csv'],
  ['params', 'inventory'],
  ['capacity', '-o', 'json'],
  ['schema'],
  ['runbook', '-o', 'html'],
  ['doctor', '--from', 'dump', '-e', 'dev'],
  ['status', '--from', 'dump', '-e', 'dev'],
  ['graph', '-e', 'prod', '-o', 'svg'],
  ['graph', '-o', 'mermaid'],
  ['versions'],
  ['completion', 'fish'],
];

test('every command is called', () => {
  const called = new Set(['init', ...CALLS.map(([name]) => name)]); // test/installed/newcomer.ts
  const offenders = commands.filter(({ name }) => !called.has(name));
  expect(offenders.map(({ name }) => `add a call of ${name} to CALLS`)).toEqual([]);
});

test('every command says of an installed package what it says here', async () => {
  const bin = globalPrograms();
  const environment = {
    PATH: `${bin}:${dirname(tool('kustomize'))}:${process.env['PATH']}`,
    XDG_CACHE_HOME: folderOf(),
  };
  const [there, here, cache] = [stack(), stack(), folderOf()];
  for (const args of CALLS) {
    const ran = run('rem-secrets', args, { cwd: there, env: environment });
    expect(ran, args.join(' ')).toEqual(await runKeeping(cache, here, args));
    expect(ran.status, `${args.join(' ')}: ${ran.stderr}`).toBeLessThan(2);
  }
  const list = run('rem-secrets-fn', [], {
    cwd: there,
    input: 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n',
    env: environment,
  });
  expect(list.stderr).toContain('[no-function-config]');
});

/** The spec of this repository with its components, and a cluster that has nothing yet. */
function stack(): string {
  const folder = folderOf({
    'dump/all.json': '{ "kind": "List", "items": [] }',
    'app.yaml': deployment('[{ name: api, image: "example/api:1" }]'),
    'rem-secrets-injection.yaml': injectionOf(
      'workloads: { api: { target: { name: api }, env: { MODE: fast } } }',
    ),
  });
  for (const path of ['rem-secrets.yaml', 'components']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  return folder;
}
