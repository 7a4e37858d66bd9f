import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderReviewSarif } from '../../generator/diff/formats/json.ts';
import type { Review } from '../../generator/diff/review.ts';
import { riskRules } from '../../generator/diff/risk-rules.ts';
import { hold } from '../hostile/fuzz/hold.ts';
import { runMain } from '../machine.ts';
import { cnpgCluster } from '../manifests.ts';
import { expectSarif } from '../report/sarif.ts';
import { anyName, reviewWith, riskOf } from './any-review.ts';
import { repositoryOf, write } from './repository.ts';
import { reviewOf } from './review-page.ts';

const tool = {
  version: '1.2.3',
  pageOf: (): string => '# page',
  relativeFile: (file: string): string => file,
};

interface Run {
  readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  readonly results: readonly Result[];
  readonly invocations: readonly unknown[];
}

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly { readonly physicalLocation: unknown }[];
  readonly relatedLocations?: readonly unknown[];
  readonly suppressions?: readonly unknown[];
}

function runOf(review: Review): Run {
  const log = JSON.parse(renderReviewSarif(review, tool));
  expectSarif(log);
  return log.runs[0];
}

test('SARIF is valid against the official schema, whatever the names are', async () =>
  await hold(
    'SARIF of a review',
    50,
    [fc.array(anyName, { minLength: 1, maxLength: 5 })],
    names => {
      const { results, tool: shown } = runOf(reviewWith(names));
      for (const { ruleId, ruleIndex } of results)
        expect(shown.driver.rules[ruleIndex]?.id).toBe(ruleId);
    },
  ));

test('the worst come first, and of more than 25,000 the mildest are left out', () => {
  const acknowledged = { rule: 'a', object: 'b', reason: 'known' };
  const risks = [
    riskOf('block', 'known', { acknowledged }),
    ...Array.from({ length: 25_000 }, (_, index) => riskOf('warn', `w${index}`)),
    riskOf('high', 'high'),
    riskOf('block', 'block'),
  ];
  const finding = {
    rule: 'unknown-secret',
    severity: 'error',
    message: 'new',
    field: 'spec',
  } as const;
  const sorted = [...risks].sort((a, b) => a.level.localeCompare(b.level, 'en'));
  const { results, invocations } = runOf(
    reviewOf({ risks: sorted, findings: [{ ...finding, environments: [] }] }),
  );
  expect(results).toHaveLength(25_000);
  expect(results.slice(0, 4).map(({ level }) => level)).toEqual([
    'error',
    'warning',
    'error',
    'note',
  ]);
  expect(results.some(({ suppressions }) => suppressions !== undefined)).toBe(false);
  expect(JSON.stringify(invocations)).toContain('4 more findings are left out');
});

test('every risk rule is there with its page, and rules of lint where they found something', () => {
  const { tool: shown } = runOf(reviewOf({}));
  expect(shown.driver.rules.map(({ id }) => id)).toEqual(riskRules.map(({ id }) => id));
});

const cluster = cnpgCluster('db');

test.for([
  ['a file that head has', { 'a.yaml': cluster, 'b.yaml': '' }, { 'a.yaml': '# gone\n' }, 'a.yaml'],
  [
    'the kustomization of the environment',
    { 'prod/kustomization.yaml': 'resources: [a.yaml]\nlabels: []\n', 'prod/a.yaml': cluster },
    { 'prod/a.yaml': '# gone\n' },
    'prod/kustomization.yaml',
  ],
] as const)('what only base has is shown at the top of %s', async ([, before, after, uri]) => {
  const folder = repositoryOf(before);
  for (const [path, text] of Object.entries(after)) write(folder, path, text);
  const [run] = JSON.parse((await runMain(folder, '--format sarif diff')).stdout).runs;
  const [result] = run.results.filter(({ ruleId }: Result) => ruleId === 'cluster-removed');
  expect(result.locations[0].physicalLocation).toEqual({
    artifactLocation: { uri, uriBaseId: 'SRCROOT' },
    region: { startLine: 1, startColumn: 1 },
  });
  expect(result.message.text).toMatch(/outcome: .*\. On the base side: /);
});

test('where head has no file at all, a result names the object only', async () => {
  const folder = repositoryOf({ 'a.yaml': cluster, 'empty/.gitkeep': '' });
  const [run] = JSON.parse((await runMain(folder, '--format sarif diff --head empty')).stdout).runs;
  expect(run.results[0].locations).toEqual([
    { logicalLocations: [expect.objectContaining({ name: 'db', kind: 'resource' })] },
  ]);
});
