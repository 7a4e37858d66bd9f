import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nodeHost } from '../../generator/shell/host.ts';
import { exits, expectStderr, folderOf, root, runKrm, runMain } from '../machine.ts';
import { findingsIn, runSpec, specOf } from '../spec-text.ts';

const cases = join(root, 'test/errors');
const folders = readdirSync(cases, { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(entry => entry.name);

/** A spec alone cannot show these: they are about stdin, or about manifests. */
const SHOWN_ELSEWHERE = new Set([
  'no-resource-list',
  'no-function-config',
  'unknown-list-version',
  'no-object',
  'duplicate-item',
  'unreadable',
  'validators-disagree',
  'skipped-file',
  'unlisted-manifest', // test/lint/folders.yaml
  'not-read', // test/hostile/kustomize
  'patch-copy',
  'duplicate-item', // test/hostile/krm
  'no-object',
  'unknown-list-version',
  'nothing-excluded', // test/lint/config.yaml
  'too-large', // test/hostile/growth.slow.test.ts
  'aws-name', // test/lint/rules
  'parameter-name',
  'lost-folder', // test/review/worlds.yaml
  'left-over',
  'left-alone', // test/review/left-alone.yaml
  'changed-settings', // test/review/lint-config.yaml
  'not-applied', // test/review/worlds.yaml
  'no-manifests',
  'acknowledgement',
  'iam-size', // test/operate
  'unused-entry', // test/operate/params
  'ssm', // no fault: a service of AWS
  'secretsmanager',
  'unresolved-name',
  'component-injection', // test/make/inject.test.ts
  // test/inject
  'empty-injection',
  'empty-target',
  'idle-injection',
  'illegal-record',
  'mount-conflict',
  'nothing-to-inject-into',
  'replaced-text',
  'unknown-container',
  'unknown-shape',
  'unknown-workload',
  'variable-conflict',
  'variable-order',
]);

/** The ids of all faults that the program can report; rules have folders of their own. */
function idsIn(folder: string): string[] {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => file.endsWith('.ts') && !/^(lint\/|diff\/risks\/|kinds\/helm\/)/.test(file))
    .map(file => readFileSync(join(root, folder, file), 'utf8'));
  return [...new Set(files.flatMap(text => [...text.matchAll(/\b(?:id|rule): '([a-z0-9-]+)'/g)]))]
    .map(([, id = '']) => id)
    .filter((id, index, all) => all.indexOf(id) === index)
    .sort();
}

test.for(folders)('%s', async name => {
  const folder = folderOf();
  cpSync(join(cases, name), folder, { recursive: true });
  const before = nodeHost(folder).listFiles('.');
  const file = join(folder, 'args.txt');
  const args = existsSync(file) ? readFileSync(file, 'utf8').trim().split(' ') : ['expand'];

  const { status, stdout, stderr } = await runMain(folder, ['-f', 'rem-secrets.yaml', ...args]);

  await expect(stderr).toMatchFileSnapshot(join(cases, name, 'out.txt'));
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(nodeHost(folder).listFiles('.'), 'files written').toEqual(before);
  const id = /\[([a-z0-9-]+)\]$/m.exec(stderr)?.[1] ?? '';
  const ids = [...stderr.matchAll(/\[([a-z0-9-]+)\]$/gm)].map(([, found]) => found);
  expect(
    ids.some(found => name === found || name.startsWith(`${found}-`)),
    id,
  ).toBe(true);
});

test('every kind of fault has a folder', () => {
  const shown = (id: string): boolean =>
    SHOWN_ELSEWHERE.has(id) || folders.some(name => name === id || name.startsWith(`${id}-`));
  const ids = idsIn('generator');
  expect(ids).toContain('unknown-field');
  expect(ids.filter(id => !shown(id))).toEqual([]);
});

test('every finding has a place in the file, and none comes twice', () => {
  for (const name of folders) {
    const text = readFileSync(join(cases, name, 'rem-secrets.yaml'), 'utf8');
    const lines = text.split('\n');
    const findings = findingsIn(text);
    for (const { at } of findings) {
      const line = lines[(at?.line ?? 0) - 1];
      expect(line, name).toBeDefined();
      expect(at?.column, name).toBeGreaterThan(0);
      expect(at?.column, name).toBeLessThanOrEqual((line?.length ?? 0) + 1);
    }
    const keys = findings.map(({ rule, message, at }) => JSON.stringify([rule, message, at]));
    expect(new Set(keys).size, name).toBe(keys.length);
  }
});

test('CRLF and a BOM change nothing', async () => {
  const text = specOf('namespace: shop\nworkloads:\n  api: { image: shop/api:1, port: 80 }');
  const plain = await runSpec(text, 'render');
  expect(plain).toMatchObject({ status: 0, stderr: '' });
  expect(await runSpec(text.replaceAll('\n', '\r\n'), 'render')).toEqual(plain);
  expect(await runSpec(`\uFEFF${text}`, 'render')).toEqual(plain);
  expect(await runSpec(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'render')).toEqual(plain);
});

test('an alias that ends well works', () => {
  const spec = specOf(`
namespace: shop
workloads:
  api: &api { image: shop/api:1, port: 80 }
  web: { <<: *api, image: shop/web:1 }
  job: *api`);
  expect(findingsIn(spec)).toEqual([]);
});

describe.for(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])('%s', word => {
  test.for<[string, string]>([
    [
      'as name',
      `stores: { ${word}: { external: true } }\nsecrets: { ${word}: { manual: [a] } }\nworkloads: { ${word}: { image: x } }\ndatabases: { ${word}: { database: a, owner: b, storage: 1Gi } }\nenvironments: { ${word}: {} }`,
    ],
    [
      'as key',
      `stores: { aws: { aws: { service: SecretsManager, region: eu-west-1 } } }\nsecrets:\n  made: { store: aws, keys: { ${word}: x }, template: { ${word}: x, other: '{{ .${word} }}' } }\n  hand: { manual: [${word}] }\nworkloads: { api: { image: x, env: { ${word}: x, A: $(${word}), B: { secret: hand, key: ${word} } } } }`,
    ],
    [
      'as reference',
      `secrets:\n  s: { store: ${word}, keys: { a: x } }\n  f: { store: ${word}, from: ${word} }\nworkloads: { api: { image: x, env: { A: $(${word}), B: { secret: ${word}, key: ${word} }, C: { database: ${word}, field: ${word} } }, envFrom: [${word}], patch: { ${word}: { a: b } } } }`,
    ],
    [
      'as field',
      `${word}: { polluted: true }\nworkloads: { api: { image: x, ${word}: { polluted: true } } }\nenvironments: { dev: { ${word}: { polluted: true } } }`,
    ],
    [
      'as field of a patch',
      `workloads: { api: { image: x, patch: { Deployment: { ${word}: { polluted: true }, metadata: { annotations: { ${word}: { polluted: 'true' } } } } } } }`,
    ],
    ['as environment', `environment: ${word}\nenvironments: { dev: {} }`],
  ])('%s', async ([, body]) => {
    const text = specOf(`namespace: shop\n${body}`);
    for (const command of [['expand'], ['render'], ['render', word]])
      expect((await runSpec(text, ...command)).status).toBeLessThan(2);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  test('leads nowhere when nothing has the name', async () => {
    const found = (body: string): string[] =>
      findingsIn(specOf(`namespace: shop\n${body}`)).map(({ rule }) => rule);
    expect(found(`secrets: { s: { store: ${word}, keys: { a: x } } }`)).toEqual(['unknown-store']);
    expect(
      found(`workloads: { w: { image: x, env: { A: { secret: ${word}, key: a } } } }`),
    ).toEqual(['unknown-secret']);
    expect(
      found(`workloads: { w: { image: x, env: { A: { database: ${word}, field: host } } } }`),
    ).toEqual(['unknown-database']);
    expect(
      found(
        `databases: { d: { database: a, owner: b, storage: 1Gi } }\nworkloads: { w: { image: x, env: { A: { database: d, field: ${word} } } } }`,
      ),
    ).toEqual(['unknown-database-field']);
    expect(found(`workloads: { w: { image: x, patch: { ${word}: {} } } }`)).toEqual(
      word === '__proto__' ? ['illegal-name'] : ['unknown-kind'],
    );
    expect((await runSpec(specOf('environments: { dev: {} }'), 'render', word)).stderr).toContain(
      `there is no environment "${word}"`,
    );
  });
});

test('a line break in a name does not break the line of its finding', async () => {
  const { stderr } = await runSpec(
    specOf('workloads: { api: { "a\\nb: error: c [id]": 1 } }'),
    'expand',
  );
  expect(stderr.trim().split('\n')).toHaveLength(4);
});

test('--format json prints the findings on stdout', async () => {
  const text = specOf('namespace: shop\nsecrets: { a: {} }\nworkloads: { api: { image: 16.10 } }');
  const { status, stdout, stderr } = await runSpec(text, '--format', 'json', 'expand');
  expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    findings: [
      {
        rule: 'wrong-type',
        severity: 'error',
        kind: null,
        namespace: null,
        name: null,
        field: 'spec.workloads.api.image',
        message: '"image" must be text, and this is a number',
        hint: 'Put it in quotes: without them YAML reads a number, and 16.10 becomes 16.1.',
        file: 'rem-secrets.yaml',
        line: 7,
        column: 30,
        related: [],
      },
    ],
  });
});

