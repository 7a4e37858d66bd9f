import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hold } from '../hostile/fuzz/hold.ts';
import { objectsOf } from '../machine.ts';
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

function after(text: string, chosen: readonly number[]): string {
  const { status, stdout, stderr } = runInject(text, specOf(chosen));
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** The manifest as the command writes it. */
const plain = (): string => after(manifest, []);

test('a second run changes nothing; what came before does not matter; and all can be taken back', () => {
  const subset = fc.subarray([0, 1, 2, 3, 4]);
  hold(
    'injecting twice',
    40,
    fc.property(subset, subset, (first, second) => {
      const once = after(plain(), first);
      expect(after(once, first)).toBe(once);
      expect(objectsOf(after(once, second))).toEqual(objectsOf(after(plain(), second)));
      expect(objectsOf(after(once, []))).toEqual(objectsOf(plain()));
    }),
  );
});

test('what was a text before it was replaced is not kept, so it cannot be taken back', () => {
  const once = runInject(
    manifest,
    `workloads:\n  e:\n    ${target}\n    env: { A: { secret: s, key: a } }\n    replace: true\n`,
  ).stdout;
  const { status, stdout, stderr } = runInject(once, 'workloads: {}');
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toContain('[replaced-text]');
  const again = once.replace(
    /- name: A\n +valueFrom:\n +secretKeyRef:\n +name: s\n +key: a/,
    '- name: A\n          value: x3',
  );
  expect(again).not.toBe(once);
  expect(after(again, [])).toBe(plain().replace('value: x1', 'value: x3'));
});

test('two injections know each what is theirs', () => {
  const other = (text: string, spec: string): string =>
    runInject(text, spec, '--config', 'other.yaml').stdout;
  const both = other(after(plain(), [0]), specOf([2]));
  expect(objectsOf(after(both, []))).toEqual(objectsOf(other(plain(), specOf([2]))));
  expect(objectsOf(other(after(both, []), 'workloads: {}'))).toEqual(objectsOf(plain()));
});

test('--check tells which objects would change, and prints no manifest', () => {
  expect(runInject(manifest, specOf([0]), '--check')).toEqual({
    status: 1,
    stdout: 'Deployment shop/api would change\n',
    stderr: '',
  });
  expect(runInject(after(manifest, [0]), specOf([0]), '--check')).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
});
