import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { folderOf, type Ran, root, runLater, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { dataOf, externalOf, joined, storeOf } from '../aws-manifests.ts';
import { fakeAws } from './fake-aws.ts';

type Fake = Awaited<ReturnType<typeof fakeAws>>;

/** A store with a prefix, another without one, and what is read of both. */
function manifests(entries: string, more = ''): string {
  return joined(
    storeOf('service: ParameterStore, region: eu-west-1, prefix: /shop'),
    storeOf('service: SecretsManager, region: eu-west-1', 'secrets'),
    externalOf('api', 'kind: ClusterSecretStore, name: aws', `data: ${entries}\n${more}`),
  );
}

interface Told {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly hint: string;
  readonly line: number;
}

async function check(
  text: string,
  { env }: Pick<Fake, 'env'>,
  ...flags: readonly string[]
): Promise<Ran & { readonly told: Told[] }> {
  const folder = folderOf([['in.yaml', text]]);
  const args = ['--format', 'json', 'params', 'check', 'in.yaml', ...flags];
  const ran = await runLater(folder, args, { env: name => env[name], wait: async () => undefined });
  const { findings } = JSON.parse(ran.stdout || '{"findings":[]}') as { findings: Told[] };
  return { ...ran, told: findings };
}

/** What is told, a line a finding. */
function said(told: readonly Told[]): string[] {
  return told.map(({ rule, message }) => `${rule} ${message}`);
}

function read(...names: readonly string[]): string {
  return dataOf(names).replace('data: ', '');
}

test('what is there is no finding, and no value is received', async () => {
  const aws = await fakeAws({ parameters: { '/shop/a': {} }, session: 'session' });
  const { status, told, stderr } = await check(manifests(read('/a')), aws);
  expect({ status, told }).toEqual({ status: 0, told: [] });
  expect(stderr).toBe('rem-secrets: 1 entry checked, 0 findings\n');
  expect(aws.calls).toMatchObject([
    { operation: 'DescribeParameters', service: 'ssm', region: 'eu-west-1' },
  ]);
});

test('what is missing, in clear, about to go or read by nothing is told where it is written', async () => {
  const aws = await fakeAws({
    parameters: {
      '/shop/clear': { type: 'String' },
      '/shop/going': { expires: '2027-01-01T00:00:00.000Z' },
      '/shop/left': {},
    },
  });
  const { status, told } = await check(manifests(read('/gone', '/clear', '/going')), aws);
  expect(status).toBe(1);
  expect(told).toMatchObject([
    { rule: 'entry-type', severity: 'error', message: expect.stringContaining('is a String') },
    { rule: 'expiring-entry', message: expect.stringContaining('2027-01-01') },
    {
      rule: 'missing-entry',
      severity: 'error',
      line: 16,
      message: 'there is no parameter "/shop/gone" in eu-west-1',
    },
    { rule: 'unused-entry', severity: 'warning', line: 4 },
  ]);
});

test('secrets of Secrets Manager', async () => {
  const aws = await fakeAws({
    secrets: { 'shop/empty': { value: undefined }, 'shop/going': { deleted: 1_800_000_000 } },
    denied: ['secretsmanager:DescribeSecret shop/denied'],
  });
  const of = (key: string): string =>
    `{ extract: { key: shop/${key} }, sourceRef: { storeRef: { kind: ClusterSecretStore, name: secrets } } }`;
  const dataFrom = `  dataFrom: [${['empty', 'going', 'gone', 'denied'].map(of).join(', ')}]`;
  const { told } = await check(manifests('[]', dataFrom), aws);
  expect(told.map(({ rule, message }) => `${rule} ${/shop\/\w+/.exec(message)?.[0]}`)).toEqual([
    'unseen-entry shop/denied',
    'entry-without-value shop/empty',
    'deleted-entry shop/going',
    'missing-entry shop/gone',
  ]);
});

test('a thousand names are under 25 calls, also where they have no prefix, and pages may be empty', async () => {
  const names = Array.from({ length: 1000 }, (_, at) => `/key-${at}`);
  const parameters = Object.fromEntries(names.map(name => [`/shop${name}`, {}]));
  const aws = await fakeAws({ parameters, throttled: 3, emptyPages: 1 });
  expect(await check(manifests(read(...names)), aws)).toMatchObject({ status: 0, told: [] });
  expect(aws.calls.length - 3).toBeLessThan(25);
  const plain = await fakeAws({ parameters });
  const without = manifests(read(...names.map(name => `/shop${name}`))).replace(
    ', prefix: /shop',
    '',
  );
  expect(await check(without, plain)).toMatchObject({ status: 0, told: [] });
  expect(plain.calls).toHaveLength(20);
});

test('many secrets are listed, and one by one only what is not in the list, or all where that is denied', async () => {
  const names = Array.from({ length: 1000 }, (_, at) => `s-${at}`);
  const secrets = Object.fromEntries(names.map(name => [name, {}]));
  const text = manifests(read(...names, 'gone')).replace(
    'name: aws }\n  data',
    'name: secrets }\n  data',
  );
  const aws = await fakeAws({ secrets: { ...secrets, 's-1': { value: undefined } } });
  const { told } = await check(text, aws);
  expect(told.map(({ rule }) => rule)).toEqual(['missing-entry', 'entry-without-value']);
  expect(aws.calls).toHaveLength(11);
  const some = manifests(read('s-1', 's-2', 's-3', 'gone')).replace(
    'name: aws }\n  data',
    'name: secrets }\n  data',
  );
  const denied = await fakeAws({ secrets, denied: ['secretsmanager:ListSecrets'] });
  expect((await check(some, denied)).told.map(({ rule }) => rule)).toEqual(['missing-entry']);
});

test('AWS that goes on refusing is told at last', async () => {
  const aws = await fakeAws({ throttled: 100 });
  expect(await check(manifests(read('/a')), aws)).toMatchObject({
    status: 2,
    stdout: expect.stringContaining('"error": "rem-secrets: AWS refuses ssm:DescribeParameters'),
    stderr:
      'rem-secrets: AWS refuses ssm:DescribeParameters in eu-west-1: ThrottlingException: Rate exceeded\n',
  });
});

test.for<[what: string, store: string, flags: readonly string[], most: number, known: number]>([
  ['parameters', 'aws', [], 2, 100],
  ['values', 'aws', ['--read'], 3 + 4, 40],
  ['secrets', 'secrets', [], 11, 10],
])(
  'what was learned before AWS refuses for good is told: %s',
  async ([, store, flags, most, known]) => {
    const names = Array.from({ length: 120 }, (_, at) => `/key-${at}`);
    const there = Object.fromEntries(names.map(name => [name, { value: ' s3cret' }]));
    const text = manifests(read(...names))
      .replace(', prefix: /shop', '')
      .replace('name: aws }\n  data', `name: ${store} }\n  data`);
    const aws = await fakeAws({
      parameters: there,
      secrets: there,
      most,
      denied: ['secretsmanager:ListSecrets'],
    });
    const { status, told } = await check(text, aws, ...flags);
    const rules = told.map(({ rule }) => rule);
    const [unseen, ...more] = told.filter(({ rule }) => rule === 'unseen-entry');
    expect(unseen?.message).toContain(` and ${120 - known - 3} more were not `);
    expect(more).toEqual([]);
    expect(rules.filter(rule => rule === 'entry-space')).toHaveLength(flags.length > 0 ? known : 0);
    expect(status).toBe(2);
    expect(aws.calls.length).toBeLessThan(most + 80);
  },
);

test('what one service told is not lost where the other is too busy, also for a list', async () => {
  const names = Array.from({ length: 30 }, (_, at) => `s-${at}`);
  const more = manifests(read(...names))
    .replace(
      /^[\s\S]*kind: ExternalSecret/,
      '---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret',
    )
    .replace('name: api', 'name: mail')
    .replace('name: aws', 'name: secrets');
  const aws = await fakeAws({ parameters: {}, most: 1 });
  const { status, told } = await check(manifests(read('/a'), more), aws);
  expect(said(told)).toEqual([
    expect.stringMatching(
      /^unseen-entry secret "s-0", secret "s-1", secret "s-10" and 27 more were not looked at: /,
    ),
    'missing-entry there is no parameter "/shop/a" in eu-west-1',
  ]);
  expect(status).toBe(1);
  const asked = aws.calls.map(({ operation }) => operation);
  expect([...new Set(asked)]).toEqual(['DescribeParameters', 'ListSecrets']);
});

test('a permission that is missing is named, and whose', async () => {
  const aws = await fakeAws({ denied: ['ssm:DescribeParameters'] });
  const { status, stderr } = await check(manifests(read('/a')), aws);
  expect(status).toBe(2);
  expect(stderr).toBe(
    'rem-secrets: AWS does not let arn:aws:iam::123456789012:user/ci call ssm:DescribeParameters in eu-west-1, which tells which parameters there are: the permission ssm:DescribeParameters on * is missing\n',
  );
});

/** The store for Secrets Manager, with a role in another account. */
const ELSEWHERE = manifests('[{ secretKey: k, remoteRef: { key: /a } }]', '').replace(
  'SecretsManager, region: eu-west-1',
  'SecretsManager, region: eu-west-1, role: "arn:aws:iam::210987654321:role/reader"',
);
const OF_OTHERS = `  dataFrom:
    - { extract: { key: mail }, sourceRef: { storeRef: { kind: ClusterSecretStore, name: secrets } } }
`;

test('what a store reads in another account is not said to be missing, nor found', async () => {
  const unseen =
    'unseen-entry secret "mail" was not looked at: these credentials are of account 123456789012, and ClusterSecretStore "secrets" reads account 210987654321';
  for (const secrets of [{}, { mail: {} }]) {
    const aws = await fakeAws({ parameters: { '/shop/a': {} }, secrets });
    const { told, status, stderr } = await check(ELSEWHERE + OF_OTHERS, aws);
    expect(stderr).toContain('1 entry checked, 1 not looked at, 1 finding\n');
    expect(said(told)).toEqual([unseen]);
    expect(status).toBe(0);
  }
  const own = await fakeAws({ account: '210987654321', parameters: { '/shop/a': {} } });
  const { told } = await check(ELSEWHERE + OF_OTHERS, own);
  expect(told.map(({ rule, hint }) => `${rule}: ${hint}`)).toEqual([
    'missing-entry: Put it in account 210987654321: rem-secrets params put mail.',
  ]);
});

test('wrong credentials', async () => {
  const { env } = await fakeAws({});
  const wrong = { env: { ...env, AWS_SECRET_ACCESS_KEY: 'other' } };
  const { status, stderr } = await check(manifests(read('/a')), wrong);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr:
      'rem-secrets: AWS does not take the credentials (UnrecognizedClientException): log in again, as with aws sso login\n',
  });
});

