import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { riskRules } from '../../generator/diff/risk-rules.ts';
import { root, runMain } from '../machine.ts';
import { expectDocument } from '../report/documents.ts';
import { faultsOfPlaces, textBelow } from '../report/told-places.ts';

const cases = join(root, 'test/review/risks');

interface Report {
  readonly risks: readonly {
    readonly rule: string;
    readonly level: string;
    readonly severity: string;
    readonly related: readonly { readonly note: string }[];
  }[];
  readonly changes: readonly unknown[];
  readonly findings: readonly { readonly rule: string }[];
}

/** What lint finds anew in a risky change beside its risks, which tell the other findings: by the risk's id. */
const FOUND: Readonly<Record<string, readonly string[]>> = {
  'bootstrap-owner': ['unknown-external-cluster'],
  'cluster-recovery': ['unknown-external-cluster'],
  'cluster-removed': ['unknown-external-cluster'],
  'creation-policy': ['unused-secret'],
  'deleted-at-sync': ['sync-order'],
  'external-secret-removed': ['unmade-reference'],
  'host-lost': ['invalid-object', 'unknown-host'],
  'ignored-bootstrap': ['unknown-external-cluster'],
  'immutable-cnpg-field': ['unknown-owner'],
  'pods-restarted': ['collector-component', 'variable-order'],
  'secret-key-lost': ['missing-optional'],
  'secret-lost': ['invalid-object', 'invalid-pod', 'missing-optional', 'missing-reload'],
  'superuser-access-off': ['missing-optional', 'unknown-secret'],
  'target-renamed': ['missing-reload'],
  'two-owners': ['unknown-store'],
};

async function diff(id: string, head: string): Promise<Report> {
  const end = existsSync(join(cases, id, 'base.yaml')) ? '.yaml' : '';
  const args = ['--format', 'json', 'diff', '--base', `base${end}`, '--head', `${head}${end}`];
  const { stdout, stderr } = await runMain(join(cases, id), args);
  expect(stderr, `test/review/risks/${id}`).toBe('');
  expectDocument('diff', stdout);
  const report: Report = JSON.parse(stdout);
  const places = faultsOfPlaces(report, ({ file, side }) => {
    const isOfSide = side === undefined || file.startsWith(side === 'base' ? 'base' : head);
    return isOfSide ? textBelow(join(cases, id), file) : undefined;
  });
  expect(places, 'places that are not there, or hold something else').toEqual([]);
  return report;
}

/** What one rule finds, also as a place of a risk with the same cause. Other rules may have something to say too. */
function risksOf(id: string, { risks }: Report): unknown[] {
  return risks.flatMap((risk): unknown[] => {
    return risk.rule === id ? [risk] : risk.related.filter(({ note }) => note.endsWith(`[${id}]`));
  });
}

test('risk rules are in the order of their ids, and each id is there once', () => {
  const ids = riskRules.map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test('every folder is one of a risk rule', () =>
  expect(readdirSync(cases).sort()).toEqual(riskRules.map(({ id }) => id)));

test.for(riskRules)('$id', async ({ id }) => {
  const page = readFileSync(join(root, 'generator/diff/risks', `${id}.md`), 'utf8');
  expect(page.startsWith(`# ${id}\n`), 'the page begins with the id').toBe(true);
  for (const heading of ['## What', '## Why', '## What to do', '## Source'])
    expect(page).toContain(heading);
  expect(existsSync(join(root, 'generator/diff/risks', `${id}.ts`))).toBe(true);

  const quiet = await diff(id, 'quiet');
  expect(quiet.changes, 'something changes, and it is no risk').not.toEqual([]);
  expect(risksOf(id, quiet)).toEqual([]);
  const risky = await diff(id, 'risky');
  for (const { level, severity } of risky.risks)
    expect(severity).toBe(level === 'block' ? 'error' : 'warning');
  const risks = risksOf(id, risky);
  expect(risks).not.toEqual([]);
  expect([...new Set(risky.findings.map(({ rule }) => rule))].sort()).toEqual(FOUND[id] ?? []);
  const text = `${JSON.stringify(risks, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(cases, id, 'risky.json'));
});
