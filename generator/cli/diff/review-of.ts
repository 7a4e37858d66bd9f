import type { Host } from '../../ground/host.ts';
import { type LintConfig, outsideOf } from '../../lint/lint-config.ts';
import { locateFindings } from '../../lint/locate-findings.ts';
import type { FieldPlace } from '../../read/places/places-in-files.ts';
import { nothingOutside, type ObjectSet } from '../../read/sets/object-set.ts';
import { buildReview } from '../../report/review/build-review.ts';
import type { Compared } from '../../report/review/compared.ts';
import type { BrokenSide, Review } from '../../report/review/review.ts';
import { compare } from '../../review/changes/compare.ts';
import { newFindings } from '../../review/changes/new-findings.ts';
import { checkRisks } from '../../review/risks/check-risks.ts';
import { noticesOf } from './notices.ts';
import { fileOnHead, type ReadSides, type SideEnvironment } from './side.ts';

const EMPTY: SideEnvironment = {
  set: { items: [], context: [], outside: nothingOutside },
  broken: [],
  unread: [],
  file: '',
};

/** Compares the sides, environment by environment, and judges what changes. */
export function reviewOf(sides: ReadSides, host: Host): Review {
  const { base, head, labels, settings } = sides;
  const names = [...new Set([...base.environments.keys(), ...head.environments.keys()])].sort();
  const compared: Compared[] = [];
  const broken: BrokenSide[] = [];
  const places = {
    base: base.placesBeside(head.spec),
    head: head.placesBeside(base.spec),
  };
  for (const name of names) {
    const [before, after] = [base.environments.get(name), head.environments.get(name)];
    const faults = [
      ...brokenOf('base', name, before),
      ...brokenOf('head', name, after),
      ...unreadOnOneSide({ name, before, after }),
    ];
    if (faults.length > 0) broken.push(...faults);
    else compared.push(comparedOf({ name, before, after }, settings.lint, places.head, host));
  }
  // Where nothing changes, what is missed is in the environment that could not be read.
  const told = broken.length === 0 ? compared : compared.map(withoutEchoes);
  return buildReview({
    ...labels,
    compared: told,
    broken,
    acknowledgements: settings.acknowledgements.entries,
    notices: noticesOf(sides),
    placeOf: (side, item, path) => places[side](item, path),
    fileOnHead: (file, environments) => fileOnHead(head, file, environments),
  });
}

function withoutEchoes(compared: Compared): Compared {
  const isSame = compared.comparison.changes.length === 0;
  return isSame ? { ...compared, risks: [], findings: [] } : compared;
}

function brokenOf(
  side: 'base' | 'head',
  environment: string,
  read: SideEnvironment | undefined,
): BrokenSide[] {
  return (read?.broken ?? []).map(finding => ({ side, environment, finding }));
}

/**
 * What one side leaves out and the other does not: what it makes looks removed, or made. Told of
 * the side that names it.
 */
function unreadOnOneSide({ name, before, after }: Pair): BrokenSide[] {
  const sides = [
    { side: 'base', own: before, other: after },
    { side: 'head', own: after, other: before },
  ] as const;
  return sides.flatMap(({ side, own, other }) => {
    const said = new Set((other?.unread ?? []).map(({ message }) => message));
    const alone = (own?.unread ?? []).filter(({ message }) => !said.has(message));
    return other === undefined
      ? []
      : alone.map(finding => ({
          side,
          environment: name,
          finding: { ...finding, severity: 'error' } as const,
        }));
  });
}

/** An environment on both sides. */
interface Pair {
  readonly name: string;
  readonly before: SideEnvironment | undefined;
  readonly after: SideEnvironment | undefined;
}

function comparedOf(
  { name, before, after }: Pair,
  config: LintConfig,
  placeOf: FieldPlace,
  host: Host,
): Compared {
  const [base, head] = [setOf(before, config), setOf(after, config)];
  const comparison = compare({ name, base, head }, host.validators);
  const found = newFindings(comparison, { name, base, head }, config.accept ?? []);
  return {
    comparison,
    presence: before === undefined ? 'only head' : after === undefined ? 'only base' : 'both',
    risks: checkRisks(comparison),
    findings: locateFindings(found, placeOf),
  };
}

function setOf(side: SideEnvironment | undefined, config: LintConfig): ObjectSet {
  const { set } = side ?? EMPTY;
  return { ...set, outside: outsideOf(config, set.outside) };
}
