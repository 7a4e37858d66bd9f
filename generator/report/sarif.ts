import type { Finding, Place } from '../core/finding.ts';
import { fingerprints } from './causes.ts';
import { jsonText, objectText, sentenceOf, withHint } from './text.ts';

/** GitHub code scanning takes no more results from one run. */
const MOST_RESULTS = 25_000;

export interface SarifRule {
  readonly id: string;
  readonly level: SarifLevel;
}

interface SarifRun {
  readonly rules: readonly SarifRule[];
  /** The worst first, as what is too much is left out from the end. */
  readonly results: readonly SarifResult[];
  /** What kept the run from seeing everything. */
  readonly errors: readonly string[];
  /** What was left out, and is reported. */
  readonly warnings?: readonly string[];
  /** What programs may want to know of the run. */
  readonly properties?: object;
}

/** SARIF 2.1.0 (OASIS), as GitHub code scanning reads it. */
export function renderSarifLog(run: SarifRun, tool: SarifTool): string {
  const { rules, results, errors, warnings = [], properties } = run;
  const shown = results.slice(0, MOST_RESULTS);
  const more = results.length - shown.length;
  const leftOut = `${more} more findings are left out: code scanning takes ${MOST_RESULTS}`;
  const notification = (level: string) => (text: string) => ({ level, message: { text } });
  const notifications = [
    ...errors.map(notification('error')),
    ...[...warnings, ...(more > 0 ? [leftOut] : [])].map(notification('warning')),
  ];
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
            executionSuccessful: errors.length === 0,
            ...(notifications.length > 0 && { toolExecutionNotifications: notifications }),
          },
        ],
        ...(properties !== undefined && { properties }),
        results: shown.map(result => ({
          ...resultOf(result, tool),
          ruleIndex: index.get(result.rule) ?? -1,
          partialFingerprints: { 'remSecrets/v1': fingerprint(result) },
        })),
      },
    ],
  };
  return jsonText(log);
}

function descriptor({ id, level }: SarifRule, page: string | undefined): object {
  const text = page === undefined ? 'The input can be read.' : sentenceOf(page);
  return {
    id,
    shortDescription: { text },
    fullDescription: { text },
    ...(page !== undefined && { help: { text: page, markdown: page } }),
    defaultConfiguration: { level },
    properties: { tags: ['secrets', 'kubernetes'], precision: 'high' },
  };
}

/** What a SARIF log says about the tool, and how it names files. */
export interface SarifTool {
  readonly version: string;
  readonly pageOf: (rule: string) => string | undefined;
  /** A file's path from the folder that the repository is checked out to. */
  readonly relativeFile: (file: string) => string;
}

type SarifLevel = 'error' | 'warning' | 'note';

/** A finding or a risk, as SARIF has it. */
export interface SarifResult extends Omit<Finding, 'severity'> {
  readonly level: SarifLevel;
  /** Why somebody accepts it, and where that is written. */
  readonly suppression?: { readonly reason: string; readonly at?: Place };
}

function resultOf(result: SarifResult, tool: SarifTool): object {
  const { rule, level, at, object, field, related = [], suppression } = result;
  const logical = object && {
    name: object.name,
    fullyQualifiedName: `${objectText(object)} ${field}`.trim(),
    kind: 'resource',
  };
  const location = { ...(at && physical(at, tool)), logicalLocations: logical && [logical] };
  const others = related.flatMap(({ at: place, note: text }, index) =>
    place === undefined ? [] : [{ id: index + 1, ...physical(place, tool), message: { text } }],
  );
  const accepted = suppression && {
    kind: 'external',
    status: 'accepted',
    justification: suppression.reason,
    ...(suppression.at !== undefined && { location: physical(suppression.at, tool) }),
  };
  return {
    ruleId: rule,
    level,
    message: { text: withHint(result) },
    ...((at ?? logical) && { locations: [location] }),
    ...(others.length > 0 && { relatedLocations: others }),
    ...(accepted !== undefined && { suppressions: [accepted] }),
  };
}

function physical({ file, line, column }: Place, { relativeFile }: SarifTool): object {
  const steps = relativeFile(file).replaceAll('\\', '/').split('/');
  // A half of a surrogate pair is no character, and has no encoding.
  const uri = steps.map(step => encodeURIComponent(Buffer.from(step).toString())).join('/');
  const artifactLocation = { uri, uriBaseId: 'SRCROOT' };
  const region = { startLine: line, startColumn: column };
  return { physicalLocation: { artifactLocation, region } };
}
