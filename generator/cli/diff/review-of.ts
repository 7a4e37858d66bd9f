import type { Host } from '../../ground/host.ts';
import { type LintConfig, outsideOf } from '../../lint/lint-config.ts';
import { locateFindings } from '../../lint/locate-findings.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { nothingOutside, type ObjectSet } from '../../read/sets/object-set.ts';
import { buildReview } from '../../report/review/build-review.ts';
import type { Compared } from '../../report/review/compared.ts';
import type { Review } from '../../report/review/review.ts';
import { compare } from '../../review/changes/compare.ts';
import { environmentOf } from '../../review/changes/comparison.ts';
import { newFindings } from '../../review/changes/new-findings.ts';
import { checkRisks } from '../../review/risks/check-risks.ts';
import { noticesOf } from './notices.ts';
import { fileOnHead, type Pair, type ReadSides, type Side } from './side.ts';

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
    findings: locateFindings(found, placeOf).map((finding, index) => ({
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