test('--format json gives the second place too', async () => {
  const text = specOf('namespace: shop\nnamespace: other');
  const { stdout } = await runSpec(text, '--format', 'json', 'render');
  expect(JSON.parse(stdout).findings).toMatchObject([
    {
      rule: 'duplicate-key',
      line: 6,
      column: 3,
      related: [{ note: 'the first one', line: 5, column: 3 }],
    },
  ]);
});

test.for<[string, string[], RegExp]>([
  ['no command', [], /Usage: rem-secrets/],
  ['an unknown command', ['expnd'], /unknown command 'expnd'\n\(Did you mean expand\?\)/],
  ['an unknown option', ['render', '--bogus'], /unknown option '--bogus'/],
  ['too many arguments', ['render', 'dev', 'prod'], /too many arguments/],
  ['a wrong format', ['--format', 'xml', 'render'], /render has no --format xml, only text, json/],
  ['no file', ['-f'], /argument missing/],
  ['a missing file', ['-f', 'nope.yaml', 'render'], /there is no file nope\.yaml/],
])('usage: %s exits with 2', async ([, args, message]) => {
  expectStderr(await runSpec(specOf('namespace: shop'), ...args), 2, message);
});

// Both are read as if they were files: `host.readFile` throws, and the program calls it its own bug.
test.for<[string, string]>([
  ['a folder', '.'],
  ['a file that cannot be read', '/proc/self/mem'],
])('usage: %s as --file exits with 2', async ([, file]) => {
  expectStderr(await runSpec(specOf('namespace: shop'), '-f', file, 'render'), 2, file);
});

test('an environment that does not exist is a finding', async () => {
  const text = specOf('namespace: shop\nenvironments: { dev: {} }');
  const { stderr } = exits(1, await runSpec(text, 'render', 'prod'));
  expect(stderr).toContain('there is no environment "prod" [unknown-environment]');
});

test.for<[string, string, string, number]>([
  ['text', 'hello', 'no-resource-list', 2],
  ['nothing', '', 'no-resource-list', 2],
  ['broken YAML', 'a: [', 'yaml-syntax', 2],
  [
    'no functionConfig',
    'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []',
    'no-function-config',
    1,
  ],
])('KRM function, given %s', async ([, input, id, code]) => {
  const { stdout, stderr } = exits(code, await runKrm(input));
  expect(stderr).toContain(`[${id}]`);
  expect(JSON.parse(stdout).results).toMatchObject([{ severity: 'error', tags: { rule: id } }]);
});