const VALUES: readonly (readonly [value: string, entry: string, ...rules: string[]])[] = [
  ['Zm9vYmFyYmF6', '{ key: /a, decodingStrategy: Base64 }'],
  ['s3cr3t-but-fine', '{ key: /a }'],
  ['s3cr3t\n', '{ key: /a }', 'entry-space'],
  [' s3cr3t', '{ key: /a }', 'entry-space'],
  ['s3\r\ncr3t', '{ key: /a }', 'entry-line-ends'],
  ['  ', '{ key: /a }', 'empty-entry'],
  ['YOUR_API_KEY', '{ key: /a }', 'placeholder-entry'],
  ['changeme', '{ key: /a }', 'placeholder-entry'],
  ['sk-ant-...', '{ key: /a }', 'placeholder-entry'],
  ['no base64!', '{ key: /a, decodingStrategy: Base64 }', 'entry-base64'],
  ['s3cr3t', '{ key: /a, property: user }', 'entry-json'],
  ['{"usr":"s3cr3t"}', '{ key: /a, property: user }', 'missing-property'],
  ['{"user":"s3cr3t"}', '{ key: /a, property: user }'],
  ['{"a.b":"s3cr3t"}', '{ key: /a, property: a.b }'],
  ['{"a":[{"b":"s3cr3t"}]}', '{ key: /a, property: a.0.b }'],
  ['{"a":[]}', '{ key: /a, property: a.#.b }'],
];

