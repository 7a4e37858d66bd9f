import type { Comparison } from '../../diff/comparison.ts';
import type { Item } from '../../graph/item.ts';
import type { FoundRisk } from '../../risks/check-risks.ts';
import { LEVELS, type Level } from '../../risks/risk-rule.ts';
import { type Finding, fieldOf, type Path, type Place } from '../../source/finding.ts';
import { hideSecrets } from '../../source/secret-text.ts';
import type { AcknowledgementEntry } from './acknowledgements.ts';
import { changeGroups, objectName } from './changes.ts';
import { secretEffects } from './effects.ts';
import { onceForAll } from './once.ts';
import type {
  Acknowledgement,
  BrokenSide,
  EnvironmentReview,
  NewFinding,
  Review,
  ReviewedRisk,
} from './review.ts';
import { UNSEEN } from './unseen.ts';

/** The place of a field of an object of one side. */
type SidePlace = (side: 'base' | 'head', item: Item, path: Path) => Place | undefined;

/** An environment that was compared, and what was found in it. */
export interface Compared {
  readonly comparison: Comparison;
  readonly presence: 'both' | 'only base' | 'only head';
  readonly risks: readonly FoundRisk[];
  /** Of head, and not of base. */
  readonly findings: readonly Finding[];
}

export interface ReviewInput {
  readonly base: string;
  readonly head: string;
  readonly compared: readonly Compared[];
  readonly broken: readonly BrokenSide[];
  readonly acknowledgements: readonly AcknowledgementEntry[];
  readonly notices: readonly Finding[];
  readonly placeOf: SidePlace;
}

/** Puts together what a review tells: what is the same in several environments comes once. */
export function buildReview(input: ReviewInput): Review {
  const { base, head, compared, broken, acknowledgements, notices, placeOf } = input;
  const comparisons = compared.map(({ comparison }) => comparison);
  const risks = reviewedRisks(compared, acknowledgements, placeOf);
  return {
    base,
    head,
    environments: environmentReviews(compared, broken, risks),
    risks,
    changes: changeGroups(comparisons),
    secrets: secretEffects(comparisons),
    findings: newFindings(compared, risks),
    broken,
    unused: broken.length > 0 ? [] : unusedOf(acknowledgements, compared),
    notices,
    unseen: UNSEEN,
  };
}

/** The acknowledgements that are about no risk; one that another makes superfluous is used too. */
function unusedOf(
  acknowledgements: readonly AcknowledgementEntry[],
  compared: readonly Compared[],
): Acknowledgement[] {
  const isUsed = ({ covers }: AcknowledgementEntry): boolean =>
    compared.some(({ comparison, risks }) =>
      risks.some(({ rule, item }) =>
        covers({ rule: rule.id, object: objectName(item) }, comparison.name),
      ),
    );
  return acknowledgements.filter(entry => !isUsed(entry)).map(shown);
}

function shown({ covers: _, ...acknowledgement }: AcknowledgementEntry): Acknowledgement {
  return acknowledgement;
}

/** Whether a review keeps a change from being merged. */
export function blockers({ risks }: Review): ReviewedRisk[] {
  return risks.filter(({ level, acknowledged }) => level === 'block' && acknowledged === undefined);
}

/** Whether something could not be read: then a review is not whole, and proves nothing. */
export function isBroken({ broken, notices }: Review): boolean {
  return broken.length > 0 || notices.some(({ severity }) => severity === 'error');
}

function reviewedRisks(
  compared: readonly Compared[],
  acknowledgements: readonly AcknowledgementEntry[],
  placeOf: SidePlace,
): ReviewedRisk[] {
  const all = compared.flatMap(({ comparison, risks }) =>
    risks.map(risk => reviewedRisk(risk, comparison.name, acknowledgements, placeOf)),
  );
  return onceForAll(all, riskKey).sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

function riskKey({ rule, level, message, object, field, acknowledged }: ReviewedRisk): string {
  return JSON.stringify([rule, level, message, object.kind, object.name, field, acknowledged?.at]);
}

function reviewedRisk(
  { rule, level, item, side, path, message, hint, outcome, related = [] }: FoundRisk,
  environment: string,
  acknowledgements: readonly AcknowledgementEntry[],
  placeOf: SidePlace,
): ReviewedRisk {
  const at = placeOf(side, item, path);
  const risk = {
    rule: rule.id,
    level,
    message: hideSecrets(message),
    hint: hideSecrets(hint),
    ...(outcome !== undefined && { outcome }),
    object: objectName(item),
    side,
    field: fieldOf(path),
    environments: [environment],
    ...(at !== undefined && { at }),
    related: related.map(other => {
      const place = placeOf(other.side, other.item, other.path);
      return {
        note: hideSecrets(other.note),
        object: objectName(other.item),
        side: other.side,
        ...(place !== undefined && { at: place }),
      };
    }),
  };
  const acknowledged = acknowledgements.find(entry => entry.covers(risk, environment));
  return { ...risk, ...(acknowledged !== undefined && { acknowledged: shown(acknowledged) }) };
}

function environmentReviews(
  compared: readonly Compared[],
  broken: readonly BrokenSide[],
  risks: readonly ReviewedRisk[],
): EnvironmentReview[] {
  const reviewed = compared.map(({ comparison, presence }): EnvironmentReview => {
    const { name, changes, noise } = comparison;
    const count = (what: string): number => changes.filter(change => change.what === what).length;
    return {
      name,
      presence,
      added: count('added'),
      removed: count('removed'),
      changed: count('changed'),
      noise,
      risks: openRisks(risks, name),
    };
  });
  const names = [...new Set(broken.map(({ environment }) => environment))];
  const empty = { added: 0, removed: 0, changed: 0, noise: 0, risks: openRisks([], '') };
  const unread = names.map(name => ({ name, presence: 'broken' as const, ...empty }));
  return [...reviewed, ...unread].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function openRisks(risks: readonly ReviewedRisk[], name: string): Record<Level, number> {
  const open = risks.filter(
    ({ acknowledged, environments }) => acknowledged === undefined && environments.includes(name),
  );
  const count = (level: Level): number => open.filter(risk => risk.level === level).length;
  return { block: count('block'), high: count('high'), warn: count('warn') };
}

/** What a risk says already, at the same field or in place of a lint rule, is not said again. */
function newFindings(compared: readonly Compared[], risks: readonly ReviewedRisk[]): NewFinding[] {
  const said = new Set(risks.map(({ object, field }) => placeKey(object, field)));
  const all = compared.flatMap(({ comparison, findings, risks: found }) => {
    const told = toldOf(found);
    return findings
      .filter(({ object, field }) => !said.has(placeKey(object, field)))
      .filter(({ object, id }) => !told.has(placeKey(object, id)))
      .map(finding => ({ ...finding, environments: [comparison.name] }));
  });
  return onceForAll(all, ({ id, message, field, object }) =>
    JSON.stringify([id, message, field, object?.kind, object?.name]),
  );
}

/** The objects that risks name, with the lint rules that the risks stand for. */
function toldOf(risks: readonly FoundRisk[]): Set<string> {
  return new Set(
    risks.flatMap(({ rule: { tells = [] }, item, related = [] }) =>
      [item, ...related.map(other => other.item)].flatMap(named =>
        tells.map(id => placeKey(objectName(named), id)),
      ),
    ),
  );
}

function placeKey(object: Finding['object'], place: string): string {
  return JSON.stringify([object?.kind, object?.namespace, object?.name, place]);
}
