import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, kustomizeBuild, objectsOf, output, root } from './machine.ts';

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
});