test.for(VALUES)('--read of %j for %s', async ([value, entry, ...rules]) => {
  const aws = await fakeAws({ parameters: { '/shop/a': { value } } });
  const text = manifests(`[{ secretKey: k, remoteRef: ${entry} }]`);
  const ran = await check(text, aws, '--read');
  expect(ran.told.map(({ rule }) => rule)).toEqual(rules);
  const secret = /s3[\s\S]*cr3t/.exec(value)?.[0] ?? value.trim();
  expect(secret === '' ? '' : ran.stdout + ran.stderr).not.toContain(secret || '?');
});

test('a property that is not there has its nearest spelling, and the line that names it', async () => {
  const aws = await fakeAws({
    parameters: { '/shop/a': { value: '{"passwort":"x","user":"y"}' } },
  });
  const text = manifests(
    '\n    - secretKey: k\n      remoteRef:\n        key: /a\n        property: password',
  );
  const { told } = await check(text, aws, '--read');
  expect(told).toMatchObject([
    {
      rule: 'missing-property',
      line: 20,
      hint: 'The properties are: passwort, user. Did you mean "passwort"?',
    },
  ]);
});

test.for<[entry: string, ...said: string[]]>([
  ['{ key: /a, version: "3" }'],
  ['{ key: /a, version: "4" }', 'parameter "/shop/a" has no version 4: the newest is 3'],
  ['{ key: "/a:4" }', 'parameter "/shop/a:4" has no version 4: the newest is 3'],
  [
    '{ key: /old, version: "100" }',
    'parameter "/shop/old" has no version 100 any more: the newest is 200, and AWS keeps 100',
  ],
  ['{ key: /old, version: "101" }'],
  // Of a label only a read tells.
  ['{ key: /a, version: canary }'],
])('versions of a parameter: %s', async ([entry, ...messages]) => {
  const parameters = { '/shop/a': { version: 3 }, '/shop/old': { version: 200 } };
  const text = manifests(`[{ secretKey: k, remoteRef: ${entry} }]`);
  const { told } = await check(text, await fakeAws({ parameters }));
  const own = told.filter(({ rule }) => rule !== 'unused-entry');
  expect(said(own)).toEqual(messages.map(one => `missing-version ${one}`));
});

