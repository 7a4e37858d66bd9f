import { graphOf, objectIdentity } from '../../graph/graph-of.ts';
import { madeElsewhere, type OtherCluster } from '../../graph/other-clusters.ts';
import { groupBy } from '../../ground/group-by.ts';
import { onceFor } from '../../ground/once-per.ts';
import { type LintConfig, outsideOf } from '../../lint/lint-config.ts';
import { type Held, type LintResult, lintParts } from '../../lint/lint-set.ts';
import { type ManifestSet, objectsOf } from '../../read/sets/manifest-set.ts';

/**
 * What linting sets gives, one by one. Sets of one cluster are looked at as one: each of hundreds of
 * environments amid all the others would be the same as many times.
 */
export function setResults(
  sets: readonly ManifestSet[],
  config: LintConfig,
  held: Held,
): LintResult[] {
  const results = new Map(
    [...groupBy(sets, worldOf).values()].flatMap(group => [...groupResults(group, config, held)]),
  );
  return sets.flatMap(set => results.get(set) ?? []);
}

/** What sets of one world have in common: what is outside, and the versions that are told. */
function worldOf(set: ManifestSet): ManifestSet | string {
  return set.cluster === undefined ? set : JSON.stringify([set.cluster, set.unit?.versions]);
}

function groupResults(
  [first, ...others]: readonly ManifestSet[],
  config: LintConfig,
  held: Held,
): Map<ManifestSet, LintResult> {
  if (first === undefined) return new Map();
  const whole = together(first, others);
  if (others.length > 0 && !isOneWorld(whole))
    return new Map([first, ...others].flatMap(set => [...resultsIn(set, [set], config, held)]));
  return resultsIn(whole, [first, ...others], config, held);
}

/** Sets of one world as one. */
function together(first: ManifestSet, others: readonly ManifestSet[]): ManifestSet {
  if (others.length === 0) return first;
  const sources = [first, ...others].flatMap(set => [...set.sources]);
  const own = new Set(sources);
  return { ...first, sources, context: first.context.filter(source => !own.has(source)) };
}

/** Whether no object is another form of another: of each set its own would come first. */
function isOneWorld({ sources, context }: ManifestSet): boolean {
  const objects = [...sources, ...context].flatMap(source => [...source.objects]);
  return new Set(objects.map(objectIdentity)).size === objects.length;
}

/** Lints sets amid what there is with them. */
function resultsIn(
  whole: ManifestSet,
  sets: readonly ManifestSet[],
  config: LintConfig,
  held: Held,
): Map<ManifestSet, LintResult> {
  const objects = objectsOf(whole);
  const elsewhere = onceFor(() => madeElsewhere((whole.apart?.() ?? []).map(otherCluster)));
  const outside = {
    ...outsideOf(config, objects.outside),
    elsewhere: (namespace: string, secret: string) => elsewhere()(namespace, secret),
  };
  const versions = { ...whole.unit?.versions, ...held.versions };
  const resultOf = lintParts({ ...objects, outside }, config.accept ?? [], { ...held, versions });
  return new Map(
    sets.map(set => [set, resultOf(set.sources.flatMap(({ objects }) => [...objects]))]),
  );
}

function otherCluster(set: ManifestSet): OtherCluster {
  const deployers = new Map(set.sources.map(({ number, by }) => [number, by]));
  return { graph: graphOf(objectsOf(set)), deployerOf: file => deployers.get(file) };
}
