import { unfilledVariables } from '../kinds/flux/kustomization.ts';
import { shortened } from '../report/text.ts';
import {
  type Comparison,
  deployerOf,
  environmentOf,
  objectOfChange,
  objectsOf,
} from './field-changes.ts';
import type { LeftOut } from './review.ts';

/** What was not read of two sides, or is no object there. */
export interface Unread {
  readonly leftOut: readonly LeftOut[];
  /** The changed files that hold something else than objects, and folders of charts, with a slash at the end. */
  readonly strangers: readonly string[];
  /** What nobody applies, by a config. */
  readonly excluded: readonly string[];
}

/** What no manifests tell, where there is nothing else to say. */
export const ALWAYS = 'values in their stores, and what a cluster has beside these manifests';

/**
 * What of a change cannot be seen, in sentences without an end: of the units in which something changes,
 * what was not read, rendered or filled in.
 */
export function unseenOf(
  comparisons: readonly Comparison[],
  { leftOut, strangers, excluded }: Unread,
): string[] {
  const changing = new Set(
    comparisons.flatMap(comparison =>
      comparison.changes.map(change => environmentOf(comparison, objectOfChange(change))),
    ),
  );
  const isNear = ({ environment }: LeftOut): boolean => changing.has(environment);
  const near = leftOut
    .filter(isNear)
    .map(({ finding }) => finding.message.replace(/^not read: /, ''));
  const whats = comparisons.flatMap(comparison => unknownsOf(comparison, changing));
  const isChart = (name: string): boolean => name.endsWith('/');
  const charts = [
    ...[...near, ...whats].flatMap(text => CHART.exec(text)?.[1] ?? []),
    ...strangers.filter(isChart).map(name => name.slice(0, -1)),
  ];
  const folders = whats.filter(text => !CHART.test(text));
  const far = new Set(leftOut.filter(one => !isNear(one)).map(({ finding }) => finding.message))
    .size;
  const all = [
    ...titled('Helm charts, which are not rendered', charts.map(quoted)),
    ...titled('not read', [...near.filter(text => !CHART.test(text)), ...folders]),
    ...titled('variables without a value', comparisons.flatMap(variablesOf)),
    ...titled(
      'changed files in which something is no object',
      strangers.filter(name => !isChart(name)),
    ),
    ...titled('excluded by the config of lint', excluded),
    ...(far === 0 ? [] : [farText(far)]),
  ];
  return all.length === 0 ? [ALWAYS] : all;
}

/** As it is said of an entry that is left out, and of a release. */
const CHART = /^(?:a Helm chart: |the Helm chart ")([^"]*)"?$/;

function quoted(name: string): string {
  return `"${name}"`;
}

function farText(count: number): string {
  return count === 1
    ? '1 entry of a unit without changes, which was not read'
    : `${count} entries of units without changes, which were not read`;
}

function titled(title: string, all: readonly string[]): string[] {
  const names = [...new Set(all)].sort();
  return names.length === 0 ? [] : [`${title}: ${shortened(names).join(', ')}`];
}

/** What objects that change have made unseen, and what is not here of what they apply, or beside them. */
function unknownsOf(comparison: Comparison, changing: ReadonlySet<string>): string[] {
  const { base, head, units, name } = comparison;
  const objects = new Set(comparison.changes.flatMap(objectsOf));
  const made = [...objects].flatMap(object =>
    [head, base].flatMap(({ find }) => object.known?.applies?.unknowns?.(object, find) ?? []),
  );
  const isNear = (file: number): boolean => {
    const { environment, deployer } = units?.get(file) ?? {};
    if (deployer !== undefined && objects.has(deployer)) return true;
    return changing.has(units === undefined ? name : (environment ?? NOWHERE));
  };
  const absent = [head, base]
    .flatMap(({ outside }) => outside.unknowns ?? [])
    .filter(({ what, isFolder }) => isFolder === true || CHART.test(what))
    .filter(({ file }) => file !== undefined && isNear(file));
  return [...made, ...absent].map(({ what }) => what);
}

/** No environment has this name. */
const NOWHERE = '\0';

/** The variables that are still in objects which change, where Flux would have filled them in. */
function variablesOf(comparison: Comparison): string[] {
  return comparison.changes
    .flatMap(objectsOf)
    .flatMap(object => unfilledVariables(object, deployerOf(comparison, object)));
}
