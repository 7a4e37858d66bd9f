import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hold } from '../hostile/fuzz/hold.ts';
import { expectStderr, objectsOf } from '../machine.ts';
import { deployment, runInject } from './calls.ts';

const target = 'target: { kind: Deployment, name: api }';

const manifest = deployment(
  '[{ name: api, image: "a:1", env: [{ name: A, value: x1 }, { name: REF, valueFrom: { fieldRef: { fieldPath: status.podIP } } }, { name: DSN, value: "$(B)" }], envFrom: [{ secretRef: { name: theirs } }] }, { name: proxy, image: "b:1" }], volumes: [{ name: etc-tls, emptyDir: {} }]',
  ', annotations: { secret.reloader.stakater.com/reload: theirs, note: a }',
);

/** Entries of which any may be there or not. */
const ENTRIES = [
  `env: { B: { secret: s, key: b }, C: $(B) }\n    reload: true`,
  `env: { REF: { secret: s, key: ref } }\n    replace: true`,
  `envFrom: [keys, { secret: defaults, first: true }]\n    reload: true`,
  `mounts: { /etc/tls: { secret: tls }, /work: { volume: { emptyDir: {} } } }`,
  `env: { D: text, E: $(A) }\n    mounts: { /etc/more: { configMap: flags, keys: { a: b } } }\n    reload: true`,
];

function specOf(chosen: readonly number[]): string {
  if (chosen.length === 0) return 'workloads: {}';
  return `workloads:\n${chosen.map(n => `  e${n}:\n    ${target}\n    ${ENTRIES[n]}\n`).join('')}`;
}

async function after(text: string, chosen: readonly number[]): Promise<string> {
  const { status, stdout, stderr } = await runInject(text, specOf(chosen));
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

const plain = async (): Promise<string> => after(manifest, []);

test('a second run changes nothing; what came before does not matter; and all can be taken back', async () => {
  const subset = fc.subarray([0, 1, 2, 3, 4]);
  await hold('injecting twice', 20, [subset, subset], async (first, second) => {
    const once = await after(await plain(), first);
    expect(await after(once, first)).toBe(once);
    expect(objectsOf(await after(once, second))).toEqual(
      objectsOf(await after(await plain(), second)),
    );
    expect(objectsOf(await after(once, []))).toEqual(objectsOf(await plain()));
  });
});

test('what was a text before it was replaced is not kept, so it cannot be taken back', async () => {
  const once = (
    await runInject(
      manifest,
      `workloads:\n  e:\n    ${target}\n    env: { A: { secret: s, key: a } }\n    replace: true\n`,
    )
  ).stdout;
  expectStderr(await runInject(once, 'workloads: {}'), 1, '[replaced-text]');
  const again = once.replace(
    /- name: A\n +valueFrom:\n +secretKeyRef:\n +name: s\n +key: a/,
    '- name: A\n          value: x3',
  );
  expect(again).not.toBe(once);
  expect(await after(again, [])).toBe((await plain()).replace('value: x1', 'value: x3'));
});

test('two injections know each what is theirs', async () => {
  const other = async (text: string, spec: string): Promise<string> =>
    (await runInject(text, spec, '--config', 'other.yaml')).stdout;
  const both = await other(await after(await plain(), [0]), specOf([2]));
  expect(objectsOf(await after(both, []))).toEqual(
    objectsOf(await other(await plain(), specOf([2]))),
  );
  expect(objectsOf(await other(await after(both, []), 'workloads: {}'))).toEqual(
    objectsOf(await plain()),
  );
});

test('--check tells which objects would change, and prints no manifest', async () => {
  expect(await runInject(manifest, specOf([0]), '--check')).toEqual({
    status: 1,
    stdout: 'Deployment shop/api would change\n',
    stderr: '',
  });
  expect(await runInject(await after(manifest, [0]), specOf([0]), '--check')).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
});
