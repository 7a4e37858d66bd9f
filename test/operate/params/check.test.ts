import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { casesIn } from '../../cases.ts';
import { folderOf, type Ran, readText, root, runLater, runMain, yamlIn } from '../../machine.ts';
import { dataOf, externalOf, joined, storeOf } from '../aws-manifests.ts';
import { type FakeOptions, fakeAws } from './fake-aws.ts';

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
  const { findings = [] }: { findings?: Told[] } = JSON.parse(ran.stdout || '{}');
  return { ...ran, told: findings };
}

/** What is told, a line a finding. */
function said(told: readonly Told[]): string[] {
  return told.map(({ rule, message }) => `${rule} ${message}`);
}

function read(...names: readonly string[]): string {
  return dataOf(names).replace('data: ', '');
}

/** An entry that is read, and what else is other than usual. */
interface Read {
  readonly aws?: FakeOptions;
  readonly env?: Readonly<Record<string, string>>;
  readonly region?: string;
  /** Of the store of Secrets Manager. */
  readonly role?: string;
  /** What is read of Parameter Store, and whole of Secrets Manager. */
  readonly data?: readonly object[];
  readonly secrets?: readonly string[];
  readonly flags?: string;
  readonly status?: number;
  /** `line: severity: message [rule] hint`. */
  readonly told: readonly string[];
  readonly stdout?: string;
  readonly stderr?: string;
  readonly calls?: readonly object[];
  /** How many calls of them are not like one before. */
  readonly asks?: number;
}

/** The manifests that read this, with each entry on a line of its own. */
function reading({ data = [], secrets = [], region = 'eu-west-1', role }: Partial<Read>): string {
  const login = role === undefined ? '' : `, role: "${role}"`;
  const sourceRef = { storeRef: { kind: 'ClusterSecretStore', name: 'secrets' } };
  const entries = [
    'data:',
    ...data.map((remoteRef, at) => `  - ${JSON.stringify({ secretKey: `k${at}`, remoteRef })}`),
    'dataFrom:',
    ...secrets.map(key => `  - ${JSON.stringify({ extract: { key }, sourceRef })}`),
  ];
  return joined(
    storeOf(`service: ParameterStore, region: "${region}", prefix: /shop`),
    storeOf(`service: SecretsManager, region: eu-west-1${login}`, 'secrets'),
    externalOf('api', 'kind: ClusterSecretStore, name: aws', entries.join('\n  ')),
  );
}

const reads = casesIn<Read>(import.meta.dirname, 'check.yaml', [
  ...(['aws', 'env', 'region', 'role', 'data', 'secrets', 'flags'] as const),
  ...(['status', 'told', 'stdout', 'stderr', 'calls', 'asks'] as const),
]);

test.for(reads)('%s', async ([, one]) => {
  const { aws: options = {}, env = {}, flags = '', status = 0, stdout = '', stderr } = one;
  const aws = await fakeAws(options);
  const given = { env: { ...aws.env, ...env } };
  const ran = await check(reading(one), given, ...flags.split(' ').filter(Boolean));
  const told = ran.told.map(
    ({ line, severity, message, rule, hint }) =>
      `${line}: ${severity}: ${message} [${rule}] ${hint}`,
  );
  expect(told).toEqual(one.told);
  expect(ran.stdout).toContain(stdout);
  if (stderr !== undefined) expect(ran.stderr).toBe(stderr);
  expect(ran.status).toBe(status);
  if (one.calls !== undefined) expect(aws.calls).toMatchObject(one.calls);
  const asked = new Set(aws.calls.map(({ input }) => JSON.stringify(input)));
  expect(asked.size).toBe(one.asks ?? asked.size);
});

const values = yamlIn<readonly [value: string, entry: object, ...rules: string[]][]>(
  import.meta.dirname,
  'check-values.yaml',
);

test.for(values)('--read of %j for %j', async ([value, entry, ...rules]) => {
  const aws = await fakeAws({ parameters: { '/shop/a': { value } } });
  const ran = await check(reading({ data: [entry] }), aws, '--read');
  expect(ran.told.map(({ rule }) => rule)).toEqual(rules);
  const secret = /s3[\s\S]*cr3t/.exec(value)?.[0] ?? value.trim();
  expect(secret === '' ? '' : ran.stdout + ran.stderr).not.toContain(secret || '?');
});

/** What is said of a spec and the tree of it. */
interface OfSpec {
  readonly aws?: FakeOptions;
  readonly flags?: string;
  readonly edits?: readonly (readonly [text: string, by: string])[];
  readonly status?: number;
  readonly says?: readonly string[];
  readonly hides?: string;
}

const specs = casesIn<OfSpec>(import.meta.dirname, 'check-specs.yaml', [
  ...(['aws', 'flags', 'edits', 'status', 'says', 'hides'] as const),
]);

test.for(specs)('%s', async ([, one]) => {
  const { aws = {}, flags, edits = [], status = 0, says = [], hides } = one;
  const spec = readText(import.meta.dirname, 'spec.yaml');
  const folder = folderOf({
    'rem-secrets.yaml': edits.reduce((text, [from, by]) => text.replace(from, by), spec),
  });
  expect((await runMain(folder, 'expand')).status).toBe(0);
  const line = ['params check', ...(flags === undefined ? [] : [flags])].join(' ');
  const ran = await runLater(folder, line, (await fakeAws(aws)).given);
  for (const words of says) expect(ran.stderr).toContain(words);
  if (hides !== undefined) expect(ran.stderr).not.toContain(hides);
  expect(ran.status).toBe(status);
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
  const aws = await fakeAws({ secrets: { ...secrets, 's-1': { value: null } } });
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
