import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { listOf, shopSpec, written } from '../../krm/calls.ts';
import { exits, folderOf, remSecretsFn, run, runKrm } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';

const VERSION = 'apiVersion: config.kubernetes.io/v1\n';
const config = `functionConfig:\n${specOf(shopSpec).replaceAll(/^(?=.)/gm, '  ')}`;
const other = '- { apiVersion: v1, kind: ConfigMap, metadata: { name: other } } # kept';
const made = 4;

test.for(['v1', 'v1beta1', 'v1alpha1'])('%s is a version of the list, and stays', async version => {
  const ran = await runKrm(listOf(shopSpec, other).replace('io/v1\n', `io/${version}\n`));
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(written(ran).apiVersion).toBe(`config.kubernetes.io/${version}`);
});

test.for([
  'config.kubernetes.io/v2',
  'config.kubernetes.io',
  'v1',
  '1',
  'null',
  '{ a: b }',
  "''",
  '__proto__',
])('the apiVersion %s is an error, whatever the list holds', async version => {
  for (const items of ['[]', other]) {
    const ran = await runKrm(listOf(shopSpec, items).replace(VERSION, `apiVersion: ${version}\n`));
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/^stdin:1:1?3?: error: .* is no apiVersion of a ResourceList/);
    expect(ran.stderr).toContain('config.kubernetes.io/v1beta1');
    expect(written(ran)).toMatchObject({ items: [], results: [{ severity: 'error' }] });
  }
});

test.for([
  ['YAML', listOf(shopSpec, other).replace(VERSION, '')],
  ['YAML with a comment and a marker', `# a\n---\n${listOf(shopSpec, other).replace(VERSION, '')}`],
  ['JSON', JSON.stringify(load(listOf(shopSpec, other).replace(VERSION, '')))],
  [
    'a flow map',
    `{\n kind: ResourceList, ${JSON.stringify(load(`items:\n${other}`)).slice(1, -1)}, ${JSON.stringify(load(config)).slice(1)}`,
  ],
])('a missing apiVersion is set: %s', async ([, input = '']) => {
  const ran = await runKrm(input);
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(written(ran)).toMatchObject({ apiVersion: 'config.kubernetes.io/v1' });
  expect(written(ran).items).toHaveLength(made + 1);
  expect(await runKrm(ran.stdout)).toEqual(ran);
});

test.for(['', 'items:\n', 'items: null # none\n', 'items: ~\n', 'items: []\n'])(
  'a list without items has those that are made: %j',
  async items => {
    const input = `${VERSION}kind: ResourceList\nunknown: { a: 1 } # ours\n${items}${config}`;
    const ran = await runKrm(input);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(written(ran).items).toHaveLength(made);
    expect(written(ran)).toMatchObject({ unknown: { a: 1 } });
  },
);

test.for(['', 'items:\n', 'items: null # none\n', 'items: []\n'])(
  'the lint of no items is a list of none: %j',
  async items => {
    const lint = '{ apiVersion: rem-secrets.io/v1alpha1, kind: RemSecretsLint }';
    const ran = await runKrm(`kind: ResourceList\n${items}functionConfig: ${lint}\n`);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(written(ran).items).toEqual([]);
  },
);

test('fields that nobody knows go through, written anew or not', async () => {
  const more = '__proto__: { a: 1 }\nmetadata: { name: a }\nconstructor: b\n';
  for (const items of ['[]', other])
    expect(
      Object.keys(load((await runKrm(more + listOf(shopSpec, items))).stdout) as object),
    ).toEqual(expect.arrayContaining(['__proto__', 'metadata', 'constructor']));
});

test('fields that stand elsewhere are found', async () => {
  const items = '[{ apiVersion: v1, kind: ConfigMap, metadata: { name: other } }]';
  const merged = `{ items: ${items}, apiVersion: config.kubernetes.io/v1beta1 }`;
  const ran = await runKrm(`kind: ResourceList\nmore: &more ${merged}\n<<: *more\n${config}`);
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(written(ran).items).toHaveLength(made + 1);
  expect(written(ran).items.at(-1)).toMatchObject({ metadata: { name: 'other' } });
  expect(await runKrm(ran.stdout)).toEqual(ran);
});

