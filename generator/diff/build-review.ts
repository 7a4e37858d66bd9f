import type { Host } from '../core/host.ts';
import { groupBy } from '../core/json.ts';
import { objectName } from '../kinds/kind.ts';
import { type LintConfig, outsideOf } from '../lint/config.ts';
import { doubtsOf } from '../lint/report.ts';
import { nothingOutside, type ObjectSet } from '../world/object-set.ts';
import { type FieldPlace, locateFaults } from '../world/places.ts';
import { changedCalls } from './aws-calls.ts';
import { compare } from './compare.ts';
import { secretEffects } from './effects.ts';
import { type Change, environmentOf, objectOfChange } from './field-changes.ts';
import {
  type Acknowledgement,
  type AcknowledgementEntry,
  acknowledgementOf,
  type BrokenSide,
  type Compared,
  type EnvironmentReview,
  type Review,
  type ReviewedRisk,
  reviewedRisks,
  type SideFieldPlace,
} from './review.ts';
import type { Level } from './risk.ts';
import { checkRisks } from './risk-rules.ts';
import { changeGroups } from './shown-changes.ts';
import { fileOnHead, noticesOf, type Pair, type ReadSides, type Side } from './side.ts';
import { newFindings } from './touched.ts';
import { untoldFindings } from './unread.ts';
import { type Unread, unseenOf } from './unseen.ts';
import { isOpen } from './verdict.ts';

const EMPTY: ObjectSet = { objects: [], context: [], outside: nothingOutside };

/** Compares the sides, pair by pair, and judges what changes. */
export function reviewOf(sides: ReadSides, host: Host): Review {
  const { base, head, pairs, broken, labels, settings } = sides;
  const places = {
    base: base.placesBeside(head.spec),
    head: head.placesBeside(base.spec),
  };
  const compared = pairs.map(pair => comparedOf(pair, settings.lint, places.head, host));
  // Where nothing changes, what is missed is in the environment that could not be read.
  const told = broken.length === 0 ? compared : compared.map(withoutEchoes);
  return buildReview({
    ...labels,
    compared: told,
    broken,
    acknowledgements: settings.acknowledgements.entries,
    notices: noticesOf(sides),
    leftOut: [...base.unread, ...head.unread],
    strangers: changedStrangers(base, head),
    excluded: sides.excluded,
    placeOf: (side, object, path) => places[side](object, path),
    fileOnHead: (file, environments) => fileOnHead(head, file, environments),
  });
}

/** The files that hold no object, and are not the same on both sides. */
function changedStrangers({ strangers: before }: Side, { strangers: after }: Side): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.filter(name => before.get(name) !== after.get(name));
}

function withoutEchoes(compared: Compared): Compared {
  const isSame = compared.comparison.changes.length === 0;
  return isSame ? { ...compared, risks: [], findings: [] } : compared;
}

function comparedOf(pair: Pair, config: LintConfig, placeOf: FieldPlace, host: Host): Compared {
  const sides = { ...pair, base: setOf(pair.base, config), head: setOf(pair.head, config) };
  const comparison = compare(sides, host.validators);
  const { findings: found, doubted } = newFindings(comparison, sides, config.accept ?? []);
  return {
    comparison,
    presence: pair.presence,
    risks: checkRisks(comparison),
    doubted,
    findings: locateFaults(found, placeOf).map((finding, index) => ({
      ...finding,
      environments: found
        .slice(index, index + 1)
        .map(({ object }) => environmentOf(comparison, object)),
    })),
  };
}

function setOf(set: ObjectSet = EMPTY, config: LintConfig): ObjectSet {
  return { ...set, outside: outsideOf(config, set.outside) };
}

/** What a review is made of: what it tells as it is, and what that is worked out from. */
interface ReviewInput
  extends Unread,
    Pick<Review, 'base' | 'head' | 'broken' | 'notices' | 'fileOnHead'> {
  readonly compared: readonly Compared[];
  readonly acknowledgements: readonly AcknowledgementEntry[];
  readonly placeOf: SideFieldPlace;
}

/** Puts together what a review tells: what is the same in several environments comes once. */
function buildReview(input: ReviewInput): Review {
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
