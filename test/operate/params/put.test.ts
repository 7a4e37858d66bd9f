import { expect, test } from 'vitest';
import { casesIn } from '../../cases.ts';
import { folderOf, type Ran, runLater, runMain } from '../../machine.ts';
import { specOf } from '../../spec-text.ts';
import { dataOf, externalOf, joined, pushOf, READS_A, storeOf } from '../aws-manifests.ts';
import { type FakeOptions, fakeAws } from './fake-aws.ts';
import type { Stored } from './fake-services.ts';
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

/** A call, and what is said. */
interface Put {
  readonly args: string;
  readonly input?: string;
  /** How often that is the input. */
  readonly times?: number;
  /** What somebody answers on the terminal, in turn. */
  readonly answers?: readonly string[];
  readonly asked?: readonly string[];
  readonly waited?: readonly number[];
  readonly status?: number;
  readonly says?: readonly string[];
  readonly hides?: string;
  readonly stderr?: string;
}

const FIELDS = [
  ...['args', 'input', 'times', 'answers', 'asked', 'waited'],
  ...['status', 'says', 'hides', 'stderr'],
];

async function put(aws: Fake, { args, input = '', times = 1, answers }: Put) {
  const { asked, ask } = somebody(answers);
  const waited: number[] = [];
  const folder = folderOf({ 'in.yaml': MANIFESTS, 'value.txt': 's3cret-of-file\n' });
  const ran = await runLater(folder, `params put ${args} -m in.yaml`.split(/ +/), {
    input: input.repeat(times),
    env: name => aws.env[name],
    wait: async milliseconds => void waited.push(milliseconds),
    ask,
  });
  expect(ran.stdout + ran.stderr).not.toContain('s3cret');
  return { ...ran, asked, waited };
}

function expectPut(ran: Ran & Pick<Put, 'asked' | 'waited'>, expected: Put): void {
  const { status = 0, says = [], hides, stderr, asked = ran.asked, waited = [] } = expected;
  for (const words of says) expect(ran.stderr).toContain(words);
  if (hides !== undefined) expect(ran.stderr).not.toContain(hides);
  if (stderr !== undefined) expect(ran.stderr).toBe(stderr);
  expect(ran).toMatchObject({ status, asked, waited });
}

/** Calls, and what is in AWS then; null: nothing is. */
interface Case {
  readonly aws?: FakeOptions;
  readonly puts: readonly Put[];
  readonly stored?: Readonly<Record<string, Partial<Stored> | null>>;
  readonly operations?: readonly string[];
}

const cases = casesIn<Case>(import.meta.dirname, 'put.yaml', [
  ...(['aws', 'puts', 'stored', 'operations'] as const),
]);

test.for(cases)('%s', async ([, one]) => {
  const aws = await fakeAws(one.aws);
  for (const call of one.puts) {
    expect(FIELDS).toEqual(expect.arrayContaining(Object.keys(call)));
    expectPut(await put(aws, call), call);
  }
  for (const [name, stored] of Object.entries(one.stored ?? {})) {
    const found = aws.state.parameters.get(name) ?? aws.state.secrets.get(name);
    if (stored === null) expect(found).toBeUndefined();
    else expect(found).toMatchObject(stored);
  }
  const operations = aws.calls.map(({ operation }) => operation);
  expect(operations).toEqual(one.operations ?? operations);
});

test('a value that is made up is letters and digits as Phoenix wants them', async () => {
  const aws = await fakeAws();
  for (const [flags, length] of [
    ['--generate', 32],
    ['--generate 64 --yes', 64],
  ] as const) {
    const { status, stderr } = await put(aws, { args: `/a ${flags}` });
    const made = aws.state.parameters.get('/a')?.value;
    expect(status).toBe(0);
    expect(stderr).not.toContain(made);
    expect(made).toMatch(new RegExp(`^(?=.*[a-z])(?=.*[0-9])[A-Za-z0-9]{${length}}$`));
  }
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
