import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { rules } from '../../generator/lint/rules.ts';
import { sentenceOf } from '../../generator/report/text.ts';
import { folderOf, root, runMain } from '../machine.ts';

const cases = join(root, 'test/lint/rules');

test('rules are in the order of their ids, and each id is there once', () => {
  const ids = rules.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test('every folder is one of a rule', () =>
  expect(readdirSync(cases).sort()).toEqual(rules.map(({ id }) => id)));

/** What these miss may be in what was not read. */
const OF_ABSENCE = [
  'collector-variable', 'iam-action', 'iam-resource', 'iam-trust', 'merge-without-secret',
  'missing-optional', 'missing-reference-grant', 'not-created', 'reload-target', 'store-access', 'template-source',
  'unknown-cluster', 'unknown-config-map', 'unknown-dependency', 'unknown-generator', 'unknown-host', 'unknown-issuer', 'unknown-login',
  'unknown-object-store', 'unknown-owner', 'unknown-role', 'unknown-secret', 'unknown-secret-key',
  'unknown-service-account', 'unknown-store', 'unknown-value-key', 'unknown-variable',
  'unmade-reference',
]; // biome-ignore format: a table

test('of a set that was read in part these say nothing', () => {
  const ids = rules.filter(({ claimsAbsence }) => claimsAbsence !== undefined).map(({ id }) => id);
  expect(ids).toEqual(OF_ABSENCE);
});

/** Lints a case of a rule with its settings, and with what is `beside` it; no repository is read around it. A spec is expanded. */
async function lintCase(folder: string, file: string): ReturnType<typeof runMain> {
  const tree = join(folder, file.replace('.yaml', ''));
  if (existsSync(tree)) {
    const files = filesBelow(tree).map(name => [name, readFileSync(join(tree, name))] as const);
    return runMain(folderOf(files), 'lint .');
  }
  if (readFileSync(join(folder, file), 'utf8').includes('kind: RemSecrets\n')) {
    const home = folderOf([[file, readFileSync(join(folder, file))]]);
    await runMain(home, ['expand', '--file', file]);
    return runMain(home, ['lint', '--file', file]);
  }
  const names = [file, '.rem-secrets-lint.yaml'].filter(name => existsSync(join(folder, name)));
  const beside = join(folder, 'beside');
  const more = existsSync(beside) ? filesBelow(beside) : [];
  const files = [
    ...names.map(name => [name, readFileSync(join(folder, name))] as const),
    ...more.map(name => [name, readFileSync(join(beside, name))] as const),
  ];
  return runMain(folderOf(files), ['lint', ...(more.length > 0 ? ['--root', '.'] : []), file]);
}

function filesBelow(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile());
  return files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
}

test.for(rules)('$id', async ({ id }) => {
  const page = readFileSync(join(root, 'generator/lint/rules', `${id}.md`), 'utf8');
  expect(page.startsWith(`# ${id}\n`), 'the page begins with the id').toBe(true);
  expect(sentenceOf(page)).toMatch(/^[A-Z].*\.$/);
  for (const heading of ['## What', '## Why', '## What to do', '## Source'])
    expect(page).toContain(heading);
  expect(existsSync(join(root, 'generator/lint/rules', `${id}.ts`))).toBe(true);

  const folder = join(cases, id);
  expect(await lintCase(folder, 'ok.yaml')).toEqual({
    status: 0,
    stdout: expect.stringMatching(
      /^(?:\d+ references? not judged: .+\n)*no findings in \d+ objects?(?:; read: .+)?(?:; not judged: .+)?\n$/,
    ),
    stderr: '',
  });
  const bad = await lintCase(folder, 'bad.yaml');
  await expect(bad.stdout + bad.stderr).toMatchFileSnapshot(join(folder, 'bad.out'));
  expect(bad.stdout + bad.stderr).toContain(`[${id}]`);
});

const inOneFile = rules.filter(({ id }) => existsSync(join(cases, id, 'bad.yaml')));

test.for(inOneFile)('$id names no namespace where manifests name none', async ({ id }) => {
  const bad = readFileSync(join(cases, id, 'bad.yaml'), 'utf8');
  const bare = bad.replaceAll(/(, namespace: [\w-]+|^ *namespace: [\w-]+$)/gm, '');
  const { stdout } = await runMain(cases, 'lint -', bare);
  expect(stdout).not.toMatch(/(namespace|of|in) ""|namespace: ,/);
});
