import { createHash } from 'node:crypto';
import type { Rule } from '../../checks/rule.ts';
import type { Finding, Place } from '../../source/finding.ts';
import { type LintReport, objectText, withHint } from './report.ts';

/** GitHub code scanning takes no more results from one run. */
const MOST_RESULTS = 25_000;

/** What a SARIF report says about the tool and its rules. */
export interface SarifTool {
  readonly version: string;
  /** The page of a rule, in Markdown. */
  readonly pageOf: (rule: string) => string | undefined;
  /** A file's path from the folder that the repository is checked out to. */
  readonly relativeFile: (file: string) => string;
}

/** SARIF 2.1.0 (OASIS), as GitHub code scanning reads it. */
export function renderSarif(report: LintReport, tool: SarifTool): string {
  const sorted = [...report.findings].sort(errorsFirst).slice(0, MOST_RESULTS);
  const left = report.findings.length - sorted.length;
  const rules = rulesOf(report);
  const index = new Map(rules.map(({ id }, at) => [id, at]));
  const fingerprint = fingerprints();
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'rem-secrets',
            semanticVersion: tool.version,
            rules: rules.map(rule => descriptor(rule, tool.pageOf(rule.id))),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'the checked-out repository' } } },
        invocations: [
          {
            executionSuccessful: true,
            ...(left > 0 && { toolExecutionNotifications: [notification(left)] }),
          },
        ],
        results: sorted.map(finding => ({
          ...resultOf(finding, tool),
          ruleIndex: index.get(finding.id) ?? -1,
          partialFingerprints: { 'remSecrets/v1': fingerprint(finding) },
        })),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function errorsFirst(a: Finding, b: Finding): number {
  return Number(a.severity === 'warning') - Number(b.severity === 'warning');
}

/** The rules, and what stands for those ids that are no rule, as of a file that is no YAML. */
function rulesOf({ rules, findings }: LintReport): Pick<Rule, 'id' | 'severity' | 'summary'>[] {
  const known = new Set(rules.map(({ id }) => id));
  const others = new Map(
    findings.filter(({ id }) => !known.has(id)).map(entry => [entry.id, entry]),
  );
  const added = [...others.values()].map(({ id, severity }) => ({
    id,
    severity,
    summary: 'The input can be read.',
  }));
  return [...rules, ...added];
}

function descriptor(
  { id, severity, summary }: Pick<Rule, 'id' | 'severity' | 'summary'>,
  page: string | undefined,
): object {
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: summary },
    ...(page !== undefined && { help: { text: page, markdown: page } }),
    defaultConfiguration: { level: severity },
    properties: { tags: ['secrets', 'kubernetes'], precision: 'high' },
  };
}

function resultOf(finding: Finding, tool: SarifTool): object {
  const { id, severity, at, field, object, related = [] } = finding;
  const location = {
    ...(at !== undefined && physical(at, tool)),
    ...(object !== undefined && {
      logicalLocations: [
        {
          name: object.name,
          fullyQualifiedName: `${objectText(finding)} ${field}`.trim(),
          kind: 'resource',
        },
      ],
    }),
  };
  const others = related.flatMap(({ at: place, note }, index) =>
    place === undefined
      ? []
      : [{ id: index + 1, ...physical(place, tool), message: { text: note } }],
  );
  return {
    ruleId: id,
    level: severity,
    message: { text: withHint(finding) },
    ...(Object.keys(location).length > 0 && { locations: [location] }),
    ...(others.length > 0 && { relatedLocations: others }),
  };
}

function physical({ file, line, column }: Place, { relativeFile }: SarifTool): object {
  const path = relativeFile(file).replaceAll('\\', '/');
  return {
    physicalLocation: {
      artifactLocation: {
        uri: path.split('/').map(encodeURIComponent).join('/'),
        uriBaseId: 'SRCROOT',
      },
      region: { startLine: line, startColumn: column },
    },
  };
}

/** The same finding has the same fingerprint when lines move; the second of two alike another. */
function fingerprints(): (finding: Finding) => string {
  const seen = new Map<string, number>();
  return finding => {
    const { id, field, message, at } = finding;
    const text = JSON.stringify([id, objectText(finding) || at?.file, field, message]);
    const before = seen.get(text) ?? 0;
    seen.set(text, before + 1);
    return `${createHash('sha256').update(text).digest('hex').slice(0, 32)}:${before + 1}`;
  };
}

function notification(left: number): object {
  const text = `${left} more findings are left out: code scanning takes ${MOST_RESULTS}`;
  return { level: 'warning', message: { text } };
}