const bytes = (text: string): Buffer => Buffer.from(text);
const whole = listOf(shopSpec, other);

test.for<[name: string, input: Buffer, message: string]>([
  ['nothing', bytes(''), 'stdin is not a ResourceList: it is empty'],
  ['space and comments', bytes(' \n# a\n'), 'stdin is not a ResourceList: it is empty'],
  ['two documents', bytes(`${whole}---\n${whole}`), 'it holds more than one document'],
  ['a text', bytes('a'), 'stdin is not a ResourceList'],
  ['an object', bytes(specOf(shopSpec)), 'stdin is not a ResourceList'],
  ['a list', bytes('[]'), 'stdin is not a ResourceList'],
  ['a map of items', bytes(whole.replace(/items:\n.*\n/, 'items: {}\n')), 'its items are no list'],
  ['items as text', bytes(whole.replace(/items:\n.*\n/, 'items: a\n')), 'its items are no list'],
  ['results that are text', bytes(`results: a\n${whole}`), 'its results are no list'],
  ['JSON that is cut off', bytes(JSON.stringify(load(whole)).slice(0, -1)), 'not valid YAML'],
  ['UTF-16', Buffer.from(`\ufeff${whole}`, 'utf16le'), 'it is not UTF-8'],
  ['a byte of no text', Buffer.concat([bytes(whole), Buffer.of(0x23, 0xff)]), 'it is not UTF-8'],
  ['a sign that is cut off', bytes(`${whole}# \u00e4`).subarray(0, -1), 'it is not UTF-8'],
  ['NUL bytes', Buffer.alloc(100), 'not valid YAML'],
])('%s is refused in one finding', async ([, input, message]) => {
  const ran = exits(2, await runKrm(input));
  expect(ran.stderr).toContain(message);
  expect(ran.stderr.split('\n').filter(line => !/^ {2}|^$/.test(line))).toHaveLength(1);
  expect(JSON.parse(ran.stdout)).toMatchObject({
    kind: 'ResourceList',
    items: [],
    results: [{ message: expect.stringContaining(message) }],
  });
});

test('a list without functionConfig asks for nothing', async () => {
  const ran = await runKrm('kind: ResourceList\nitems: []\n');
  expect(ran).toMatchObject({ status: 1, stderr: expect.stringContaining('no functionConfig') });
  expect(written(ran)).toMatchObject({ kind: 'ResourceList', items: [], results: [{}] });
});

test('the launcher refuses bytes that are no text, too', () => {
  const folder = folderOf({ in: Buffer.concat([bytes(whole), Buffer.of(0x23, 0xff)]) });
  const ran = run('sh', ['-c', `"${remSecretsFn}" < in`], { cwd: folder });
  expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('not UTF-8') });
});

test('a byte order mark is none of the text', async () =>
  expect(await runKrm(`\ufeff${whole}`)).toEqual(await runKrm(whole)));

test.for([
  ['v1, ConfigMap', '{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }'],
  ['example.org/v1, RemSecretsLint', '{ apiVersion: example.org/v1, kind: RemSecretsLint }'],
  ['example.org/v1, RemSecrets', '{ apiVersion: example.org/v1, kind: RemSecrets }'],
  ['no apiVersion, RemSecretsLint', '{ kind: RemSecretsLint }'],
  ['not an object', 'text'],
  ['not an object', '[]'],
])('a functionConfig of no kind of ours is told of them: %s', async ([what = '', found = '']) => {
  const ran = await runKrm(
    `${VERSION}kind: ResourceList\nitems:\n${other}\nfunctionConfig: ${found}\n`,
  );
  expect(ran.status).toBe(1);
  expect(ran.stderr).toContain(what);
  expect(ran.stderr).toMatch(
    /RemSecrets, which makes objects, RemSecretsLint, which checks items, or RemSecretsInj/,
  );
  expect(ran.stdout).toContain(other);
  const { apiVersion, kind } = Object(load(found));
  if (apiVersion === 'v1')
    expect(written(ran).results).toMatchObject([{ resourceRef: { apiVersion, kind, name: 'a' } }]);
});
