import { locateFindings } from '../../checks/locate-findings.ts';
import { compare } from '../../diff/compare.ts';
import { newFindings } from '../../diff/new-findings.ts';
import { blockers, buildReview, type Compared } from '../../report/diff/build-review.ts';
import { renderReviewHtml } from '../../report/diff/html/html.ts';
import { renderReviewJson } from '../../report/diff/json.ts';
import type { BrokenSide, Review } from '../../report/diff/review.ts';
import { renderReviewText } from '../../report/diff/text.ts';
import { checkRisks } from '../../risks/check-risks.ts';
import { UnknownRevision } from '../diff/revision.ts';
import type { Side, SideEnvironment } from '../diff/side.ts';
import { withSides } from '../diff/sides.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { layout } from '../layout.ts';
import { MissingTool } from '../tools.ts';

/** How a review can be printed. */
const DIFF_FORMATS = ['text', 'json', 'html'] as const;

export interface DiffOptions {
  readonly file: string;
  readonly format: (typeof DIFF_FORMATS)[number];
  readonly namespace?: string;
  readonly enableExec?: boolean;
  /** A revision of git, or a path. */
  readonly base: string;
  readonly head: string;
}

const renderers: Readonly<Record<DiffOptions['format'], (review: Review) => string>> = {
  text: renderReviewText,
  json: renderReviewJson,
  html: review => renderReviewHtml(review, layout()),
};

/** Shows what changes between two sides, and which of it hurts. */
export function diff(options: DiffOptions, host: Host): number {
  try {
    return withSides(options, host, sides => print(reviewOf(sides, host), options, host));
  } catch (error) {
    if (!(error instanceof MissingTool || error instanceof UnknownRevision)) throw error;
    host.stderr(`rem-secrets: ${error.message}\n`);
    return exitCodes.usage;
  }
}

function print(review: Review, { format }: DiffOptions, host: Host): number {
  host.stdout(renderers[format](review));
  if (review.broken.length > 0) return exitCodes.usage;
  return blockers(review).length > 0 ? exitCodes.findings : exitCodes.ok;
}

/** The two sides, read, and what people call them. */
export interface ReadSides {
  readonly base: Side;
  readonly head: Side;
  readonly labels: { readonly base: string; readonly head: string };
}

const EMPTY: SideEnvironment = {
  set: { items: [], context: [], outside: { secrets: new Map(), objects: new Set() } },
  broken: [],
};

function reviewOf({ base, head, labels }: ReadSides, host: Host): Review {
  const names = [...new Set([...base.environments.keys(), ...head.environments.keys()])].sort();
  const compared: Compared[] = [];
  const broken: BrokenSide[] = [];
  for (const name of names) {
    const [before, after] = [base.environments.get(name), head.environments.get(name)];
    const faults = [...brokenOf('base', name, before), ...brokenOf('head', name, after)];
    if (faults.length > 0) broken.push(...faults);
    else compared.push(comparedOf(name, before, after, { base, head, labels }, host));
  }
  return buildReview({
    ...labels,
    compared,
    broken,
    acknowledgements: [],
    placeOf: (side, item, path) => (side === 'base' ? base : head).placeOf(item, path),
  });
}

function brokenOf(
  side: 'base' | 'head',
  environment: string,
  read: SideEnvironment | undefined,
): BrokenSide[] {
  return (read?.broken ?? []).map(finding => ({ side, environment, finding }));
}

function comparedOf(
  name: string,
  before: SideEnvironment | undefined,
  after: SideEnvironment | undefined,
  sides: ReadSides,
  host: Host,
): Compared {
  const [base, head] = [(before ?? EMPTY).set, (after ?? EMPTY).set];
  const comparison = compare({ name, base, head }, host.validators);
  const found = newFindings(comparison, { name, base, head }, []);
  return {
    comparison,
    presence: before === undefined ? 'only head' : after === undefined ? 'only base' : 'both',
    risks: checkRisks(comparison),
    findings: locateFindings(found, sides.head.placeOf),
  };
}
