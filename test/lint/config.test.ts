import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { web } from './shop.ts';

test.for([
  ['absent.yaml', 'there is no file absent.yaml'],
  ['ci', 'ci is a folder'],
  ['latin.yaml', 'latin.yaml is not UTF-8'],
])('--config %s is wrong usage', async ([file = '', message]) => {
  const folder = folderOf([
    ['web.yaml', web],
    ['ci/lint.yaml', ''],
    ['latin.yaml', Buffer.from('# caf\xe9\n', 'latin1')],
  ]);
  expect(await runMain(folder, ['lint', '--config', file, 'web.yaml'])).toEqual({
    status: 2,
    stdout: '',
    stderr: `rem-secrets: ${message}\n`,
  });
});
