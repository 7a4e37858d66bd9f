import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, kustomizeBuild, objectsOf, output, root, run } from './machine.ts';

test('the package works where it is installed, and needs nothing else there', () => {
  const folder = folderOf([
    [
      'spec/rem-secrets.yaml',
      output('cat', [join(root, 'rem-secrets.yaml')]).replace(
        './generator/',
        '../node_modules/.bin/',
      ),
    ],
    ['spec/kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
    ['plain/kustomization.yaml', 'resources: [namespace.yaml]\n'],
    ['plain/namespace.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n'],
    ['package.json', '{}'],
  ]);
  output('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  output('sh', ['-c', 'npm install --offline --no-audit --no-fund ./rem-secrets-*.tgz'], {
    cwd: folder,
  });
  const npx = (...args: string[]): string =>
    output('npx', ['--offline', 'rem-secrets', ...args], { cwd: folder });
  expect(npx('--help')).toContain('Usage: rem-secrets');
  const rendered = objectsOf(npx('-f', 'spec/rem-secrets.yaml', 'render', 'dev'));
  expect(kustomizeBuild(join(folder, 'spec'), { plugin: true })).toHaveLength(rendered.length);
  expect(output('ls', [join(folder, 'node_modules')])).toBe('rem-secrets\n');
  for (const [name, ...args] of WANTS_A_TOOL) {
    const program = join(folder, 'node_modules/rem-secrets/dist/rem-secrets.cjs');
    const ran = run(process.execPath, [program, ...args], { cwd: folder, env: { PATH: '' } });
    expect(ran).toEqual({ status: 2, stdout: '', stderr: missing(name) });
  }
});

/** Each command that runs a tool, and the first that it lacks. */
const WANTS_A_TOOL = [
  ['kubeconform', 'validate', 'plain/namespace.yaml'],
  ['kustomize', 'lint', 'plain'],
  ['kustomize', 'graph', 'plain'],
  ['kustomize', 'diff', '--base', 'plain', '--head', 'plain'],
] as const;

function missing(tool: string): string {
  return `rem-secrets: ${tool} is not installed: run \`make tools\`, or put ${tool} on the PATH\n`;
}
