import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, runMain } from '../machine.ts';

/* What expand writes is what the commands print of the overlays. */

function read(...path: readonly string[]): string {
  return readFileSync(join(root, ...path), 'utf8');
}

test.for(readdirSync(join(root, 'iam')))('the policies of %s', async name => {
  const { '//': made, ...rest } = JSON.parse(read('iam', name, 'policies.json'));
  expect(made).toBe('Made by `rem-secrets expand` from rem-secrets.yaml. Do not edit.');
  const { stdout } = await runMain(root, ['--format', 'json', 'iam', '-e', name]);
  expect(rest).toEqual(JSON.parse(stdout));
});

test.for(['dev', 'staging', 'prod'])('the runbook of %s', async name => {
  const [made, ...rest] = read('runbook', `${name}.md`).split('\n');
  expect(made).toBe('<!-- Made by `rem-secrets expand` from rem-secrets.yaml. Do not edit. -->');
  expect(rest.join('\n')).toBe((await runMain(root, ['runbook', '-e', name])).stdout);
});

test('the page of all runbooks', async () => {
  const [, ...page] = read('runbook', 'index.html').split('\n');
  expect(page.join('\n')).toBe((await runMain(root, ['runbook', '-o', 'html'])).stdout);
});
