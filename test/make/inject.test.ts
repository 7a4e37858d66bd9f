import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../generator/core/finding.ts';
import { deployment, namesOf, podSpec } from '../inject/calls.ts';
import { pluginFile } from '../krm/calls.ts';
import {
  exits,
  expectStderr,
  folderOf,
  kustomizeBuild,
  run,
  runMain,
  tool,
  yamlIn,
} from '../machine.ts';
import { findingsIn, runSpec, specOf } from '../spec-text.ts';

const web =
  '{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: "example/web:1", env: [{ name: MODE, value: fast }] }] } } } }';

/** A spec with a manifest of one's own, `web`; `inject` is in braces, `more` what stands below. */
function specWith(inject: string, more = ''): string {
  return specOf(`namespace: shop
secrets: { api-keys: { manual: [token] } }
resources: { web: { object: ${web} } }
inject: ${inject}
${more}`);
}

type Fault = readonly [inject: string, rule: string, at: string];

test.for(yamlIn<Fault[]>(import.meta.dirname, 'inject.yaml'))('%s', ([inject, rule, at]) => {
  const text = specWith(inject);
  const [found, ...others] = findingsIn(text);
  expect(others).toEqual([]);
  expect(found?.rule).toBe(rule);
  expect(found && textAt(text, found)?.slice(0, at.length)).toBe(at);
});

test('of workloads none is there at all', () => {
  const spec = specOf(
    'namespace: shop\ninject: { w: { target: { kind: Deployment, name: web }, env: { A: b } } }',
  );
  expect(findingsIn(spec)).toMatchObject([
    { rule: 'unknown-workload', hint: 'There are no Deployments here.' },
  ]);
});

function textAt(text: string, { at }: Finding): string | undefined {
  return text.split('\n')[(at?.line ?? 0) - 1]?.slice((at?.column ?? 1) - 1);
}

test('a workload of the spec itself has env of its own, and that is said', () => {
  const text = specWith(
    '{ w: { target: { name: api }, envFrom: [api-keys] } }',
    'workloads: { api: { image: "example/api:1" } }',
  );
  const [found, ...others] = findingsIn(text);
  expect(others).toEqual([]);
  expect(found?.hint).toContain('among the workloads of this spec');
});

const ofOne = 'inject: { w: { target: { name: report }, envFrom: [api-keys] } }';
const report = web.replaceAll('web', 'report');

test('an entry may be for what only some environments have, and is wrong when none has', async () => {
  const body = (resources: string): string =>
    specOf(`namespace: shop
secrets: { api-keys: { manual: [token] } }
${ofOne}
environments: { dev: {}, prod: { resources: ${resources} } }`);
  expect(findingsIn(body(`{ report: { object: ${report} } }`))).toEqual([]);
  expect(findingsIn(body('{}'))).toMatchObject([{ rule: 'unknown-workload', at: { line: 7 } }]);
  const dev = await runSpec(body(`{ report: { object: ${report} } }`), 'render', 'dev');
  const wrong = await runSpec(body('{}'), 'render', 'dev');
  expect(dev).toMatchObject({ status: 0, stderr: '' });
  expect(wrong).toMatchObject({ status: 1, stdout: '' });
});

test('what an environment says has to be for something there', () => {
  const text = specWith(
    '{}',
    'environments: { dev: {}, prod: { inject: { w: { target: { name: wbe }, envFrom: [api-keys] } } } }',
  );
  expect(findingsIn(text)).toMatchObject([{ rule: 'unknown-workload', at: { line: 9 } }]);
});

test('a kind that is not known has its shape in the spec', () => {
  const prometheus =
    '{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: main }, spec: { containers: [{ name: prometheus }] } }';
  const spec = (shapes: string): string =>
    specWith('{ p: { target: { kind: Prometheus }, envFrom: [api-keys] } }', shapes).replace(
      'resources: {',
      `resources: { main: { object: ${prometheus} },`,
    );
  expect(findingsIn(spec(''))).toMatchObject([
    {
      rule: 'unknown-shape',
      hint: 'Say it under spec.shapes, as "Prometheus.monitoring.coreos.com".',
    },
  ]);
  const shapes =
    'shapes: { Prometheus.monitoring.coreos.com: { containers: [{ path: "spec.containers[*]" }] } }';
  expect(findingsIn(spec(shapes))).toEqual([]);
});

