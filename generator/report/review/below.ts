import { toldEnvironments } from './environments.ts';
import type { Review } from './review.ts';

/** A review in which units go by short names. */
export interface ShortReview {
  readonly review: Review;
  /** The folder that all of them are below, with a slash at its end; empty where none is worth a word. */
  readonly below: string;
}

/** A folder of so many characters is worth leaving out. */
const LONG = 8;

/**
 * The names of units without the folders that all of them are below, which are said once. What nothing
 * changes in is not named, and does not count.
 */
export function withShortNames(review: Review): ShortReview {
  const below = commonFolder(namesIn(review));
  if (below === '') return { review, below };
  const short = (name: string): string =>
    name.startsWith(below) ? name.slice(below.length) : name;
  const within = <T extends { readonly environments: readonly string[] }>(entry: T): T => ({
    ...entry,
    environments: entry.environments.map(short),
  });
  const at = <T extends { readonly environment: string }>(entry: T): T => ({
    ...entry,
    environment: short(entry.environment),
  });
  return {
    below,
    review: {
      ...review,
      environments: review.environments.map(one => ({ ...one, name: short(one.name) })),
      risks: review.risks.map(within),
      findings: review.findings.map(within),
      secrets: review.secrets.map(within),
      broken: review.broken.map(at),
      awsCalls: review.awsCalls.map(at),
      changes: review.changes.map(group => ({
        ...group,
        objects: group.objects.map(object => ({
          ...object,
          environment: short(object.environment),
          ...(object.movedFrom !== undefined && { movedFrom: short(object.movedFrom) }),
        })),
      })),
    },
  };
}

function namesIn(review: Review): Set<string> {
  const { risks, findings, secrets, changes, broken, awsCalls } = review;
  const names = [
    ...toldEnvironments(review).told.map(({ name }) => name),
    ...[...risks, ...findings, ...secrets].flatMap(({ environments }) => environments),
    ...[...broken, ...awsCalls].map(({ environment }) => environment),
    ...changes.flatMap(({ objects }) =>
      objects.flatMap(({ environment, movedFrom = '' }) => [environment, movedFrom]),
    ),
  ];
  return new Set(names.filter(name => name !== ''));
}

/** What applies a unit stands behind its folder: `apps/shop (Kustomization flux-system/shop)`. */
function commonFolder(names: ReadonlySet<string>): string {
  const [first = [], ...others] = [...names].map(name => name.replace(/ \(.*$/, '').split('/'));
  const most = Math.min(...[first, ...others].map(steps => steps.length - 1));
  let count = 0;
  while (count < most && others.every(steps => steps[count] === first[count])) count += 1;
  const folder = count === 0 ? '' : `${first.slice(0, count).join('/')}/`;
  return names.size < 2 || folder.length < LONG ? '' : folder;
}
