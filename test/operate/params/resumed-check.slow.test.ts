import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderOf, type Ran, runLater } from '../../machine.ts';
import { type FakeOptions, fakeAws } from './fake-aws.ts';
import { NAMES, readsMany } from './reads-many.ts';

const THERE = Object.fromEntries(NAMES.map(name => [name, { value: 's3cret-but-fine' }]));
const PREFIXED = Object.fromEntries(NAMES.map(name => [`/shop${name}`, {}]));

/** A user with a repository and a cache. */
class User {
  readonly cache: string = folderOf([]);
  readonly folder: string;
  readonly aws: ReturnType<typeof fakeAws> = fakeAws();
  now = Date.UTC(2026, 10, 26, 15, 3);

  constructor(text: string) {
    this.folder = folderOf([['in.yaml', text]]);
  }

  /** The same command again, with AWS as it is by then. */
  async check(
    options: FakeOptions,
    ...flags: readonly string[]
  ): Promise<Ran & { readonly asked: readonly string[] }> {
    const aws = await this.aws;
    const calls = aws.become(options);
    const all: Readonly<Record<string, string>> = { ...aws.env, XDG_CACHE_HOME: this.cache };
    const ran = await runLater(this.folder, ['params', 'check', 'in.yaml', ...flags], {
      ...aws.given,
      env: name => all[name],
      now: () => this.now,
    });
    return { ...ran, asked: calls.map(({ input }) => JSON.stringify(input)) };
  }

  /** Comes back after a time. */
  later(milliseconds: number): void {
    this.now += milliseconds;
  }

  /** Finds another text in the only file of the cache. */
  keeps(text: string): void {
    writeFileSync(this.file, text);
  }

  get files(): string[] {
    const folder = join(this.cache, 'rem-secrets/builds');
    return readdirSync(folder).map(name => join(folder, name));
  }

  /** The only file of the cache. */
  get file(): string {
    const [file = '', ...others] = this.files;
    expect(others).toEqual([]);
    return file;
  }
}

const RESUMED = /^rem-secrets: resumed: (\d+) of 120 names were answered at 2026-11-26 15:03 UTC; /;

/** A kept file that says something else of the place. */
function keptAs({ now: since }: User, place: object): string {
  return JSON.stringify({ since, places: [{ place: 'ParameterStore eu-west-1', ...place }, 3] });
}

/** How many names a run went on with. */
function resumedIn({ stderr }: Ran): number {
  return Number(RESUMED.exec(stderr)?.[1] ?? 0);
}

const NO_LIST = { denied: ['secretsmanager:ListSecrets'] };

/** Where it is cut, and the calls of the next run; the first of those is to see whether the account is the same. */
test.for<
  [what: string, service: string, prefix: string, more: FakeOptions, calls: number, ...string[]]
>([
  ['names', 'ParameterStore', '', { most: 2 }, 1 + 1],
  ['a listing', 'ParameterStore', ', prefix: /shop', { most: 2 }, 1 + 1],
  ['values', 'ParameterStore', '', { most: 3 + 6 }, 1 + 2 + 6, '--read'],
  ['secrets', 'SecretsManager', '', { most: 1 + 11 * 5, ...NO_LIST }, 1 + 1 + 65],
  ['a list of secrets', 'SecretsManager', '', { most: 1 }, 1 + 20],
])('%s: what was answered before a login ran out is not asked for again', async given => {
  const [, service, prefix, more, calls, ...flags] = given;
  const user = new User(readsMany(service, prefix));
  const names = prefix === '' ? THERE : PREFIXED;
  const there = { parameters: names, secrets: names };
  const broken = await user.check({ ...there, last: 'ExpiredTokenException', ...more }, ...flags);
  expect(broken.status).toBe(2);
  expect(broken.stderr).toMatch(/ were not (?:looked at|read): AWS does not take the credentials/);
  const kept = Number(/broken off: (\d+) of 120 names were answered/.exec(broken.stderr)?.[1]);
  expect(kept).toBeGreaterThan(49);
  expect(readFileSync(user.file, 'utf8')).not.toContain('s3cret');

  user.now += 600_000;
  const resumed = await user.check({ ...there, ...more, most: 1000 }, ...flags);
  expect(resumedIn(resumed)).toBe(kept);
  expect(resumed).toMatchObject({ status: 0, stdout: '' });
  expect(resumed.stderr).toContain('120 entries checked, 0 findings');
  expect(resumed.asked).toHaveLength(calls);
  // A check that was finished is asked anew.
  expect(user.files).toEqual([]);
});

