import { expect, test } from 'vitest';
import { folderOf, type Ran, runLater, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { dataOf, externalOf, joined, pushOf, READS_A, storeOf } from '../aws-manifests.ts';
import { fakeAws } from './fake-aws.ts';
import { somebody } from './somebody.ts';

type Fake = Awaited<ReturnType<typeof fakeAws>>;

const MANIFESTS = joined(
  READS_A,
  externalOf(
    'login',
    'name: aws',
    'data: [{ secretKey: user, remoteRef: { key: /json, property: user } }]',
  ),
  storeOf('service: SecretsManager, region: eu-west-1', 'secrets', 'shop'),
  externalOf('mail', 'name: secrets', dataOf(['mail'])),
  pushOf('out', 'name: aws', 'made', 'data: [{ match: { remoteRef: { remoteKey: /pushed } } }]'),
);

interface Given {
  readonly input?: string;
  /** What somebody answers on the terminal, in turn. */
  readonly answers?: readonly string[];
  readonly waited?: number[];
}

async function put(
  aws: Fake,
  args: readonly string[],
  given: Given = {},
): Promise<Ran & { readonly asked: readonly string[] }> {
  const { answers, waited = [], input = '' } = given;
  const { asked, ask } = somebody(answers);
  const folder = folderOf([
    ['in.yaml', MANIFESTS],
    ['value.txt', 's3cret-of-file\n'],
  ]);
  const ran = await runLater(folder, ['params', 'put', ...args, '-m', 'in.yaml'], {
    input,
    env: name => aws.env[name],
    wait: async milliseconds => void waited.push(milliseconds),
    ask,
  });
  expect(ran.stdout + ran.stderr).not.toContain('s3cret');
  return { ...ran, asked };
}

function storedValue({ state }: Fake, name: string): string | undefined {
  return (state.parameters.get(name) ?? state.secrets.get(name))?.value;
}

test('a new parameter is a SecureString, of a value that is asked for and not shown', async () => {
  const aws = await fakeAws();
  const { status, stderr, asked } = await put(aws, ['/a'], { answers: ['s3cret'] });
  expect({ status, asked }).toEqual({
    status: 0,
    asked: ['hidden The value of /a (it is not shown): '],
  });
  expect(stderr).toBe(
    'rem-secrets: SecureString "/a" in eu-west-1: it is new\nrem-secrets: version 1 is written\n',
  );
  expect(aws.state.parameters.get('/a')).toMatchObject({
    type: 'SecureString',
    tier: 'Standard',
    value: 's3cret',
  });
});

test.for([
  [['--from', '-'], 's3cret\n', 's3cret', true],
  [['--from', '-'], 's3cret\r\n', 's3cret', true],
  [['--from', '-'], 's3cret\n\n', 's3cret\n', true],
  [['--from', '-'], 's3cret', 's3cret', false],
  [['--from', '-', '--keep-newline'], 's3cret\n', 's3cret\n', false],
  [['--from', 'value.txt'], '', 's3cret-of-file', true],
] as const)(
  'one final newline is left out, and said so: %j',
  async ([flags, input, value, isSaid]) => {
    const aws = await fakeAws();
    const { status, stderr } = await put(aws, ['/a', ...flags], { input });
    expect({ status, value: storedValue(aws, '/a') }).toEqual({ status: 0, value });
    expect(stderr.includes('its final newline is left out')).toBe(isSaid);
  },
);

test('what is there is shown with version and date, and asked about', async () => {
  const aws = await fakeAws({ parameters: { '/a': { version: 3 } } });
  const no = await put(aws, ['/a', '--from', '-'], { input: 's3cret', answers: [''] });
  expect(no).toMatchObject({ status: 1, asked: ['shown Write over it? [y/N] '] });
  expect(no.stderr).toContain('there is version 3 of 2025-06-15 15:06 UTC\n');
  expect(storedValue(aws, '/a')).toBe('v');
  const yes = await put(aws, ['/a', '--from', '-'], { input: 's3cret', answers: ['y'] });
  expect(yes).toMatchObject({ status: 0, stderr: expect.stringContaining('version 4 is written') });
  expect(storedValue(aws, '/a')).toBe('s3cret');
});

test('without a terminal nothing is written over unless --yes says so', async () => {
  const aws = await fakeAws({ parameters: { '/a': {} } });
  const args = ['/a', '--from', '-'];
  expect(await put(aws, args, { input: 's3cret' })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no terminal to ask: --yes'),
  });
  expect(storedValue(aws, '/a')).toBe('v');
  expect(await put(aws, [...args, '--yes'], { input: 's3cret' })).toMatchObject({ status: 0 });
  expect(await put(aws, ['/a', '--yes'])).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no terminal to ask for the value: --from FILE'),
  });
});

