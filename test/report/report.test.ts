import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Finding } from '../../generator/core/finding.ts';
import { unusedAcceptance } from '../../generator/lint/accept.ts';
import {
  renderGithub,
  renderJunit,
  renderLintJson,
  renderLintText,
  renderSarif,
} from '../../generator/lint/formats.ts';
import type { LintReport } from '../../generator/lint/report.ts';
import { rules } from '../../generator/lint/rules.ts';
import { causesOf } from '../../generator/report/causes.ts';
import { sentenceOf } from '../../generator/report/text.ts';
import { buildNotes, fileSource, type ManifestSource } from '../../generator/world/source.ts';
import { readText, root, run } from '../machine.ts';
import { expectSarif } from './sarif.ts';

const finding: Finding = {
  rule: 'unknown-secret-key',
  severity: 'error',
  message: 'Secret "a" has no key "b\nc%<&"',
  hint: 'The keys are: x.',
  field: 'spec.template.spec.containers[0].env[0].valueFrom.secretKeyRef.key',
  at: { file: 'a b/ü,:.yaml', line: 2, column: 8 },
  object: { kind: 'Deployment', namespace: 'shop', name: 'web' },
  related: [{ note: 'made here', at: { file: 'c.yaml', line: 1, column: 1 } }],
};

const warning: Finding = {
  rule: 'not-a-rule',
  severity: 'warning',
  message: 'odd',
  field: '',
  object: { kind: 'Namespace', name: 'shop' },
};

function reportOf(findings: readonly Finding[], more: Partial<LintReport> = {}): LintReport {
  const causes = causesOf(findings);
  return {
    causes,
    shownCauses: causes,
    failOn: 'error',
    objects: 7,
    reads: 3,
    coverage: { units: 1, applied: 0, charts: 0, excluded: [], slow: [], builds: [], releases: 0 },
    accepted: 1,
    unjudged: {
      files: 1,
      documents: 2,
      lists: 0,
      names: 0,
      unread: 0,
      absences: 0,
      reads: 0,
      workloads: 0,
      charts: 0,
      chartReads: 0,
      helmfiles: 0,
      scaffolds: 0,
      unlisted: 0,
      doubts: [],
    },
    versions: [],
    rules: [...rules, unusedAcceptance],
    textOf: () => 'first:\n  tag: b\n',
    ...more,
  };
}

const plain = { hasColors: (): boolean => false };

const sarifTool = { version: '1.2.3', pageOf: (): string => '# page', relativeFile: sameFile };

function sameFile(file: string): string {
  return file;
}

test('text shows the line, a caret, the hint and the other end, and counts', () =>
  expect(renderLintText(reportOf([finding]), plain)).toBe(
    `a b/ü,:.yaml:2:8: error: Secret "a" has no key "b\\nc%<&" [unknown-secret-key]
  2 |   tag: b
    |        ^
  hint: The keys are: x.
  c.yaml:1:1: made here

1 error in 7 objects; 1 accepted; not judged: 1 file, 2 documents that are no objects
`,
  ));

test('where the time went is told of what took long to build', () => {
  const slow = [{ folder: 'apps/big', seconds: 83 }];
  const builds = ['kustomize took 83 s for apps/big'];
  const report = reportOf([], { coverage: { ...reportOf([]).coverage, slow, builds } });
  expect(renderLintText(report, plain)).toContain('; kustomize took 83 s for apps/big; ');
  expect(JSON.parse(renderLintJson(report)).summary.slow).toEqual(slow);
});

