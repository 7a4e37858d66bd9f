import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { rules } from '../generator/checks/rules.ts';
import { nodeHost } from '../generator/cli/host.ts';
import { main } from '../generator/cli/main.ts';
import { type Ran, root } from './machine.ts';

const cases = join(root, 'test/checks');

/** Lints one file of a rule's folder, as a user would. */
function lint(id: string, file: string): Ran {
  let [stdout, stderr] = ['', ''];
  const status = main(['lint', file], {
    ...nodeHost(join(cases, id)),
    stdout: text => {
      stdout += text;
    },
    stderr: text => {
      stderr += text;
    },
  });
  return { status, stdout, stderr };
}

test('rules are in the order of their ids, and each id is there once', () => {
  const ids = rules.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test('every folder is one of a rule', () => {
  expect(readdirSync(cases).sort()).toEqual(rules.map(({ id }) => id));
});

test.for(rules)('$id', async ({ id }) => {
  const page = readFileSync(join(root, 'generator/checks/rules', `${id}.md`), 'utf8');
  expect(page.startsWith(`# ${id}\n`), 'the page begins with the id').toBe(true);
  for (const heading of ['## What', '## Why', '## What to do', '## Source'])
    expect(page).toContain(heading);
  expect(existsSync(join(root, 'generator/checks/rules', `${id}.ts`))).toBe(true);

  expect(lint(id, 'ok.yaml')).toMatchObject({ status: 0, stderr: '' });
  const bad = lint(id, 'bad.yaml');
  await expect(bad.stdout + bad.stderr).toMatchFileSnapshot(join(cases, id, 'bad.out'));
  expect(bad.stdout + bad.stderr).toContain(`[${id}]`);
});