test('what was missing or wrong is asked for again, and told if it still is', async () => {
  const user = new User(readsMany('ParameterStore'));
  const { '/key-001': _, ...parameters } = THERE;
  const wrong = { ...parameters, '/key-002': { type: 'String' } };
  await user.check({ parameters: wrong, most: 2 });
  const resumed = await user.check({ parameters: { ...THERE, '/key-003': {} } });
  expect(resumedIn(resumed)).toBe(98);
  expect(resumed).toMatchObject({ status: 0, stdout: '' });
  await user.check({ parameters: wrong, most: 2 });
  const again = await user.check({ parameters: wrong });
  expect(again.stderr).toContain('there is no parameter "/key-001"');
  expect(again.stderr).toContain('parameter "/key-002" is a String');
});

test.for<[why: string, options: FakeOptions, change?: (user: User) => void, ...flags: string[]]>([
  ['another account', { account: '210987654321' }],
  ['a name that is gone', { parameters: {} }],
  ['an hour ago', {}, user => user.later(3_600_000)],
  ['of tomorrow', {}, user => user.later(-1000)],
  [
    'other manifests',
    {},
    ({ folder }) => {
      const other = readsMany('ParameterStore').replace('/key-119', '/key-118');
      writeFileSync(join(folder, 'in.yaml'), other);
    },
  ],
  ['--read', {}, () => {}, '--read'],
  ['--no-cache', {}, () => {}, '--no-cache'],
  ['no JSON', {}, user => user.keeps('{"since":')],
  ['other JSON', {}, user => user.keeps(keptAs(user, { account: 7, fine: {} }))],
  [
    'names that nobody wants',
    {},
    user => user.keeps(keptAs(user, { account: '123456789012', fine: ['/x', 7, null] })),
  ],
])('nothing is taken up of %s', async ([, options, change, ...flags]) => {
  const user = new User(readsMany('ParameterStore'));
  await user.check({ parameters: THERE, most: 2 });
  change?.(user);
  const ran = await user.check({ parameters: THERE, ...options }, ...flags);
  expect(resumedIn(ran)).toBe(0);
  expect(new Set(ran.asked.join('').match(/key-\d{3}/g)).size).toBeGreaterThan(118);
});

test('AWS that does not know the page any more is asked for all of them', async () => {
  const user = new User(readsMany('ParameterStore', ', prefix: /shop'));
  await user.check({ parameters: PREFIXED, most: 2, token: 'a' });
  const ran = await user.check({ parameters: { ...PREFIXED, '/shop/left': {} }, token: 'b' });
  expect(resumedIn(ran)).toBe(100);
  expect(ran.stderr).toContain('nothing reads "/shop/left"');
});

test('a listing goes on at its page, and knows the pages before', async () => {
  const user = new User(readsMany('ParameterStore', ', prefix: /shop'));
  const parameters = { '/shop/left': {}, ...PREFIXED, '/shop/right': {} };
  await user.check({ parameters, most: 2 });
  const ran = await user.check({ parameters });
  expect(ran.stderr).toContain('nothing reads "/shop/left", "/shop/right", below "/shop"');
  expect(ran.asked).toHaveLength(1 + 1);
});

test('a run that is broken off again goes on from there, by the time of the first', async () => {
  const user = new User(readsMany('ParameterStore'));
  await user.check({ parameters: THERE, most: 1 });
  user.now += 60_000;
  // One call is to see whether it is the same account.
  expect(resumedIn(await user.check({ parameters: THERE, most: 1 }))).toBe(50);
  expect(resumedIn(await user.check({ parameters: THERE, most: 2 }))).toBe(50);
  expect(resumedIn(await user.check({ parameters: THERE }))).toBe(100);
});

test('wrong credentials from the first call on keep what there is', async () => {
  const user = new User(readsMany('ParameterStore'));
  await user.check({ parameters: THERE, most: 2 });
  const refused = await user.check({ most: 0, last: 'ExpiredTokenException' });
  expect(refused).toMatchObject({ status: 2, stdout: '' });
  expect(resumedIn(await user.check({ parameters: THERE }))).toBe(100);
});
