import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshPackage, programIn } from '../installed.ts';
import { folderOf, output, run } from '../machine.ts';

/** kustomize as it is on a slow machine; so few builds wait for each other. */
const slow = `#!/bin/sh
/bin/sleep 1.05
echo 'apiVersion: v1
kind: Namespace
metadata: { name: a }'
`;

const changed = (name: string): string => `resources: [a.yaml]\nnamePrefix: ${name}-\n`;
const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n';

test('a long run says on a terminal what it is at, and nothing in a pipe or in CI', () => {
  const folder = folderOf([
    ['bin/kustomize', slow],
    ...['a', 'b', 'c'].flatMap(name => [
      [`apps/${name}/kustomization.yaml`, changed(name)] as const,
      [`apps/${name}/a.yaml`, namespace] as const,
    ]),
  ]);
  output('chmod', ['+x', join(folder, 'bin/kustomize')]);
  const PATH = `${join(folder, 'bin')}:${process.env['PATH']}`;
  const env = { PATH, TERM: 'xterm', XDG_CACHE_HOME: '/dev/null' };
  const program = programIn(freshPackage());
  const typed = (variables: object): string =>
    output('script', ['-qec', `${program} lint apps`, '/dev/null'], {
      cwd: folder,
      env: { ...env, ...variables },
    });
  const [before, ...lines] = typed({}).split('\r\u001b[2K');
  expect(before).toBe('');
  expect(lines.at(-1)).toContain('in 3 objects');
  expect(lines.slice(0, -1).join('\n')).toMatch(/^(?:kustomize build|\d+ files read:) /);
  expect(typed({ CI: 'true' })).not.toContain('\u001b');
  const piped = run(program, ['lint', 'apps'], { cwd: folder, env });
  expect(piped).toMatchObject({ status: 0, stderr: '' });
  expect(piped.stdout).not.toContain('\u001b');
});
