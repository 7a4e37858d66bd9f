import { expect, test } from 'vitest';
import { freshPackage, programIn } from '../../installed.ts';
import { folderOf } from '../../machine.ts';
import { READS_A } from '../aws-manifests.ts';
import { fakeAws } from './fake-aws.ts';
import { type Keys, typedAt } from './typed.ts';

const ENTER = '\r';
const PROMPT = 'The value of /a (it is not shown): ';

/** What a terminal shows of `params put /a`, and what is in the store then. */
async function put(
  keys: readonly Keys[],
  given: Parameters<typeof fakeAws>[0] = {},
): Promise<{ readonly shown: string; readonly stored: string | null | undefined }> {
  const aws = await fakeAws(given);
  const cwd = folderOf([['in.yaml', READS_A]]);
  const program = programIn(freshPackage());
  // What is typed after it shows whether the terminal is as it was.
  const line = `${program} params put /a -m in.yaml; echo "exit $?"; read after; echo "read $after"`;
  const env = { PATH: process.env['PATH'], SHELL: '/bin/sh', TERM: 'xterm', ...aws.env };
  const shown = await typedAt(line, [...keys, ['exit ', `seen${ENTER}`]], { cwd, env });
  expect(shown).toMatch(/exit \d\nseen\nread seen\n$/);
  return { shown, stored: aws.state.parameters.get('/a')?.value };
}

test('what is typed for a value is not echoed, and what is typed afterwards is', async () => {
  const { shown, stored } = await put([[PROMPT, `s3cret${ENTER}`]]);
  expect(stored).toBe('s3cret');
  expect(shown.replace(/\nseen\n[\s\S]*/, '')).toBe(
    `rem-secrets: SecureString "/a" in eu-west-1: it is new\n${PROMPT}\nrem-secrets: version 1 is written\nexit 0`,
  );
});

test.for<[keys: string, stored: string]>([
  ['s3crez\u007ft', 's3cret'],
  ['wrong\u0015s3cret', 's3cret'],
  ['s3cr\u00e9\bet', 's3cret'],
  ['s3cret \u2713', 's3cret \u2713'],
])('keys that take back what was typed: %j', async ([keys, wanted]) => {
  const { shown, stored } = await put([[PROMPT, keys + ENTER]]);
  expect(stored).toBe(wanted);
  expect(shown).not.toMatch(/s3cr|wrong/);
});

test.for<[keys: string]>([['s3c\u0003'], ['s3c\u0004'], [`s3cret${ENTER}more${ENTER}`]])(
  'nothing is written after %j, and the terminal is as it was',
  async ([keys]) => {
    const { shown, stored } = await put([[PROMPT, keys]]);
    expect(stored).toBeUndefined();
    expect(shown).toContain('nothing is written\nexit 2');
    expect(shown).not.toContain('s3c');
  },
);

test('what is there is asked about, and the answer is shown', async () => {
  const { shown, stored } = await put(
    [
      ['Write over it? [y/N] ', `y${ENTER}`],
      [PROMPT, `s3cret${ENTER}`],
    ],
    { parameters: { '/a': { version: 3 } } },
  );
  expect(stored).toBe('s3cret');
  expect(shown).toContain('Write over it? [y/N] y\n');
  expect(shown).not.toContain('s3cret');
});
