import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../generator/core/finding.ts';
import { excerptOf } from '../../generator/report/excerpt.ts';
import { root } from '../machine.ts';
import { findingsIn } from '../spec-text.ts';

const finding: Finding = {
  rule: 'unknown-secret-key',
  severity: 'error',
  message: 'Secret "a" has no key "b"',
  field: 'spec.key',
  at: { file: 'a.yaml', line: 2, column: 8 },
};

test.for([
  ['- { name: PW, value: hunter2 }', 'spec.containers[0].env[0].name', '- { name: PW, value: … }'],
  ['  password: hunter2', 'stringData.password', '  password: …'],
  ['data: { name: hunter2 }', 'data.name', 'data: { name: … }'],
  ['    hunter2: 1', 'stringData["app.conf"]', '    … (a line of "app.conf")'],
  ['args: ["--password", "hunter2"]', 'spec.containers[0].args[1]', 'args: […, …]'],
  ['  key: b # hunter2', 'spec.key', '  key: b …'],
  ['command: hunter2, or so', 'spec.command', 'command: …, …'],
  ['key: hunter2', 'spec.resources.a.object.stringData.key', 'key: …'],
  ['host: hunter2', 'spec.workloads.api.env.host', 'host: …'],
  ['host: hunter2', 'spec.secrets.a.template.host', 'host: …'],
  ['env: [{ name: PW, value: hunter2 }]', 'spec.env', 'env: [{ name: PW, value: … }]'],
  ['env: { PW: { secret: s, key: pw } }', 'spec.env.PW', 'env: { PW: { secret: …, key: pw } }'],
  [
    'data: [{ secretKey: a, remoteRef: { key: b } }]',
    'spec.data[0]',
    'data: [{ secretKey: a, remoteRef: { key: b } }]',
  ],
  ['serviceAccountName: web', 'spec.template.spec.containers', 'serviceAccountName: web'],
])('the excerpt of %j shows names only', ([line = '', field = '', shown]) => {
  expect(excerptOf({ ...finding, field }, line).text).toBe(shown);
});

test('a long line is shown around the column', () => {
  const line = `${'a: 1, '.repeat(100)}key: b`;
  const at = { file: 'a', line: 1, column: line.indexOf('key') + 1 };
  const { text, column } = excerptOf({ ...finding, at }, `{ ${line} }`);
  expect(text.length).toBeLessThan(130);
  expect(text.slice(column - 1)).toMatch(/^. ?key|^key/);
});

const errors = join(root, 'test/errors');

/** Every fault that a spec of `test/errors` has, with its line. */
const faults = readdirSync(errors)
  .map(name => join(errors, name, 'rem-secrets.yaml'))
  .filter(existsSync)
  .map(file => readFileSync(file, 'utf8'))
  .flatMap(text => findingsIn(text).map(found => ({ found, line: lineAt(text, found) })));

function lineAt(text: string, { at }: Finding): string {
  return text.split('\n')[(at?.line ?? 1) - 1] ?? '';
}

/** What of a spec may hold a secret, written beside a fault, under the names of fields that hold names. */
const SECRETS = [
  'env: { host: hunter2, PASSWORD: hunter2 }',
  'config: { app.yaml: { key: hunter2, login: [{ name: hunter2 }] } }',
  'object: { kind: Secret, stringData: { key: hunter2 } }',
  'data: { secretName: hunter2 }',
  'template: { database: hunter2 }',
  'annotations: { role: hunter2 }',
  'args: [--password, hunter2]',
  'password: hunter2',
  'url: "https://shop:hunter2@example.com"',
];

test('beside no kind of fault of a spec is a secret shown', () => {
  expect(new Set(faults.map(({ found }) => found.rule)).size).toBeGreaterThan(50);
  for (const { found, line } of faults)
    for (const secret of SECRETS) {
      const before = `a: { ${secret}, b: { `;
      const at = { file: '', line: 1, column: before.length + (found.at?.column ?? 1) };
      const { text } = excerptOf({ ...found, at }, `${before}${line} } } # hunter2`);
      expect(text, `${found.rule}: ${line}`).not.toContain('hunter2');
    }
});
