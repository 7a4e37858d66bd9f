import { expect, test } from 'vitest';
import { expectStderr, folderOf, runMain } from '../machine.ts';
import { store } from './shop.ts';

test.for([
  ['externalSecrets', '--versions takes a list such as externalSecrets=2.x'],
  ['eso=1.3', '--versions knows no "eso". The names are: cloudnativePg'],
  ['cnpg=1', '--versions knows no "cnpg"'],
  [
    'cloudnativePg=1.99',
    'version "1.99" of CloudNativePG is not known. The versions are: 1.28, 1.29, 1.30.',
  ],
])('--versions %s is refused', async ([said = '', message = '']) => {
  expectStderr(await runMain(folderOf(), ['lint', '.', '--versions', said]), 2, message);
});

test('a summary for programs has the versions', async () => {
  const flags = ['--versions', 'cloudnativePg=v1.30.1', '-o', 'json'];
  const { stdout } = await runMain(folderOf({ 'store.yaml': store }), ['lint', '.', ...flags]);
  expect(JSON.parse(stdout)).toMatchObject({ summary: { versions: ['CloudNativePG 1.30'] } });
});