test('labels of a parameter are known by a read', async () => {
  const aws = await fakeAws({ parameters: { '/shop/a': { labels: ['stable'] } } });
  const of = (label: string): string =>
    `{ secretKey: ${label}, remoteRef: { key: /a, version: ${label} } }`;
  const { told } = await check(manifests(`[${of('stable')}, ${of('canary')}]`), aws, '--read');
  expect(said(told)).toEqual(['missing-version parameter "/shop/a" has no label "canary"']);
});

test('labels that AWS has no time for are not known, and the others are not asked for', async () => {
  const parameters = { '/shop/a': {}, '/shop/b': {} };
  const of = (name: string): string =>
    `{ secretKey: ${name}, remoteRef: { key: /${name}, version: stable } }`;
  const aws = await fakeAws({ parameters, most: 2 });
  const { told, status } = await check(manifests(`[${of('a')}, ${of('b')}]`), aws, '--read');
  const refused = 'AWS refuses ssm:GetParameters in eu-west-1: ThrottlingException: Rate exceeded';
  expect(told.map(({ rule, message, hint }) => `${rule} ${message}: ${hint}`)).toEqual([
    `unseen-entry parameter "/shop/a", parameter "/shop/b" were not read: ${refused}: Nothing is known of their labels.`,
  ]);
  expect(status).toBe(2);
  expect(new Set(aws.calls.slice(2).map(({ input }) => JSON.stringify(input))).size).toBe(1);
});

