import type { ObjectName } from '../../../core/finding.ts';
import { isOpen, type Review, type ReviewedRisk } from '../../review.ts';
import { LEVELS, type Level } from '../../risk.ts';

export interface FilterTags {
  readonly environments: readonly string[];
  readonly kinds: readonly string[];
  readonly levels: readonly FilterLevel[];
}

/** The level of a risk, or what an entry has in its place. */
export type FilterLevel = Level | 'acknowledged' | 'new error' | 'new warning' | 'no risk';

const FILTER_LEVELS: readonly string[] = [
  ...LEVELS,
  'new error',
  'new warning',
  'acknowledged',
  'no risk',
] satisfies readonly FilterLevel[];

/** The values of each filter, in the same order for the whole page. */
export type FilterChoices = Readonly<Record<keyof FilterTags, readonly string[]>>;

export function filterChoices(entries: readonly FilterTags[]): FilterChoices {
  const valuesOf = (filter: keyof FilterTags): string[] =>
    [...new Set(entries.flatMap((entry): readonly string[] => entry[filter]))].sort();
  return {
    environments: valuesOf('environments'),
    kinds: valuesOf('kinds'),
    levels: valuesOf('levels').sort((a, b) => FILTER_LEVELS.indexOf(a) - FILTER_LEVELS.indexOf(b)),
  };
}

/** An entry with short tags, as a page may have thousands: `[[0,2],[1],[0]]`, the indexes of its values in `filterChoices`. */
export function coded<T extends { readonly tags: Partial<FilterTags> }>(
  values: readonly (readonly string[])[],
): (entry: T) => Coded<T> {
  const places = values.map(list => new Map(list.map((value, index) => [value, index])));
  return entry => {
    const { environments, kinds, levels } = entry.tags;
    const codes = [environments, kinds, levels].map((list, filter) =>
      list === undefined
        ? undefined
        : [...new Set(list)].map(value => places[filter]?.get(value) ?? -1),
    );
    return { ...entry, tags: JSON.stringify(codes.filter(list => list !== undefined)) };
  };
}

export type Coded<T> = Omit<T, 'tags'> & { readonly tags: string };

export interface PlacedRisk {
  readonly id: string;
  readonly risk: ReviewedRisk;
}

/** The risks of an object in an environment: those about it, and those that name it. */
export type RisksOf = (object: ObjectName, environment: string) => readonly PlacedRisk[];

/** The risks of a review by their objects, without namespaces: a risk of several environments has that of the first. */
export function risksByObject({ risks }: Review): RisksOf {
  const byObject = new Map<string, PlacedRisk[]>();
  for (const [index, risk] of risks.entries()) {
    const objects = [risk.object, ...risk.related.map(({ object }) => object)];
    const keys = objects.flatMap(object => risk.environments.map(name => keyOf(object, name)));
    for (const key of new Set(keys)) {
      const placed = { id: `risk-${index + 1}`, risk };
      byObject.set(key, [...(byObject.get(key) ?? []), placed]);
    }
  }
  return (object, environment) => byObject.get(keyOf(object, environment)) ?? [];
}

function keyOf({ kind, name }: ObjectName, environment: string): string {
  return JSON.stringify([environment, kind, name]);
}

/** The levels of an entry with these risks. */
export function levelsOf(risks: readonly PlacedRisk[]): FilterLevel[] {
  const levels = [...new Set(risks.map(({ risk }) => levelOf(risk)))];
  return levels.length === 0 ? ['no risk'] : levels;
}

/** The level of an open risk, or that it is acknowledged. */
export function levelOf(risk: ReviewedRisk): FilterLevel {
  return isOpen(risk) ? risk.level : 'acknowledged';
}

/** Whether environments come or go as a whole: then their objects are no news. */
export function areWholesale(review: Review, environments: readonly string[]): boolean {
  return environments.every(environment =>
    review.environments.some(
      ({ name, presence }) => name === environment && presence.startsWith('only'),
    ),
  );
}
