import { groupBy } from '../../ground/group-by.ts';
import { objectName } from '../../kinds/kind.ts';
import { type Change, environmentOf, objectOfChange } from '../../review/changes/comparison.ts';
import type { Level } from '../../review/risks/risk-rule.ts';
import { doubtsOf } from '../lint/report.ts';
import { type AcknowledgementEntry, acknowledgementOf } from './acknowledgements.ts';
import { changedCalls } from './aws-calls.ts';
import { changeGroups } from './changes.ts';
import type { Compared } from './compared.ts';
import { secretEffects } from './effects.ts';
import type {
  Acknowledgement,
  BrokenSide,
  EnvironmentReview,
  Review,
  ReviewedRisk,
} from './review.ts';
import { reviewedRisks, type SideFieldPlace } from './reviewed-risks.ts';
import { type Unread, unseenOf } from './unseen.ts';
import { untoldFindings } from './untold-findings.ts';
import { isOpen } from './verdict.ts';

/** What a review is made of: what it tells as it is, and what that is worked out from. */
export interface ReviewInput
  extends Unread,
    Pick<Review, 'base' | 'head' | 'broken' | 'notices' | 'fileOnHead'> {
  readonly compared: readonly Compared[];
  readonly acknowledgements: readonly AcknowledgementEntry[];
  readonly placeOf: SideFieldPlace;
}

/** Puts together what a review tells: what is the same in several environments comes once. */
export function buildReview(input: ReviewInput): Review {
  const { compared, acknowledgements, leftOut, strangers, excluded, placeOf, ...told } = input;
  const comparisons = compared.map(({ comparison }) => comparison);
  const risks = reviewedRisks(compared, acknowledgements, placeOf);
  return {
    ...told,
    environments: environmentReviews(compared, told.broken, risks),
    risks,
    changes: changeGroups(comparisons),
    secrets: secretEffects(comparisons),
    awsCalls: changedCalls(comparisons),
    findings: untoldFindings(compared, risks),
    doubts: doubtsOf(compared.flatMap(({ doubted }) => doubted)),
    unused: told.broken.length > 0 ? [] : unusedOf(acknowledgements, compared),
    unseen: unseenOf(comparisons, { leftOut, strangers, excluded }),
  };
}

/** The acknowledgements that are about no risk; one that another makes superfluous is used too. */
function unusedOf(
  acknowledgements: readonly AcknowledgementEntry[],
  compared: readonly Compared[],
): Acknowledgement[] {
  const isUsed = ({ covers }: AcknowledgementEntry): boolean =>
    compared.some(({ comparison, risks }) =>
      risks.some(({ rule, object }) =>
        covers({ rule: rule.id, object: objectName(object) }, environmentOf(comparison, object)),
      ),
    );
  return acknowledgements.filter(entry => !isUsed(entry)).map(acknowledgementOf);
}

function environmentReviews(
  compared: readonly Compared[],
  broken: readonly BrokenSide[],
  risks: readonly ReviewedRisk[],
): EnvironmentReview[] {
  const reviewed = compared.flatMap(one => environmentsOf(one, risks));
  const names = new Set(broken.map(({ environment }) => environment));
  const empty = { added: 0, removed: 0, changed: 0, noise: 0, risks: openRisks([], '') };
  const unread = [...names].map(name => ({ name, presence: 'broken' as const, ...empty }));
  // A unit that was not read is there all the same, beside those that are compared.
  const read = reviewed.filter(({ name }) => !names.has(name));
  return [...read, ...unread].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function environmentsOf(
  { comparison, presence }: Compared,
  risks: readonly ReviewedRisk[],
): EnvironmentReview[] {
  const nameOf = (change: Change): string => environmentOf(comparison, objectOfChange(change));
  const changes = groupBy(comparison.changes, nameOf);
  const same = groupBy(comparison.same, nameOf);
  return [...presence].map(([name, sides]) => {
    const count = (wanted: string): number =>
      (changes.get(name) ?? []).filter(({ what }) => what === wanted).length;
    return {
      name,
      presence: sides,
      added: count('added'),
      removed: count('removed'),
      changed: count('changed'),
      noise: same.get(name)?.length ?? 0,
      risks: openRisks(risks, name),
    };
  });
}

function openRisks(risks: readonly ReviewedRisk[], name: string): Record<Level, number> {
  const open = risks.filter(risk => isOpen(risk) && risk.environments.includes(name));
  const count = (level: Level): number => open.filter(risk => risk.level === level).length;
  return { block: count('block'), high: count('high'), warn: count('warn') };
}
