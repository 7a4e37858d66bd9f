import type { Finding } from '../core/finding.ts';
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
import type { ReadSides, Side } from './side.ts';

/** What of a change cannot be seen, in sentences: what was not read, rendered or filled in of units that change. */
export function unseenOf(
  comparisons: readonly Comparison[],
  { base, head, excluded }: ReadSides,
): string[] {
  const leftOut = [...base.leftOut, ...head.leftOut];
  const otherFiles = changedOtherFiles(base, head)
    .filter(({ isManifest }) => !isManifest)
    .map(({ name }) => name);
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
  ].map(name => `"${name}"`);
  const unread = texts.filter(text => !CHART.test(text));
  const files = otherFiles.filter(name => !isChart(name));
  const far = leftOut.filter(entry => !isNear(entry)).map(({ finding }) => finding.message);
  const all = [
    ...titled('Helm charts, which are not rendered', charts),
    ...titled('not read', unread),
    ...titled('variables without a value', comparisons.flatMap(variablesOf)),
    ...titled('changed files in which something is no object', files),
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
    ? '1 entry of an environment without changes, which was not read'
    : `${count} entries of environments without changes, which were not read`;
}

/** What changed objects make or apply and is not read, and charts and folders that are missing in changed units. */
function unknownsOf(comparison: Comparison, changing: ReadonlySet<string>): string[] {
  const { base, head, units, name } = comparison;
  const objects = new Set(comparison.changes.flatMap(objectsOf));
  const made = [...objects].flatMap(object =>
    [head, base].flatMap(({ find }) => object.known?.applies?.unknowns?.(object, find) ?? []),
  );
  const isNear = (file: number): boolean => {
    const { environment, deployer } = units?.get(file) ?? {};
    if (deployer !== undefined && objects.has(deployer)) return true;
    const near = units === undefined ? name : environment;
    return near !== undefined && changing.has(near);
  };
  const absent = [head, base]
    .flatMap(({ outside }) => outside.unknowns ?? [])
    .filter(({ what, isFolder }) => isFolder === true || CHART.test(what))
    .filter(({ file }) => file !== undefined && isNear(file));
  return [...made, ...absent].map(({ what }) => what);
}

/** The variables in changed objects that nothing fills in, though Flux would have. */
function variablesOf(comparison: Comparison): string[] {
  return comparison.changes
    .flatMap(objectsOf)
    .flatMap(object => unfilledVariables(object, deployerOf(comparison, object)));
}

/** The files that differ and have documents that are no objects, on head or else on base. */
function changedOtherFiles({ otherFiles: before }: Side, { otherFiles: after }: Side) {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap(name => {
    const [was, is] = [before.get(name), after.get(name)];
    const file = is ?? was;
    if (file === undefined || was?.text === is?.text) return [];
    return [{ ...file, name, isManifest: was?.isManifest === true || is?.isManifest === true }];
  });
}

/** A file that is applied and of which nobody can tell what the change does. */
export function noObjectFindings(base: Side, head: Side): Finding[] {
  return changedOtherFiles(base, head)
    .filter(({ isManifest }) => isManifest)
    .map(({ name, file }) => ({
      rule: 'unreadable',
      severity: 'error',
      message: `not read: "${name}" changes, and a document of it is no object with apiVersion, kind and metadata: what a cluster makes of it is not known`,
      hint: 'Write the document as an object; or move what is no manifest out of the folders that are applied.',
      field: '',
      at: { file, line: 1, column: 1 },
    }));
}
