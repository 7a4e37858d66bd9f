import { expect, test } from 'vitest';
import { expectStderr, folderOf, runMain } from '../machine.ts';
import { deployment, runInject } from './calls.ts';

const api = deployment('[{ name: api, image: "a:1" }, { name: worker, image: "a:1" }]');

/** One entry in one line, which is the tenth of the file. */
const line = (entry: string, spec = ''): string => `workloads:\n  api: ${entry}\n${spec}`;

/** Each fault: what is said, where, and what to do. */
const FAULTS: readonly (readonly [spec: string, message: RegExp, hint: RegExp])[] = [
  [
    line('{ target: { kind: Deployment, name: apii }, env: { A: x1 } }'),
    /:8:46: error: no workload is a Deployment named "apii" \[unknown-workload\]/,
    /The Deployments here are: api\. Did you mean "api"\?/,
  ],
  [
    line('{ target: { kind: Deploymnt }, env: { A: x1 } }'),
    /:8:28: error: no workload is a Deploymnt \[unknown-workload\]/,
    /The kinds of the workloads here are: Deployment, OpenTelemetryCollector\. Did you mean "Deployment"\?/,
  ],
  [
    line('{ target: { labels: { a: b }, namespace: other }, env: { A: x1 } }'),
    /:8:12: error: no workload is one in the namespace "other" with a=b \[unknown-workload\]/,
    /The workloads here are: api, otel/,
  ],
  [
    line('{ target: { name: api, containers: [api, wroker] }, env: { A: x1 } }'),
    /:8:51: error: Deployment "api" has no container "wroker" \[unknown-container\]/,
    /The containers are: api, worker\. Did you mean "worker"\?/,
  ],
  [
    line('{ target: { kind: Widget }, env: { A: x1 } }'),
    /:8:28: error: where a Widget has its containers is not known \[unknown-shape\]/,
    /Say it under spec\.shapes, as "Widget\.example\.com"/,
  ],
  [
    line('{ target: { name: api } }'),
    /:8:5: error: "api" injects nothing \[empty-injection\]/,
    /Give it env, envFrom or mounts/,
  ],
  [
    line('{ target: { name: api }, env: { A: { secret: a, configMap: b, key: c } } }'),
    /:8:42: error: this has secret and configMap \[value-source\]/,
    /exactly one of: secret, configMap, valueFrom/,
  ],
  [
    line('{ target: { name: api }, env: { A: { valueFrom: {} } } }'),
    /:8:42: error: this has no source \[value-source\]/,
    /exactly one of: secret, configMap, valueFrom/,
  ],
  [
    line('{ target: { name: api }, env: { A: { secret: a } } }'),
    /:8:42: error: "key" is missing in "A" \[missing-field\]/,
    /Add for example `key: password`/,
  ],
  [
    line('{ target: { name: api }, env: { A: $(B), B: $(A) } }'),
    /error: variables refer to each other in a circle: A → B → A \[variable-cycle\]/,
    /Write one of them without/,
  ],
  [
    line('{ target: { name: api }, env: { A: x1 }, reaload: true }'),
    /:8:51: error: .*"reaload".* \[unknown-field\]/,
    /Did you mean "reload"\?/,
  ],
  [
    line('{ target: {}, env: { A: x1 } }'),
    /:8:12: error: the target of "api" says nothing.* \[empty-target\]/,
    /name: "\*" means every workload/,
  ],
  [
    'workloads:\n  a: { target: { name: api }, env: { A: x1 } }\n  b: { target: { kind: Deployment }, env: { A: x2 } }\n',
    /:9:50: error: "a" and "b" give A different values \[variable-conflict\]/,
    /Keep one of them/,
  ],
  [
    line(
      '{ target: { kind: Widget }, mounts: { /a: { secret: a } } }',
      'shapes: { Widget.example.com: { containers: [{ path: spec.run }] } }\n',
    ),
    /error: where a Widget has its volumes is not known \[unknown-shape\]/,
    /as `volumes`/,
  ],
];

const widget =
  '---\n{ apiVersion: example.com/v1, kind: Widget, metadata: { name: w }, spec: { run: { name: run } } }\n---\n{ apiVersion: opentelemetry.io/v1beta1, kind: OpenTelemetryCollector, metadata: { name: otel }, spec: { config: { id: 1 } } }\n';

test.for(FAULTS)('%s', async ([spec, message, hint]) => {
  expectStderr(await runInject(api + widget, spec), 1, message, hint);
});

test('a value that looks like a secret is refused, and not shown', async () => {
  const value = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
  const { status, stdout, stderr } = await runInject(
    api,
    line(`{ target: { name: api }, env: { TOKEN: ${value} } }`),
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('[secret-value]');
  expect(stderr).not.toContain(value);
});

test('what does nothing is a warning', async () => {
  const there = deployment('[{ name: api, image: "a:1", env: [{ name: A, value: x1 }] }]');
  const { stderr } = await runInject(there, line('{ target: { name: api }, env: { A: x1 } }'));
  expect(stderr).toContain(':8:5: warning: "api" does nothing');
  expect((await runInject(api, 'workloads: {}\n')).stderr).toContain('[idle-injection]');
});

test('a record that cannot be read is an error', async () => {
  const broken = deployment(
    '[{ name: api, image: "a:1" }]',
    ", annotations: { rem-secrets.io/injected: '[' }",
  );
  expectStderr(
    await runInject(broken, line('{ target: { name: api }, env: { A: x1 } }')),
    1,
    '[illegal-record]',
  );
});

test.for([
  ['no config', ['inject', 'a.yaml'], /there is no rem-secrets-injection\.yaml/],
  ['no such path', ['inject', 'nowhere'], /there is no nowhere/],
])('%s is wrong usage', async ([, args, message]) => {
  expectStderr(await runMain(folderOf({ 'a.yaml': api }), args as string[]), 2, message as RegExp);
});

test.for([
  ['', '1:1: error: the document is empty, not an object'],
  ['- a', '1:1: error: the document is a list, not an object'],
  ['kind', '1:1: error: the document is a single value, not an object'],
  ['kind: Other', '1:7: error: this is not a RemSecretsInjection object (no apiVersion, Other)'],
] as const)('%j is no injection, and it is said what one is', async ([text, message]) => {
  const { status, stdout, stderr } = await runMain(
    folderOf({ 'injection.yaml': text, 'manifests.yaml': api }),
    'inject manifests.yaml --config injection.yaml',
  );
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain(`injection.yaml:${message} [wrong-kind]`);
  expect(stderr).toContain('kind: RemSecretsInjection.');
});
