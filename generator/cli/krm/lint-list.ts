import type { Fault, Finding } from '../../ground/finding.ts';
import type { Host } from '../../ground/host.ts';
import { isMap, isSame } from '../../ground/json.ts';
import { annotationsOf } from '../../ground/kube-object.ts';
import type { SourceFile } from '../../ground/locate.ts';
import { manifestsOf } from '../../ground/manifests.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { LOCAL_CONFIG } from '../../kinds/krm/resource-list.ts';
import { placedObject } from '../../kinds/placed-object.ts';
import { checkConfig, type LintConfig, outsideOf } from '../../lint/lint-config.ts';
import { lintSet } from '../../lint/lint-set.ts';
import { locateFindings } from '../../lint/locate-findings.ts';
import { duplicateObject } from '../../lint/rules/duplicate-object.ts';
import { isWholeItem } from '../../make/krm/check-items.ts';
import { locateConfig, withoutConfig } from '../../make/krm/function-config.ts';
import { renderList } from '../../make/krm/render-list.ts';
import type { ResourceList } from '../../make/krm/resource-list.ts';
import { foundInItems, type ItemFinding, ownResults, resultOf } from '../../make/krm/results.ts';
import { originPlaces } from '../../read/places/origin-places.ts';
import { nothingOutside } from '../../read/sets/object-set.ts';
import { isFailure } from '../../report/lint/report.ts';
import { objectText, renderText } from '../../report/text.ts';
import { shownAt } from '../../review/changes/mask/shown.ts';
import { exitCodes } from '../command.ts';
import { acceptanceFaults } from '../lint/config.ts';
import { asWarning } from '../read-config.ts';

/**
 * Runs as a validator or transformer of kustomize: checks the items, and passes them through as
 * they came. `source` is the file of the functionConfig, where it is known.
 */
export function lintList(
  text: string,
  list: ResourceList,
  source: SourceFile | undefined,
  host: Host,
): number {
  const { functionConfig } = list;
  const checked = checkConfig(isMap(functionConfig) ? functionConfig['spec'] : undefined);
  const placed = (faults: readonly Fault[]): Finding[] =>
    locateConfig(faults.map(inSpec), functionConfig, source);
  const found = [
    ...foundInItems(list.items),
    ...(checked.value === undefined
      ? ofConfig(placed(checked.faults), functionConfig)
      : lintItems(list, checked.value, placed, host)),
  ];
  host.stderr(found.map(({ finding }) => shown(finding)).join(''));
  const results = ownResults(
    functionConfig,
    found.map(({ result }) => result),
  );
  const failOn = checked.value?.failOn ?? 'error';
  const hasFailed = found.some(({ finding }) => isFailure(finding, failOn));
  const isShown = !hasFailed || (checked.value !== undefined && isPlain(functionConfig));
  const out = isShown ? { text, list } : withoutConfig({ text, list });
  host.stdout(renderList(out.text, out.list, [], results));
  return hasFailed ? exitCodes.findings : exitCodes.ok;
}

/** Whether nothing of a config has to be hidden, its annotations included. */
function isPlain(config: unknown): boolean {
  return isMap(config) && isSame(config, shownAt(config));
}

function ofConfig(findings: readonly Finding[], functionConfig: unknown): ItemFinding[] {
  return findings.map(finding => ({ finding, result: resultOf(finding, functionConfig) }));
}

function inSpec(fault: Fault): Fault {
  return { ...fault, path: ['spec', ...fault.path] };
}

function lintItems(
  list: ResourceList,
  config: LintConfig,
  placed: (faults: readonly Fault[]) => Finding[],
  host: Host,
): ItemFinding[] {
  const objects = objectsOf(list, config.namespace ?? '');
  const outside = outsideOf(config, nothingOutside);
  const set = { objects, context: [], outside };
  const { open, unused, used } = lintSet(set, config.accept ?? [], host);
  // What is there twice is told of the list itself.
  const told = open.filter(({ rule }) => rule !== duplicateObject);
  const found = [...told, ...unused.values()];
  const located = locateFindings(found, originPlaces(host));
  return [
    ...located.map((finding, index) => ({
      finding,
      result: resultOf(finding, found[index]?.object.json),
    })),
    ...ofConfig(placed(acceptanceFaults(config, used)).map(asWarning), list.functionConfig),
  ];
}

/** The objects that will be in a cluster: not the settings of functions, and not what is none. */
function objectsOf({ items }: ResourceList, namespace: string): PlacedObject[] {
  return manifestsOf(items.filter(isWholeItem))
    .filter(({ object }) => annotationsOf(object)[LOCAL_CONFIG] !== 'true')
    .map(({ object, path }) => placedObject(object, 0, path, namespace));
}

/** A finding with the object it is about: its file may not be known, or hold many. */
function shown(finding: Finding): string {
  const { object, field } = finding;
  if (object === undefined) return renderText([finding]);
  const subject = objectText(object);
  if (finding.at === undefined) return renderText([{ ...finding, field: `${subject} ${field}` }]);
  return renderText([{ ...finding, message: `${subject}: ${finding.message}` }]);
}
