import { expect, test } from 'vitest';
import { patternOf } from '../cases.ts';
import { expectStderr, folderOf, runMain, yamlIn } from '../machine.ts';
import { deployment, runInject } from './calls.ts';

const api = deployment('[{ name: api, image: "a:1" }, { name: worker, image: "a:1" }]');

/** One entry in one line, which is the eighth of the file. */
const line = (entry: string): string => `workloads:\n  api: ${entry}\n`;

type Fault = readonly [entry: string, message: string, hint: string];

const widget =
  '---\n{ apiVersion: example.com/v1, kind: Widget, metadata: { name: w }, spec: { run: { name: run } } }\n---\n{ apiVersion: opentelemetry.io/v1beta1, kind: OpenTelemetryCollector, metadata: { name: otel }, spec: { config: { id: 1 } } }\n';

test.for(yamlIn<Fault[]>(import.meta.dirname, 'faults.yaml'))('%s', async ([entry, ...said]) => {
  expectStderr(await runInject(api + widget, line(entry)), 1, ...said.map(patternOf));
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
