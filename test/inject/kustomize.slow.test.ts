import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { build } from '../krm/calls.ts';
import {
  byIdentity,
  expectStderr,
  folderOf,
  kustomizeBuild,
  objectsOf,
  output,
  runMain,
  tool,
} from '../machine.ts';
import { deployment, injected, injectionOf, podSpec, runInject } from './calls.ts';
import { rendered, wanted } from './rendered.ts';

function transformed(manifests: string, spec: string, more = ''): string {
  return folderOf({
    'rendered.yaml': manifests,
    'injection.yaml': injectionOf(spec),
    'kustomization.yaml': `resources: [rendered.yaml]\ntransformers: [injection.yaml]\n${more}`,
  });
}

test('as a transformer of kustomize it does what the command does, for workloads of every shape', async () => {
  const objects = kustomizeBuild(transformed(rendered, wanted), { plugin: true });
  expect(byIdentity(objects)).toEqual(byIdentity(await injected(rendered, wanted)));
  const withToken = objects.filter(object => JSON.stringify(object).includes('"API_TOKEN"'));
  expect(withToken.map(({ kind }) => kind).sort()).toEqual([
    ...['CronJob', 'Deployment', 'OpenTelemetryCollector', 'Prometheus'],
    ...['Rollout', 'Service', 'StatefulSet'],
  ]);
});

test('what it leaves alone goes through byte for byte', () => {
  const plain = folderOf({
    'rendered.yaml': rendered,
    'kustomization.yaml': 'resources: [rendered.yaml]\n',
  });
  const before = output(tool('kustomize'), ['build', plain]).split('---\n');
  const after = build(transformed(rendered, wanted)).stdout.split('---\n');
  const untouched = before.filter(text => text.includes('kind: ConfigMap'));
  expect(untouched).toHaveLength(1);
  expect(after).toEqual(expect.arrayContaining(untouched));
});

test('twice in one build, and over its own output, changes nothing more', () => {
  const once = build(transformed(rendered, wanted)).stdout;
  expect(build(transformed(once, wanted)).stdout).toBe(once);
  const overlay = folderOf({
    'base/rendered.yaml': rendered,
    'base/injection.yaml': injectionOf(wanted),
    'base/kustomization.yaml': 'resources: [rendered.yaml]\ntransformers: [injection.yaml]\n',
    'over/injection.yaml': injectionOf(wanted),
    'over/kustomization.yaml': 'resources: [../base]\ntransformers: [injection.yaml]\n',
  });
  expect(build(join(overlay, 'over')).stdout).toBe(once);
});

test('the names that kustomize gives Secrets reach what is injected', () => {
  const more = 'namePrefix: dev-\nsecretGenerator: [{ name: api-keys, literals: [token=a] }]\n';
  const spec = 'workloads:\n  a: { target: { kind: Deployment }, envFrom: [api-keys] }\n';
  const manifests = deployment('[{ name: api, image: "a:1" }]').replace(', namespace: shop', '');
  const objects = kustomizeBuild(transformed(manifests, spec, more), { plugin: true });
  const secret = objects.find(({ kind }) => kind === 'Secret');
  expect(secret?.metadata.name).toMatch(/^dev-api-keys-/);
  const { containers } = podSpec(objects.filter(({ kind }) => kind === 'Deployment'));
  expect(containers[0]?.envFrom).toEqual([{ secretRef: { name: secret?.metadata.name } }]);
});

test('a fault stops the build, at its line where kustomize tells the file', () => {
  const spec = wanted.replace('containers: [web, migrate]', 'containers: [wbe]');
  const folder = transformed(rendered, spec, 'buildMetadata: [originAnnotations]\n');
  const { status, stdout, stderr } = build(folder);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(
    /^injection\.yaml:\d+:\d+: error: .* container "wbe" \[unknown-container\]/m,
  );
  expect(stderr).toContain('Did you mean "web"?');
  const without = build(transformed(rendered, spec)).stderr;
  expect(without).toMatch(/^spec\.workloads\.web\.target\.containers\[0\]: error: /m);
});

test('under generators it says that it belongs under transformers', () => {
  const folder = folderOf({
    'injection.yaml': injectionOf(wanted),
    'kustomization.yaml': 'generators: [injection.yaml]\n',
  });
  expectStderr(build(folder), 1, 'list it under `transformers:`');
});

function patched(manifests: string, postRenderers: string): string {
  const { spec } = load(postRenderers) as {
    spec: { postRenderers: { kustomize: { patches: unknown } }[] };
  };
  const patches = spec.postRenderers.map(({ kustomize }) => kustomize.patches);
  return folderOf({
    'rendered.yaml': manifests,
    'kustomization.yaml': JSON.stringify({ resources: ['rendered.yaml'], patches: patches[0] }),
  });
}

test('the patches for a HelmRelease of Flux make the same objects as the transformer', async () => {
  const { status, stdout, stderr } = await runInject(rendered, wanted, '-o', 'flux');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const objects = kustomizeBuild(patched(rendered, stdout));
  expect(byIdentity(objects)).toEqual(byIdentity(await injected(rendered, wanted)));
});

test.for([
  [
    'another container in its place',
    '- { name: proxy, ',
    '- { name: agent, image: "g:1" }\n        - { name: proxy, ',
  ],
  [
    'sources where there were none',
    "{ name: proxy, image: 'p:1'",
    "{ name: proxy, image: 'p:1', envFrom: [{ secretRef: { name: n } }]",
  ],
])('on a chart with %s they fail, and hit nothing else', async ([, before = '', after = '']) => {
  const { stdout } = await runInject(rendered, wanted, '-o', 'flux');
  const changed = rendered.replace(before, after);
  expect(changed).not.toBe(rendered);
  const ran = build(patched(changed, stdout));
  expect({ status: ran.status, stdout: ran.stdout }).toEqual({ status: 1, stdout: '' });
  expect(ran.stderr).toContain('test failed');
});

test('the command takes a kustomization, a folder and stdin, and prints a List', async () => {
  const folder = folderOf({
    'rem-secrets-injection.yaml': injectionOf(wanted),
    'plain/rendered.yaml': rendered,
    'plain/injection.yaml': injectionOf(wanted), // It is no object of the cluster.
    'built/rendered.yaml': rendered,
    'built/kustomization.yaml': 'resources: [rendered.yaml]\n',
  });
  const expected = byIdentity(await injected(rendered, wanted));
  for (const path of ['plain', 'built', 'plain/rendered.yaml'])
    expect(byIdentity(objectsOf((await runMain(folder, ['inject', path])).stdout)), path).toEqual(
      expected,
    );
  const { stdout } = await runMain(folder, 'inject - -o json', rendered);
  expect(byIdentity(JSON.parse(stdout).items)).toEqual(expected);
});
