import { page } from '#review/page';
import type { Line } from '../../../report/document.ts';
import type { FlowReader, FlowSecret, FlowSource } from '../../../report/flow.ts';
import { arrowHead, escaped, type LayoutOf } from '../../../report/svg.ts';
import { capital, oneLine, placeText, shownLines } from '../../../report/text.ts';
import type { NewFinding, Review, ReviewedRisk, SecretEffect } from '../../review.ts';
import { documentOf, MEANING, type Section, type SectionId } from '../document.ts';
import { type Entry, NOT_SEEN, nearObject } from '../entries.ts';
import { riskGroups } from '../groups.ts';
import {
  fateOf,
  nameText,
  objectText,
  placesIn,
  refreshChange,
  riskPlace,
  sentence,
  shownObject,
} from '../words.ts';
import { type ChangeEntry, changeEntries, withKeptViews } from './changes.ts';
import {
  areWholesale,
  coded,
  type FilterTags,
  filterChoices,
  levelOf,
  levelsOf,
  type RisksOf,
  risksByObject,
} from './filter-tags.ts';
import { flowFigures, rankOf } from './flow.ts';

/**
 * A review as one page of HTML that needs no network, and no script to be read. The templates escape all values
 * (`templates/`, compiled by the build).
 */
export function renderReviewHtml(review: Review, layoutOf: LayoutOf): string {
  return page.render(pageOf(review, layoutOf), value => escaped(shownLines(String(value))));
}

/** What the templates show: names on one line, masked values, nothing escaped. */
function pageOf(whole: Review, layoutOf: LayoutOf) {
  const document = documentOf(whole);
  const { review, tone, headline, size, below, first, worst, environments } = document;
  const risksOf = risksByObject(review);
  const { changes, kept } = withKeptViews(changeEntries(review, risksOf));
  const risks = riskEntries(review, changes);
  const findings = review.findings.map(findingEntry);
  const secrets = secretEntries(review, risksOf);
  const tagged = [...risks, ...findings, ...secrets, ...changes].map(({ tags }) => tags);
  const choices = filterChoices(tagged);
  const values = [choices.environments, choices.kinds, choices.levels];
  const [codedRisks, codedFindings] = [risks.map(coded(values)), findings.map(coded(values))];
  return {
    title: `${headline}: ${oneLine(review.base)} → ${oneLine(review.head)}`,
    base: oneLine(review.base),
    head: oneLine(review.head),
    tone,
    headline: capital(headline),
    size: capital(size),
    below: oneLine(below),
    first: first.map(shownEntry),
    worst: worst.map(shownEntry),
    environments: shownLine(environments),
    // In their order, each with the template that shows it.
    sections: document.sections.map(section => ({
      ...shownSection(section),
      risks: codedRisks.filter(risk => risk.section === section.id),
      findings: codedFindings.filter(finding => finding.section === section.id),
    })),
    choices,
    hasFilters: tagged.length > 1,
    // The tags of entries are indexes of these.
    values: JSON.stringify(values),
    arrowHeads: ['good', 'bad', 'added', 'removed', 'changed'].map(arrowHead).join(''),
    figures: flowFigures(review, layoutOf).map(coded(values)),
    secrets: secrets.map(coded(values)),
    changes: changes.map(coded(values)),
    kept,
    // The environments that only one side has.
    wholesale: review.environments
      .filter(({ presence }) => presence.startsWith('only'))
      .map(({ name }) => oneLine(name)),
  };
}

/** The templates of sections that are more than a list. */
const TEMPLATES: Readonly<Partial<Record<SectionId, string>>> = {
  block: 'risks',
  high: 'risks',
  warn: 'risks',
  acknowledged: 'risks',
  errors: 'findings',
  warnings: 'findings',
  secrets: 'flow',
  changes: 'changes',
};

function shownSection({ id, title, count, entries }: Section) {
  const template = TEMPLATES[id] ?? 'list';
  return {
    id,
    title,
    count,
    template,
    meaning: MEANING[id] ?? '',
    // The other templates show the objects themselves, with more of them.
    entries: template === 'list' ? entries.map(shownEntry) : [],
  };
}

/** A line as passages, of which names are shown as code. */
function shownLine(line: Line) {
  return line.map(passage =>
    typeof passage === 'string'
      ? { text: oneLine(passage), isName: false }
      : { text: oneLine(passage.name), isName: true },
  );
}

function shownEntry({ label, lines, details }: Entry) {
  const shownLabel = label === NOT_SEEN ? '' : label;
  return { label: shownLabel, line: shownLine(lines.flat()), details: details.map(shownLine) };
}

/** All risks, in the review's order; those that differ only by their objects are one. */
function riskEntries({ risks }: Review, changes: readonly ChangeEntry[]) {
  const byRisk = new Map<string, string[]>();
  for (const change of changes)
    for (const { id } of change.risks) byRisk.set(id, [...(byRisk.get(id) ?? []), change.id]);
  const ids = new Map(risks.map((risk, index) => [risk, `risk-${index + 1}`]));
  // A case has the ids of the changes that cause it.
  const caseOf = (risk: ReviewedRisk) => {
    const id = ids.get(risk) ?? '';
    return { id, ...riskCase(risk), changes: byRisk.get(id) ?? [] };
  };
  return riskGroups(risks).map(({ risks: [first, ...others], message, hint }) => ({
    section: first.acknowledged === undefined ? first.level : 'acknowledged',
    level: first.level,
    rule: first.rule,
    message: capital(sentence(oneLine(message))),
    hint: capital(sentence(oneLine(hint))),
    cases: [caseOf(first), ...others.map(caseOf)],
    // Why it was acknowledged. Empty: it was not.
    reason: first.acknowledged === undefined ? '' : oneLine(first.acknowledged.reason) || '—',
    tags: {
      environments: [first, ...others].flatMap(({ environments }) => environments),
      kinds: [first, ...others].map(({ object }) => object.kind),
      levels: [levelOf(first)],
    },
  }));
}

