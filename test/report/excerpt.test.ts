import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../generator/core/finding.ts';
import { excerptOf } from '../../generator/report/finding.ts';
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
  ['env:\n  - { name: PW, value: hunter2 }', '  - { name: PW, value: … }'],
  ['stringData:\n  password: hunter2', '  password: …'],
  ['kind: ConfigMap\ndata: { name: hunter2 }', 'data: { name: … }'],
  ['app.conf: |\n  hunter2: 1', '  … (a line of "app.conf")'],
  ['a:\n  args: ["--password", "hunter2"]', '  args: ["--password", …]'],
  ['a:\n  name: b # hunter2', '  name: b'],
  ['a:\n  command: hunter2, or so', '  command: …'],
  ['env:\n  host: hunter2', '  host: …'],
  ['secrets: { a: {\n  template: { host: hunter2 } } }', '  template: { host: … }'],
  ['kind: RemSecrets\nenv: { PW: { secret: s, key: pw } }', 'env: { PW: { secret: s, key: pw } }'],
  ['a:\n  license: { key: hunter2 }', '  license: { key: … }'],
  [
    'a:\n  data: [{ secretKey: a, remoteRef: { key: b } }]',
    '  data: [{ secretKey: a, remoteRef: { key: b } }]',
  ],
  ['a:\n  - serviceAccountName: web', '  - serviceAccountName: web'],
  ['a:\n  - - 3\n    - 4', '  - - 3'],
  ['resources:\n  - mine.yaml', '  - mine.yaml'],
  ['---\nresources: [mine.yaml]', 'resources: [mine.yaml]'],
  ['a: &x b\nname: *x', 'name: b'],
  ['a: &x hunter2\nc: { name: a, b: *x }', 'c: { name: a, b: … }'],
  ['a: 1\nname: { key: b, key: a }', 'name: { key: … }'],
  ["a:\n  'odd: name': { }", '  "odd: name": {}'],
  ['a:\n  port: "80"', '  port: "80"'],
  ['a:\n  b: [1.10, 0644, true, ~]', '  b: [1.10, 0644, true, null]'],
  [
    'kind: PushSecret\nspec: { template: { data: { a: "hunter2 {{ .b }}", c: "true" } } }',
    'spec: { template: { data: { a: …{{ .b }}, c: … } } }',
  ],
  [
    'kind: ExternalSecret\nspec: { target: { template: { data: { c: "true" } } } }',
    'spec: { target: { template: { data: { c: … } } } }',
  ],
  ['kind: Secret\ndata: { a: 12, b: aHVudGVyMg== }', 'data: { a: …, b: … }'],
])('the excerpt of the second line of %j', ([text = '', shown]) => {
  expect(excerptOf(finding, `${text}\n`)?.text).toBe(shown);
});

test.for([
  ['a comment', 'a: 1\n# hunter2\n'],
  ['a document that is a text', '# a\nhunter2\n'],
  ['a line that is empty', 'a: 1\n\n'],
  ['a text that is no YAML', 'a: [\n  hunter2\n'],
  ['a line that is not there', 'a: 1'],
])('%s has no excerpt', ([, text = '']) => expect(excerptOf(finding, text)).toBeUndefined());

test('the column is that of what a finding points at', () => {
  const text = 'a:\n  env: [{ name: PW, c: { value: hunter2 } }, { name: B }]\n';
  const column = text.split('\n')[1]?.indexOf('name: B') ?? 0;
  const found = excerptOf({ ...finding, at: { file: 'a', line: 2, column: column + 1 } }, text);
  expect(found?.text.slice((found.column ?? 0) - 1)).toBe('name: B }]');
});

test('a long line is shown around the column', () => {
  const line = `{ ${Array.from({ length: 100 }, (_, at) => `a${at}: 1, `).join('')}key: b }`;
  const at = { file: 'a', line: 1, column: line.indexOf('key') + 1 };
  const { text, column } = excerptOf({ ...finding, at }, `${line}\n`) ?? { text: '', column: 0 };
  expect(text.length).toBeLessThan(130);
  expect(text.slice(column - 1)).toMatch(/^key: b/);
});

const errors = join(root, 'test/errors');

/** Every fault that a spec of `test/errors` has. */
const faults = readdirSync(errors)
  .map(name => join(errors, name, 'rem-secrets.yaml'))
  .filter(existsSync)
  .map(file => readFileSync(file, 'utf8'))
  .flatMap(text => findingsIn(text).map(found => ({ found })));

/** What of a spec may hold a secret, written beside a fault, under the names of fields that hold names. */
const SECRETS = [
  'env: { host: hunter2, PASSWORD: hunter2 }',
  'config: { app.yaml: { key: hunter2, login: [{ name: hunter2 }] } }',
  'object: { kind: Secret, stringData: { key: hunter2 } }', 'data: { secretName: hunter2 }',
  'template: { database: hunter2 }', 'annotations: { role: hunter2 }',
  'args: [--password, hunter2]', 'password: hunter2', 'url: "https://shop:hunter2@example.com"',
]; // biome-ignore format: a table

test('beside no kind of fault of a spec is a secret shown', () => {
  expect(new Set(faults.map(({ found }) => found.rule)).size).toBeGreaterThan(50);
  for (const { found } of faults)
    for (const secret of SECRETS) {
      const at = { file: '', line: 1, column: 4 };
      const { text } = excerptOf({ ...found, at }, `a: { ${secret} } # hunter2\n`) ?? { text: '' };
      expect(text, found.rule).not.toContain('hunter2');
    }
});