test('versions of a secret, by label and by ID, also of many', async () => {
  const names = Array.from({ length: 30 }, (_, at) => `s-${at}`);
  const secrets = Object.fromEntries(names.map(name => [name, { labels: ['AWSPREVIOUS'] }]));
  const of = (version: string): string =>
    `{ secretKey: k-${version.length}, remoteRef: { key: s-0, version: ${version} } }`;
  const wanted = ['AWSPREVIOUS', 'AWSPENDING', 'uuid/id-1', 'uuid/id-77'].map(of);
  const text = manifests(`[${[...wanted, read(...names).slice(1, -1)].join(', ')}]`).replace(
    'name: aws }\n  data',
    'name: secrets }\n  data',
  );
  const { told } = await check(text, await fakeAws({ secrets }));
  expect(said(told)).toEqual([
    'missing-version secret "s-0" has no version "AWSPENDING"',
    'missing-version secret "s-0" has no version "id-77" that has a label',
  ]);
  expect(told.map(({ severity }) => severity)).toEqual(['error', 'warning']);
});

test('a terminal is told how far it is, and that AWS is busy', async () => {
  const names = Array.from({ length: 120 }, (_, at) => `/key-${at}`);
  const parameters = Object.fromEntries(names.map(name => [`/shop${name}`, {}]));
  const aws = await fakeAws({ parameters, throttled: 1 });
  const said: string[] = [];
  const folder = folderOf([['in.yaml', manifests(read(...names))]]);
  await runLater(folder, ['params', 'check', 'in.yaml', '--read'], {
    ...aws.given,
    progress: text => void said.push(text),
  });
  expect(said[0]).toMatch(/^ssm is busy: asked again in [01] s$/);
  expect(said.slice(1, 4)).toEqual([
    '[########------------] 50 of 120 entries looked up',
    '[################----] 100 of 120 entries looked up',
    '[####################] 120 of 120 entries looked up',
  ]);
  expect(said.at(-1)).toBe('[####################] 120 of 120 entries read');
});

test('one value that may not be read keeps no other from it', async () => {
  const aws = await fakeAws({
    parameters: { '/shop/a': { value: ' a' }, '/shop/b': { value: 'b ' } },
    denied: ['ssm:GetParameters /shop/a'],
  });
  const { told } = await check(manifests(read('/a', '/b')), aws, '--read');
  expect(told.map(({ rule }) => rule)).toEqual(['unseen-entry', 'entry-space']);
});