test('colours only frame the text', () => {
  const colored = renderLintText(reportOf([finding, warning]), { hasColors: () => true });
  expect(colored).toContain('\u001b[31merror\u001b[0m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours.
  expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(
    renderLintText(reportOf([finding, warning]), plain),
  );
});

test('JSON is flat and complete', () => {
  const { findings, summary } = JSON.parse(renderLintJson(reportOf([finding, warning])));
  const [{ fingerprint }] = findings;
  expect(fingerprint).toMatch(/^[0-9a-f]{32}:1$/);
  expect(findings[0]).toEqual({
    fingerprint,
    cause: fingerprint,
    rule: 'unknown-secret-key',
    severity: 'error',
    kind: 'Deployment',
    namespace: 'shop',
    name: 'web',
    field: finding.field,
    message: finding.message,
    hint: finding.hint,
    file: 'a b/ü,:.yaml',
    line: 2,
    column: 8,
    related: [
      {
        note: 'made here',
        kind: null,
        namespace: null,
        name: null,
        file: 'c.yaml',
        line: 1,
        column: 1,
      },
    ],
  });
  expect(Object.keys(findings[1])).toEqual(Object.keys(findings[0]));
  expect(summary).toMatchObject({ errors: 1, warnings: 1, accepted: 1, objects: 7 });
});

test('SARIF is valid against the official schema', () => {
  for (const findings of [[], [finding], [finding, warning, finding]]) {
    const log = JSON.parse(renderSarif(reportOf(findings), sarifTool));
    expectSarif(log);
    const [{ tool, results }] = log.runs;
    for (const { ruleId, ruleIndex } of results)
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
  }
});

test('SARIF has relative URIs, and fingerprints that do not move with lines', () => {
  const moved = { ...finding, at: { file: 'a b/ü,:.yaml', line: 90, column: 1 } };
  const resultsOf = (findings: readonly Finding[]): Record<string, unknown>[] =>
    JSON.parse(renderSarif(reportOf(findings), sarifTool)).runs[0].results;
  const [first, second] = resultsOf([finding, moved]);
  const [alone] = resultsOf([moved]);
  expect(alone?.['partialFingerprints']).toEqual(first?.['partialFingerprints']);
  expect(second?.['partialFingerprints']).not.toEqual(first?.['partialFingerprints']);
  expect(JSON.stringify(first)).toContain('"uri":"a%20b/%C3%BC%2C%3A.yaml","uriBaseId":"SRCROOT"');
});

test('SARIF has at most 25,000 results, the first, and says so', () => {
  const many = [
    finding,
    ...Array.from({ length: 25_000 }, (_, index) => ({ ...warning, message: `odd ${index}` })),
  ];
  const [{ results, invocations }] = JSON.parse(renderSarif(reportOf(many), sarifTool)).runs;
  expect(results).toHaveLength(25_000);
  expect(results[0].ruleId).toBe(finding.rule);
  expect(JSON.stringify(invocations)).toContain('1 more findings are left out');
});

test('workflow commands are escaped', () =>
  expect(
    renderGithub(reportOf([finding, warning]))
      .split('\n')
      .slice(0, 2),
  ).toEqual([
    '::error file=a b/ü%2C%3A.yaml,line=2,col=8,title=unknown-secret-key::Secret "a" has no key "b\\nc%25<&"%0AThe keys are: x.',
    '::warning title=not-a-rule::Namespace shop: odd',
  ]));

test('JUnit is XML; what does not fail the run does not fail there', () => {
  const xml = renderJunit(
    reportOf([finding, warning, { ...warning, message: '\u0000\ud800]]>' }]),
    sarifTool,
  );
  const script =
    'import sys,xml.etree.ElementTree as e; r=e.fromstring(sys.stdin.buffer.read()); print(len(r.findall(".//failure")), len(r.findall(".//testcase")), r.get("tests"), r.get("failures"))';
  const { stdout, stderr } = run('python3', ['-c', script], { input: xml });
  expect(stderr).toBe('');
  const tests = rules.length + 1 - 1 + 3;
  expect(stdout.trim()).toBe(`1 ${tests} ${tests} 1`);
  expect(renderJunit(reportOf([warning], { failOn: 'warning' }), sarifTool)).toContain(
    'failures="1"',
  );
});

test('docs/rules.md lists every rule', async () => {
  const rows = [...rules, unusedAcceptance]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, severity }) => {
      const file = `${id === unusedAcceptance.id ? 'lint' : 'lint/rules'}/${id}.md`;
      return `| [${id}](../generator/${file}) | ${severity} | ${sentenceOf(readText(root, 'generator', file))} |`;
    });
  const text = [
    '# Rules',
    '',
    'What `rem-secrets lint` checks. An error: the cluster will not work. A warning: it works now and',
    'will hurt later. `rem-secrets lint --explain RULE` prints a page. This file is written by',
    '`npx vitest run test/report/report.test.ts -u`.',
    '',
    '| Rule | Severity | What holds |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot(join(root, 'docs/rules.md'));
});

test('what is said of builds: another kustomize, and units that took long, the longest first', () => {
  const built = (name: string, seconds?: number, builder?: string): ManifestSource => {
    return { ...fileSource(name), ...(seconds && { seconds }), ...(builder && { builder }) };
  };
  expect(buildNotes([built('a'), built('b')])).toEqual([]);
  const sources = [built('a', 12, 'kustomize 5.4.3'), built('b', 40, 'kustomize 5.4.3')];
  expect(buildNotes(sources)).toEqual([
    'built by kustomize 5.4.3',
    'kustomize took 40 s for b',
    'kustomize took 12 s for a',
  ]);
});
