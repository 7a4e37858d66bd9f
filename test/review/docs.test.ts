import { join } from 'node:path';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { riskRules } from '../../generator/diff/risk-rules.ts';
import { checkReviewConfig } from '../../generator/diff/sides.ts';
import { rules } from '../../generator/lint/rules.ts';
import { sentenceOf } from '../../generator/report/text.ts';
import { exits, readText, root, runMain } from '../machine.ts';
import { blocks } from '../markdown-blocks.ts';

test('docs/risks.md lists every risk rule', async () => {
  const rows = riskRules.map(({ id, level }) => {
    return `| [${id}](../generator/diff/risks/${id}.md) | ${level} | ${sentenceOf(readText(root, 'generator/diff/risks', `${id}.md`))} |`;
  });
  const text = [
    '# Risks',
    '',
    'What `rem-secrets diff` warns of. block: data is lost, nothing of a unit can be applied, or pods',
    'cannot start. high: an outage is likely. warn: look at it. The level is that of the rule; a single',
    'risk may have another. `rem-secrets diff --explain RULE` prints a page. This file is written by',
    '`npx vitest run test/review/docs.test.ts -u`.',
    '',
    '| Rule | Level | What changes |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot(join(root, 'docs/risks.md'));
});

test('docs/examples/review.md is the comment on the example', async () => {
  const sides = ['--base', 'base', '--head', 'head'];
  const folder = join(root, 'test/review/review');
  const { stdout } = exits(1, await runMain(folder, ['--format', 'markdown', 'diff', ...sides]));
  await expect(stdout).toMatchFileSnapshot(join(root, 'docs/examples/review.md'));
});

test.for([
  ['postgres-18', 0],
  ['shared-database', 1],
] as const)('docs/examples/%s.md is the comment on a change of teams', async ([name, exit]) => {
  const { status, stdout } = await runMain(
    join(root, 'test/review/examples', name),
    '--format markdown diff --base base --head head',
  );
  expect(status).toBe(exit);
  await expect(stdout).toMatchFileSnapshot(join(root, `docs/examples/${name}.md`));
});

test('the acknowledgement of docs/rendered-diff.md is one', () => {
  const [example = ''] = blocks('docs/rendered-diff.md', 'yaml');
  expect(checkReviewConfig(load(example))).toMatchObject({
    value: { acknowledge: [{ rule: 'cluster-removed' }] },
    faults: [],
  });
});

test('no risk rule has the id of a rule of lint: a page is found by its id', () => {
  const ids = new Set(rules.map(({ id }) => id));
  expect(riskRules.filter(({ id }) => ids.has(id))).toEqual([]);
});

test('the examples of the acknowledgements schema are acknowledgements', () => {
  const schema = JSON.parse(readText(root, 'schemas/rem-secrets-review.schema.json'));
  const { acknowledge } = schema.properties;
  for (const example of acknowledge.examples)
    expect(checkReviewConfig({ acknowledge: example }).faults).toEqual([]);
  for (const [name, { description, examples }] of Object.entries<{
    description: string;
    examples: unknown[];
  }>(acknowledge.items.properties)) {
    expect(description).toMatch(/\.$/);
    const entry = { ...acknowledge.examples[0][0], [name]: examples[0] };
    expect(checkReviewConfig({ acknowledge: [entry] }).faults).toEqual([]);
  }
});