const SPEC = specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets: { api-keys: { store: aws, keys: { stripe: payments/stripe-key } } }
iam: { keys: { aws: [alias/shop] } }
environments:
  dev: { stores: { aws: { aws: { prefix: /shop-dev } } } }
  prod: {}`);

async function checkSpec(aws: Fake, ...flags: readonly string[]): Promise<Ran> {
  const folder = folderOf([['rem-secrets.yaml', SPEC]]);
  expect((await runMain(folder, ['expand'])).status).toBe(0);
  return runLater(folder, ['params', 'check', ...flags], aws.given);
}

test('what is missing here and is there in another environment is said so, at the spec', async () => {
  const aws = await fakeAws({
    parameters: { '/shop-dev/payments/stripe-key': { keyId: 'alias/shop' } },
  });
  const { status, stderr } = await checkSpec(aws, '-e', 'prod');
  expect(status).toBe(1);
  expect(stderr).toContain('there is no parameter "/shop/payments/stripe-key" in eu-west-1');
  expect(stderr).toContain('It is there for dev ("/shop-dev/payments/stripe-key").');
  expect(stderr).toMatch(/^rem-secrets\.yaml:\d+:\d+: error/);
  expect(await checkSpec(aws, '-e', 'dev')).toMatchObject({ status: 0 });
});

test('what is below the prefix that the spec gives, and nothing of any environment reads', async () => {
  const own = ['/shop/payments/stripe-key', '/shop-dev/payments/stripe-key'];
  const names = [...own, '/shop/left', '/shopping'];
  const parameters = Object.fromEntries(names.map(name => [name, { keyId: 'alias/shop' }]));
  const { status, stderr } = await checkSpec(await fakeAws({ parameters }));
  expect(status).toBe(0);
  expect(stderr).toContain('warning: nothing reads "/shop/left", below "/shop" [unused-entry]');
});

test('the account of an environment is that of its entries', async () => {
  const folder = folderOf([
    [
      'rem-secrets.yaml',
      SPEC.replace('prod: {}', 'prod: { iam: { account: "210987654321" } }').replace(
        'dev: {',
        'dev: { iam: { account: "123456789012" },',
      ),
    ],
  ]);
  expect((await runMain(folder, ['expand'])).status).toBe(0);
  const parameters = { '/shop-dev/payments/stripe-key': { keyId: 'alias/shop' } };
  const { given } = await fakeAws({ parameters });
  const { status, stderr } = await runLater(folder, ['params', 'check'], given);
  expect(stderr).toContain(
    'these credentials are of account 123456789012, and ClusterSecretStore "aws" reads account 210987654321',
  );
  expect(stderr).not.toContain('missing-entry');
  expect(status).toBe(0);
});

test('a key that the spec does not name', async () => {
  const aws = await fakeAws({ parameters: { '/shop/payments/stripe-key': {} } });
  const { status, stderr } = await checkSpec(aws, '-e', 'prod');
  expect(status).toBe(1);
  expect(stderr).toContain('is encrypted by alias/aws/ssm, not by alias/shop');
});

test('the inventory of what is there: the names below the prefix, and properties with --read', async () => {
  const aws = await fakeAws({
    parameters: {
      '/shop/db': { value: '{"user":"s3cret","password":"s3cret"}' },
      '/shop/token': { value: 's3cret' },
      '/shop/other': {},
      '/shopping': {},
    },
    secrets: { mail: {} },
  });
  const more = `  dataFrom:
    - extract: { key: mail }
      sourceRef: { storeRef: { kind: ClusterSecretStore, name: secrets } }`;
  const folder = folderOf([['in.yaml', manifests(read('/db', '/token', '/gone'), more)]]);
  const inventory = async (...flags: readonly string[]): Promise<unknown> => {
    const args = ['params', 'inventory', 'in.yaml', '--from-aws', ...flags];
    const { status, stdout } = await runLater(folder, args, aws.given);
    expect(status).toBe(0);
    expect(stdout).not.toContain('s3cret');
    return load(stdout);
  };
  const names = { '/shop/db': true, '/shop/other': true, '/shop/token': true };
  const secrets = { 'ClusterSecretStore/secrets': { mail: true } };
  expect(await inventory()).toEqual({
    inventory: { 'ClusterSecretStore/aws': names, ...secrets },
  });
  expect(await inventory('--read')).toEqual({
    inventory: {
      'ClusterSecretStore/aws': { ...names, '/shop/db': ['password', 'user'], '/shop/token': [] },
      'ClusterSecretStore/secrets': { mail: [] },
    },
  });
});

test('the page names every rule, and no other', () => {
  const page = readFileSync(join(root, 'docs/params.md'), 'utf8');
  const named = [...page.matchAll(/^\| `([a-z0-9-]+)` +\| (?:error|warning) /gm)].map(
    ([, id]) => id,
  );
  const folder = join(root, 'generator/params');
  const text = readdirSync(folder)
    .filter(file => file !== 'aws.ts') // The ids there are those of AWS's services.
    .map(file => readFileSync(join(folder, file), 'utf8'));
  const made = text
    .join('')
    .matchAll(/\b(?:(?:at|warn|error)\(\s*|id: |value\.\w+, )'([a-z0-9-]+)'/g);
  expect([...new Set(named)].sort()).toEqual([...new Set([...made].map(([, id]) => id))].sort());
});

test('an environment that there is not', async () => {
  expect(await checkSpec(await fakeAws(), '-e', 'pord')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('there is no environment "pord", only dev, prod'),
  });
});

test.for([
  ['evil.example/#', 'AWS has no region'],
  ['eu-west-1.evil.example', 'AWS has no region'],
])('no host is made of the region %s', async ([region = '', said = '']) => {
  const aws = await fakeAws();
  const text = manifests(read('/a')).replace('region: eu-west-1', `region: "${region}"`);
  const { status, stderr } = await check(text, aws);
  expect({ status, calls: aws.calls }).toEqual({ status: 2, calls: [] });
  expect(stderr).toContain(said);
});
