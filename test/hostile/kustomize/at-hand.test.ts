import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentFor } from '../../../generator/world/programs.ts';
import { exits, folderOf, remSecrets, run, runMain } from '../../machine.ts';

test('without anything allowed kustomize has no program, no home and no way to a server', () => {
  const { PATH, HOME, TMPDIR, GOGC, GOMEMLIMIT, ...others } = environmentFor({});
  expect({ PATH, HOME, TMPDIR, GOGC, GOMEMLIMIT }).toEqual({
    PATH: '',
    HOME: '/nonexistent',
    TMPDIR: '/nonexistent',
    GOGC: '400',
    GOMEMLIMIT: '200MiB',
  });
  const proxies = ['http_proxy', 'https_proxy', 'all_proxy'];
  expect(Object.keys(others).sort()).toEqual(
    [...proxies, ...proxies.map(name => name.toUpperCase())].sort(),
  );
  expect(new Set(Object.values(others))).toEqual(new Set(['http://127.0.0.1:0']));
});

test('a function that is allowed gets programs and a home, and none of our variables', () => {
  const mark = folderOf();
  const program = 'config.kubernetes.io/function: "exec: { path: ./tell }"';
  const folder = folderOf({
    'kustomization.yaml': 'generators: [g.yaml]\n',
    'g.yaml': `apiVersion: v1\nkind: Tell\nmetadata: { name: tell, annotations: { ${program} } }\n`,
    tell: `#!/bin/sh\ncat > ${mark}/input\nenv | sed 's/=.*//' | sort > ${mark}/names\n`,
  });
  chmodSync(join(folder, 'tell'), 0o755);
  const env = { ...process.env, AWS_SECRET_ACCESS_KEY: 'x', GIT_DIR: '/x', ARGOCD_TOKEN: 'x' };
  const refused = run(remSecrets, ['lint', '.'], { cwd: folder, env });
  expect(refused.stdout).toContain('hint: --enable-exec runs it, if you trust it');
  expect(existsSync(join(mark, 'names'))).toBe(false);
  run(remSecrets, ['lint', '--enable-exec', '.'], { cwd: folder, env });
  const names = readFileSync(join(mark, 'names'), 'utf8').trim().split('\n');
  expect(names).toContain('PATH');
  expect(names).toContain('HOME');
  expect(names).not.toContain('AWS_SECRET_ACCESS_KEY');
  expect(names).not.toContain('GIT_DIR');
  expect(names).not.toContain('ARGOCD_TOKEN');
});

test('a kustomize that a repository brings is never run', () => {
  const mark = folderOf();
  const folder = folderOf({ 'app/kustomization.yaml': 'configMapGenerator: [{name: a}]\n' });
  const program = `#!/bin/sh\ntouch ${mark}/pwned\n`;
  for (const place of ['kustomize', 'app/kustomize', 'bin/kustomize', '.tools/kustomize']) {
    mkdirSync(join(folder, place, '..'), { recursive: true });
    writeFileSync(join(folder, place), program, { mode: 0o755 });
  }
  const env = { ...process.env, PATH: `.:bin::${process.env['PATH']}` };
  for (const command of ['lint', 'graph', 'validate'])
    expect(run(remSecrets, [command, 'app'], { cwd: folder, env }).status).toBe(0);
  expect(existsSync(join(mark, 'pwned'))).toBe(false);
});

test('functions are not run without what was left out, and said not to be', async () => {
  const folder = folderOf({
    'kustomization.yaml': "resources: ['https://example.com/o/r']\ntransformers: [t.yaml]\n",
    't.yaml': 'apiVersion: v1\nkind: Fn\nmetadata: { name: f }\n',
  });
  const { stdout } = exits(1, await runMain(folder, 'lint --enable-exec .'));
  expect(stdout).toContain('its functions would run without what was not read');
});