test('a value that is made up is letters and digits as Phoenix wants them', async () => {
  const aws = await fakeAws();
  const made: (string | undefined)[] = [];
  for (const flags of [['--generate'], ['--generate', '64', '--yes']]) {
    const { status, stderr } = await put(aws, ['/a', ...flags]);
    made.push(storedValue(aws, '/a'));
    expect(status).toBe(0);
    expect(stderr).not.toContain(made.at(-1));
  }
  expect(made).toEqual([
    expect.stringMatching(/^(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9]{32}$/),
    expect.stringMatching(/^(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9]{64}$/),
  ]);
});

test('a String becomes a SecureString by deleting it, on request and after what AWS waits for', async () => {
  const aws = await fakeAws({ parameters: { '/a': { type: 'String' } } });
  const args = ['/a', '--from', '-'];
  expect(await put(aws, args, { input: 's3cret', answers: ['y'] })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--replace deletes it and makes a SecureString'),
  });
  const waited: number[] = [];
  const done = await put(aws, [...args, '--replace', '--yes'], { input: 's3cret', waited });
  expect({ status: done.status, waited }).toEqual({ status: 0, waited: [30_000] });
  expect(aws.state.parameters.get('/a')).toMatchObject({ type: 'SecureString', value: 's3cret' });
  const written = aws.calls.map(({ operation }) => operation).slice(-3);
  expect(written).toEqual(['DescribeParameters', 'DeleteParameter', 'PutParameter']);
});

test('a parameter that is deleted and not made again is said to be gone', async () => {
  const parameters = { '/a': { type: 'String' } };
  const aws = await fakeAws({ parameters, denied: ['ssm:PutParameter'] });
  const args = ['/a', '--from', '-', '--replace', '--yes'];
  const { status, stderr } = await put(aws, args, { input: 's3cret' });
  expect(status).toBe(2);
  expect(stderr).toContain('"/a" is deleted and not made again: put it once more\n');
});

test('--dry-run asks for nothing and writes nothing', async () => {
  const aws = await fakeAws({ parameters: { '/a': {} } });
  expect(await put(aws, ['/a', '--dry-run'])).toMatchObject({ status: 0, asked: [] });
  expect(aws.calls.map(({ operation }) => operation)).toEqual(['DescribeParameters']);
});

test.for([
  ['/a', '', 'the value is empty'],
  ['/a', '{{ssm:other}}', 'takes no value with {{'],
  ['/a', 's3cret'.repeat(700), 'larger than 4 KB: --advanced'],
  ['/json', 's3cret', 'the value is no JSON object'],
  ['/json', '{"usr":"s3cret"}', 'properties that the value has not: user'],
])('a value that %s cannot have is not written', async ([name = '', input = '', said = '']) => {
  const aws = await fakeAws();
  expect(await put(aws, [name, '--from', '-'], { input })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(said),
  });
  expect(storedValue(aws, name)).toBeUndefined();
});

test('an advanced parameter, and one that is there already', async () => {
  const aws = await fakeAws();
  const input = 's3cret'.repeat(700);
  expect(await put(aws, ['/a', '--from', '-', '--advanced'], { input })).toMatchObject({
    status: 0,
  });
  expect(await put(aws, ['/a', '--from', '-', '--yes'], { input })).toMatchObject({ status: 0 });
  expect(aws.state.parameters.get('/a')).toMatchObject({ tier: 'Advanced', version: 2 });
});