test('a patch comes before, and what is injected is ordered around it', async () => {
  const text = specWith(
    '{ w: { target: { name: web }, env: { TOKEN: { secret: api-keys, key: token } } } }',
  ).replace(
    'web: { object:',
    'web: { patch: { Deployment: { spec: { template: { spec: { containers: [{ name: web, env: [{ name: HEADER, value: "Bearer $(TOKEN)" }] }] } } } } }, object:',
  );
  const folder = folderOf([['rem-secrets.yaml', text]]);
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  const built = kustomizeBuild(join(folder, 'base')).filter(({ kind }) => kind === 'Deployment');
  const names = podSpec(built).containers.flatMap(namesOf);
  expect(names.indexOf('TOKEN')).toBeLessThan(names.indexOf('HEADER'));
  expect(JSON.stringify(built)).not.toContain('rem-secrets.io/injected');
});

const component = [
  [
    'components/agent/api.yaml',
    deployment('[{ name: api, image: "a:1", env: [{ name: DSN, value: "$(TOKEN)" }] }]'),
  ],
  [
    'components/agent/kustomization.yaml',
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [api.yaml]\n',
  ],
] as const;
const ofComponent = specOf(`namespace: shop
secrets: { api-keys: { manual: [token] } }
inject:
  api:
    target: { kind: Deployment, name: api }
    env: { TOKEN: { secret: api-keys, key: token } }
    mounts: { /etc/keys: { secret: api-keys } }
    reload: true
environments: { dev: {}, prod: { components: [agent] } }`);

test('a workload of a component gets it by a patch of the overlay, in the same order', async () => {
  const folder = folderOf([['rem-secrets.yaml', ofComponent], ...component]);
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  const built = kustomizeBuild(join(folder, 'overlays/prod'));
  const pod = podSpec(built.filter(({ kind }) => kind === 'Deployment'));
  expect(pod.containers.flatMap(namesOf)).toEqual(['TOKEN', 'DSN']);
  expect(pod.volumes).toEqual([{ name: 'etc-keys', secret: { secretName: 'api-keys' } }]);
  expect(await runMain(folder, 'expand --check')).toMatchObject({ status: 0 });
  expect(await runMain(folder, 'lint')).toMatchObject({ status: 0 });
  writeFileSync(
    join(folder, 'components/agent/api.yaml'),
    component[0][1].replace('name: api, image', 'name: other, image'),
  );
  // Another container there: the tree is old, and the patch hits nothing else.
  expect(await runMain(folder, 'expand --check')).toMatchObject({ status: 1 });
  const old = exits(1, run(tool('kustomize'), ['build', join(folder, 'overlays/prod')]));
  expect(old.stderr).toContain('test failed');
});

test('without the component there is nothing that the entry is for', async () =>
  expectStderr(await runSpec(ofComponent, 'expand'), 1, '[unknown-workload]'));

test('the plugin does not reach what components add, and says so', () => {
  const folder = folderOf([
    ...component,
    [
      'rem-secrets.yaml',
      pluginFile(
        `{ namespace: shop, environment: prod, secrets: { api-keys: { manual: [token] } }, inject: { api: { target: { name: api }, envFrom: [api-keys] } }, environments: { prod: { components: [agent] } } }`,
      ),
    ],
    ['kustomization.yaml', 'generators: [rem-secrets.yaml]\n'],
  ]);
  const ran = run(tool('kustomize'), ['build', '--enable-alpha-plugins', '--enable-exec', folder], {
    cwd: folder,
  });
  expect(ran.status).toBe(1);
  expect(ran.stderr).toContain('[component-injection]');
  expect(ran.stderr).toContain('under `transformers:`');
});

test('lint sees what is injected: a Secret is read by it', async () => {
  const text = specOf(`namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-central-1 } } }
secrets: { api-keys: { store: aws, keys: { token: /shop/token } } }
resources: { web: { object: ${web} } }
inject: { w: { target: { name: web }, env: { TOKEN: { secret: api-keys, key: token } } } }`);
  const lint = async (spec: string): Promise<string> => {
    const folder = folderOf([['rem-secrets.yaml', spec]]);
    expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
    return (await runMain(folder, 'lint')).stdout;
  };
  expect(await lint(text)).not.toContain('unused-secret');
  expect(await lint(text.replace(/^ *inject.*$/m, ''))).toContain('unused-secret');
});