function riskCase(risk: ReviewedRisk) {
  const { object, outcome = '' } = risk;
  return {
    object: shownObject(risk),
    environments: placesIn(risk),
    outcome: capital(oneLine(outcome)),
    related: risk.related.map(other => ({
      object: objectText(nearObject(other.object, risk, object)),
      note: oneLine(other.note),
    })),
    field: oneLine(risk.field),
    place: riskPlace(risk),
  };
}

/** What lint finds on head only. */
function findingEntry(finding: NewFinding) {
  const { severity, rule, message, hint, at, object, environments } = finding;
  return {
    section: severity === 'error' ? 'errors' : 'warnings',
    severity,
    rule,
    message: capital(sentence(oneLine(message))),
    hint: hint === undefined ? '' : sentence(oneLine(hint)),
    place: at === undefined ? '' : placeText(at),
    object: object === undefined ? '' : objectText(object),
    environments: placesIn(finding),
    tags: {
      environments,
      kinds: object === undefined ? [] : [object.kind],
      levels: [`new ${severity}` as const],
    },
  };
}

const PICKUPS: Readonly<Record<FlowReader['pickup'], string>> = {
  reloader: 'Reloader restarts it',
  files: 'its files change',
  'next run': 'reads it in its next run',
  'reload label': 'CNPG reloads it',
  'at use': 'reads it at every use',
  never: 'keeps the old values until it is restarted',
};

/** What becomes of the Secrets that change, the worst first. */
function secretEntries(review: Review, risksOf: RisksOf): { readonly tags: FilterTags }[] {
  const sorted = [...review.secrets].sort((a, b) => rankOf(a) - rankOf(b));
  return sorted.flatMap(effect => {
    const secret = effect.head ?? effect.base;
    if (secret === undefined) return [];
    const isWholesale = areWholesale(review, effect.environments);
    return [{ ...secretEntry(effect, secret, risksOf), isWholesale }];
  });
}

function secretEntry(effect: SecretEffect, secret: FlowSecret, risksOf: RisksOf) {
  const { name, readers } = secret;
  const makers = [...(effect.base?.makers ?? []), ...(effect.head?.makers ?? [])];
  const { text, tone } = fateOf(effect);
  const environments = [...new Set(effect.environments)];
  const objects = [{ kind: 'Secret', name }, ...makers];
  const risks = environments.flatMap(environment =>
    objects.flatMap(object => risksOf(object, environment)),
  );
  return {
    name: effect.namespaces === undefined ? nameText(secret) : oneLine(name),
    environments: placesIn(effect),
    effect: text,
    tone,
    addedKeys: effect.base === undefined ? [] : effect.addedKeys,
    removedKeys: effect.removedKeys.filter(
      key => effect.head !== undefined && !effect.head.missingKeys.includes(key),
    ),
    missingKeys: effect.head?.missingKeys ?? [],
    // When it is fetched, before and after. Empty if that stays.
    refresh: oneLine(refreshChange(effect) ?? ''),
    makers: markedMakers(effect),
    readers: readers.map(reader => readerLine(reader, effect)),
    tags: {
      environments,
      kinds: ['Secret', ...[...makers, ...readers].map(({ kind }) => kind)],
      levels: levelsOf(risks),
    },
  };
}

/** The makers on either side. Of a Secret that comes or goes none is marked. */
function markedMakers({ base, head }: SecretEffect) {
  const before = (base ?? head)?.makers ?? [];
  const after = (head ?? base)?.makers ?? [];
  return marked(before, after, objectText).map(({ name, mark, was, is }) => ({
    name,
    mark,
    from: marked(was?.sources ?? [], is?.sources ?? [], objectText).map(source =>
      sourceOf(source, mark),
    ),
  }));
}

/** A store that comes or goes comes or goes with its keys. */
function sourceOf({ name, mark, was, is }: OnSides<FlowSource>, maker: OnSides<unknown>['mark']) {
  const isWhole = maker !== 'same' || mark !== 'same';
  const keys = marked(was?.remoteKeys ?? [], is?.remoteKeys ?? [], oneLine).map(key => ({
    name: key.name,
    mark: isWhole ? mark : key.mark,
  }));
  return { name, mark, keys };
}

/** What has a name on one side or both. */
interface OnSides<T> {
  readonly name: string;
  readonly mark: 'added' | 'removed' | 'same';
  readonly was?: T | undefined;
  readonly is?: T | undefined;
}

/** The entries of both sides by their names: first those that go, then the others in the order of head. */
function marked<T>(base: readonly T[], head: readonly T[], nameOf: (entry: T) => string) {
  const before = new Map(base.map(entry => [nameOf(entry), entry]));
  const after = new Map(head.map(entry => [nameOf(entry), entry]));
  const gone = [...before].flatMap(([name, was]): OnSides<T>[] =>
    after.has(name) ? [] : [{ name, mark: 'removed', was }],
  );
  const there = [...after].map(([name, is]): OnSides<T> => {
    const was = before.get(name);
    return { name, mark: was === undefined ? 'added' : 'same', was, is };
  });
  return [...gone, ...there];
}

function readerLine({ how, pickup, ...reader }: FlowReader, effect: SecretEffect) {
  const name = objectText(nearObject(reader, effect, effect.head ?? effect.base ?? {}));
  return { name, how: how.join(', '), pickup: PICKUPS[pickup] };
}
