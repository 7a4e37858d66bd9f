import { unfilledVariables } from '../kinds/flux/kustomization.ts';
import { shortened } from '../report/text.ts';
import {
  type Comparison,
  deployerOf,
  environmentOf,
  objectOfChange,
  objectsOf,
} from './comparison.ts';
import { ALWAYS, type LeftOut } from './review.ts';

/** What was not read of two sides, or is no object there. */
interface Unread {
  readonly leftOut: readonly LeftOut[];
  /** Changed files with documents that are no objects, and folders of changed charts with a slash at the end. */
  readonly otherFiles: readonly string[];
  /** The folders that a config excludes. */
  readonly excluded: readonly string[];
}

/**
 * What of a change cannot be seen, in sentences without a full stop: what was not read, rendered or filled in of
 * the units in which something changes.
 */
export function unseenOf(
  comparisons: readonly Comparison[],
  { leftOut, otherFiles, excluded }: Unread,
): string[] {
  const changing = new Set(
    comparisons.flatMap(comparison =>
      comparison.changes.map(change => environmentOf(comparison, objectOfChange(change))),
    ),
  );
  const isNear = ({ environment }: LeftOut): boolean => changing.has(environment);
  const texts = [
    ...leftOut.filter(isNear).map(({ finding }) => finding.message.replace(/^not read: /, '')),
    ...comparisons.flatMap(comparison => unknownsOf(comparison, changing)),
  ];
  const isChart = (name: string): boolean => name.endsWith('/');
  const charts = [
    ...texts.flatMap(text => CHART.exec(text)?.[1] ?? []),
    ...otherFiles.filter(isChart).map(name => name.slice(0, -1)),
  ];
  const far = leftOut.filter(entry => !isNear(entry)).map(({ finding }) => finding.message);
  const all = [
    ...titled(
      'Helm charts, which are not rendered',
      charts.map(name => `"${name}"`),
    ),
    ...titled(
      'not read',
      texts.filter(text => !CHART.test(text)),
    ),
    ...titled('variables without a value', comparisons.flatMap(variablesOf)),
    ...titled(
      'changed files in which something is no object',
      otherFiles.filter(name => !isChart(name)),
    ),
    ...titled('excluded by the config of lint', excluded),
    ...(far.length === 0 ? [] : [farText(new Set(far).size)]),
  ];
  return all.length === 0 ? [ALWAYS] : all;
}

/** As the message says it of an entry that is left out, and of a release. */
const CHART = /^(?:a Helm chart: |the Helm chart ")([^"]*)"?$/;

function titled(title: string, all: readonly string[]): string[] {
  const names = [...new Set(all)].sort();
  return names.length === 0 ? [] : [`${title}: ${shortened(names).join(', ')}`];
}

function farText(count: number): string {
  return count === 1
    ? '1 entry of a unit without changes, which was not read'
    : `${count} entries of units without changes, which were not read`;
}

/** What changed objects make or apply and is not read, and charts and folders that are missing in changed units. */
function unknownsOf(comparison: Comparison, changing: ReadonlySet<string>): string[] {
  const { base, head, units, name } = comparison;
  const objects = new Set(comparison.changes.flatMap(objectsOf));
  const made = [...objects].flatMap(object =>
    [head, base].flatMap(({ find }) => object.known?.unknowns?.(object, find) ?? []),
  );
  const isNear = (file: number): boolean => {
    const { environment, deployer } = units?.get(file) ?? {};
    if (deployer !== undefined && objects.has(deployer)) return true;
    return changing.has(units === undefined ? name : (environment ?? NO_ENVIRONMENT));
  };
  const absent = [head, base]
    .flatMap(({ outside }) => outside.unknowns ?? [])
    .filter(({ what, isFolder }) => isFolder === true || CHART.test(what))
    .filter(({ file }) => file !== undefined && isNear(file));
  return [...made, ...absent].map(({ what }) => what);
}

/** No environment has this name. */
const NO_ENVIRONMENT = '\0';

/** The variables in changed objects that nothing fills in, though Flux would have. */
function variablesOf(comparison: Comparison): string[] {
  return comparison.changes
    .flatMap(objectsOf)
    .flatMap(object => unfilledVariables(object, deployerOf(comparison, object)));
}
