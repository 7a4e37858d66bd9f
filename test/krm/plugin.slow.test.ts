import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kubeconformArguments } from '../../generator/validate/command.ts';
import {
  byIdentity,
  folderOf,
  kustomizeBuild,
  objectsOf,
  output,
  remSecretsFn,
  root,
  run,
  tool,
} from '../machine.ts';
import { runSpec } from '../spec-text.ts';
import { build, edit } from './calls.ts';

/** How another repository uses the plugin in its own overlays; the README explains it. */
const plugin = join(root, 'test/plugin');

test.for(['dev', 'prod'])('the overlay %s has what `render` prints', async environment => {
  const overlay = join(plugin, 'overlays', environment);
  const patched = output(tool('kustomize'), ['build', join(overlay, 'generator')]);
  const rendered = objectsOf((await runSpec(patched, 'render', environment)).stdout);
  const [settings] = objectsOf(readFileSync(join(overlay, 'settings.yaml'), 'utf8'));
  if (settings === undefined) throw new Error('settings.yaml is empty');

  const { status, stdout, stderr } = build(overlay);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(byIdentity(objectsOf(stdout))).toEqual(byIdentity([...rendered, settings]));
  output(tool('kubeconform'), kubeconformArguments(join(root, 'schemas')), { input: stdout });
});

test('the patch of prod reaches the Deployment', () => {
  const deployment = kustomizeBuild(join(plugin, 'overlays/prod'), { plugin: true }).find(
    ({ kind }) => kind === 'Deployment',
  );
  expect(deployment?.['spec']).toMatchObject({ replicas: 3 });
});

test('without --enable-exec the guard fails', () => {
  const args = ['build', '--enable-alpha-plugins', join(plugin, 'overlays/prod')];
  const { status, stdout, stderr } = run(tool('kustomize'), args);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('no function ran; build with --enable-alpha-plugins --enable-exec');
});

function faultyCopy(path: string, lines: string): string {
  const folder = folderOf();
  cpSync(plugin, folder, { recursive: true });
  edit(join(folder, 'spec/rem-secrets.yaml'), text =>
    text
      .replace('key: token }', 'key: tokn }')
      .replace(/path: .*rem-secrets-fn/, `path: ${remSecretsFn}`),
  );
  edit(join(folder, path), text => text + lines);
  return build(join(folder, 'overlays/prod')).stderr;
}

test('buildMetadata gives places in the overlay that is built, and only there', () => {
  const lines = 'buildMetadata: [originAnnotations]\n';
  expect(faultyCopy('overlays/prod/kustomization.yaml', lines)).toMatch(
    /^\.\.\/\.\.\/spec\/rem-secrets\.yaml:\d+:\d+: error: .*"tokn"/m,
  );
  expect(faultyCopy('overlays/prod/generator/kustomization.yaml', lines)).toMatch(
    /^spec\.workloads\.shop\.env\.PAYMENT_TOKEN\.key: error: .*"tokn"/m,
  );
});