test('a secret of Secrets Manager is made, then gets versions', async () => {
  const aws = await fakeAws();
  const args = ['mail', '--from', '-'];
  expect(await put(aws, args, { input: 's3cret' })).toMatchObject({ status: 0 });
  expect(await put(aws, [...args, '--yes'], { input: 's3cret2' })).toMatchObject({ status: 0 });
  expect(storedValue(aws, 'mail')).toBe('s3cret2');
  expect(aws.calls.map(({ operation }) => operation)).toEqual([
    ...['DescribeSecret', 'CreateSecret'],
    ...['DescribeSecret', 'PutSecretValue'],
  ]);
});

test.for([
  [
    ['/b'],
    'no manifest reads an entry of that name of AWS. The entries are: /a, /json, /pushed, mail.',
  ],
  [['s3cret'], 'no manifest reads an entry of that name of AWS. The entries are: '],
  [['/pushed'], 'PushSecret "out" writes "/pushed"'],
  [['/a', 's3cret'], 'too many arguments'],
  [['/a', '--generate', '8'], '--generate takes a number from 32 to 1024'],
  [['/a', '--generate', '--from', '-'], 'cannot be used with'],
  [[], 'missing required argument'],
] as const)('wrong usage: %j', async ([args, said]) => {
  const aws = await fakeAws();
  const { status, stderr } = await put(aws, args, { answers: ['s3cret'] });
  expect({
    status,
    calls: aws.calls.filter(({ operation }) => operation.startsWith('Put')),
  }).toEqual({ status: 2, calls: [] });
  expect(stderr).toContain(said);
});

test('what AWS refuses is told without its words, which quote the value', async () => {
  const aws = await fakeAws({ denied: ['ssm:PutParameter'] });
  const denied = await put(aws, ['/a', '--from', '-'], { input: 's3cret' });
  expect(denied).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('the permission ssm:PutParameter on the parameter is missing'),
  });
  const strict = await fakeAws({ quoting: true });
  expect(await put(strict, ['/a', '--from', '-'], { input: 's3cret' })).toMatchObject({
    status: 2,
    stderr: expect.stringContaining(
      'AWS refuses ssm:PutParameter in eu-west-1: ValidationException\n',
    ),
  });
});

test('the key is the one that the spec names', async () => {
  const aws = await fakeAws();
  const spec = specOf(`
namespace: shop
stores: { aws: { aws: { service: ParameterStore, region: eu-west-1, prefix: /shop } } }
secrets: { api-keys: { store: aws, keys: { stripe: stripe-key } } }
iam: { keys: { aws: [alias/shop] } }
environments: { dev: {}, prod: { stores: { aws: { aws: { region: eu-north-1 } } } } }`);
  const folder = folderOf([['rem-secrets.yaml', spec]]);
  await runMain(folder, ['expand']);
  const given = { ...aws.given, input: 's3cret' };
  const args = ['params', 'put', '/shop/stripe-key', '--from', '-'];
  expect(await runLater(folder, args, given)).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('choose one by --environment'),
  });
  expect(await runLater(folder, [...args, '-e', 'prod'], given)).toMatchObject({ status: 0 });
  expect(aws.calls.at(-1)).toMatchObject({
    region: 'eu-north-1',
    input: { Name: '/shop/stripe-key', KeyId: 'alias/shop' },
  });
});

test('what a store reads in another account is not written over, and a new one is told', async () => {
  const manifests = READS_A.replace(
    'region: eu-west-1',
    'region: eu-west-1, role: "arn:aws:iam::210987654321:role/reader"',
  );
  const folder = folderOf([['in.yaml', manifests]]);
  const args = ['params', 'put', '/a', '-m', 'in.yaml', '--dry-run'];
  const [there, none] = [await fakeAws({ parameters: { '/a': {} } }), await fakeAws()];
  const refused = await runLater(folder, args, there.given);
  expect(refused).toMatchObject({
    status: 2,
    stderr:
      'rem-secrets: these credentials are of account 123456789012, and SecretStore "aws" reads account 210987654321\n',
  });
  const told = await runLater(folder, args, none.given);
  expect(told.stderr).toContain('it is new, if these credentials are of account 210987654321');
});
