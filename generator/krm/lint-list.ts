import type { Fault, Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isMap, isSame } from '../core/json.ts';
import { annotationsOf } from '../core/kube-object.ts';
import { manifestsOf } from '../core/manifests.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { LOCAL_CONFIG } from '../kinds/krm.ts';
import { placedObject } from '../kinds/placed-object.ts';
import { lintSet } from '../lint/check.ts';
import { acceptanceFaults, checkConfig, type LintConfig, outsideOf } from '../lint/config.ts';
import { isFailure } from '../lint/report.ts';
import { duplicateObject } from '../lint/rules/duplicate-object.ts';
import { shownAt } from '../report/mask.ts';
import { objectText, renderText } from '../report/text.ts';
import { exitCodes } from '../shell/command.ts';
import { nothingOutside } from '../world/object-set.ts';
import { locateFaults } from '../world/places.ts';
import type { SourceFile } from '../yaml/places.ts';
import { locateConfig, originPlaces, renderList, withoutConfig } from './function-config.ts';
import type { ResourceList } from './resource-list.ts';
import { foundInItems, type ItemFinding, isWholeItem, ownResults, resultOf } from './results.ts';

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
  const told = open.filter(({ id }) => id !== duplicateObject.id);
  const found = [...told, ...unused.values()];
  const located = locateFaults(found, originPlaces(host));
  return [
    ...located.map((finding, index) => ({
      finding,
      result: resultOf(finding, found[index]?.object.json),
    })),
    ...ofConfig(placed(acceptanceFaults(config, used)), list.functionConfig),
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
