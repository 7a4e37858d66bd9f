import { type Fault, movedFault } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isMap, isSame } from '../core/json.ts';
import { annotationsOf, manifestsOf } from '../core/kube-object.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { placedObject } from '../kinds/kinds.ts';
import { LOCAL_CONFIG } from '../kinds/krm.ts';
import { lintParts } from '../lint/check.ts';
import { acceptanceFaults, checkConfig, type LintConfig, outsideOf } from '../lint/config.ts';
import { isFailure } from '../lint/report.ts';
import { duplicateObject } from '../lint/rules/duplicate-object.ts';
import { shownAt } from '../report/shown.ts';
import { nothingOutside } from '../world/object-set.ts';
import { locateFaults } from '../world/places.ts';
import type { SourceFile } from '../yaml/places.ts';
import { type Answer, foundInConfig, originPlaces } from './function-config.ts';
import type { ResourceList } from './list-places.ts';
import { foundInItems, type ItemFinding, isWholeItem, resultOf } from './results.ts';

/** Checks the items, as a validator of kustomize, and changes none. `source`: the functionConfig's file, if known. */
export function lintList(list: ResourceList, source: SourceFile | undefined, host: Host): Answer {
  const { functionConfig } = list;
  const checked = checkConfig(isMap(functionConfig) ? functionConfig['spec'] : undefined);
  const inConfig = (faults: readonly Fault[]): ItemFinding[] => {
    const inSpec = faults.map(fault => movedFault(fault, path => ['spec', ...path]));
    return foundInConfig(inSpec, functionConfig, source);
  };
  const found = [
    ...foundInItems(list.items),
    ...(checked.value === undefined
      ? inConfig(checked.faults)
      : lintItems(list, checked.value, inConfig, host)),
  ];
  const failOn = checked.value?.failOn ?? 'error';
  const hasFailed = found.some(({ finding }) => isFailure(finding, failOn));
  const isShown = !hasFailed || (checked.value !== undefined && isPlain(functionConfig));
  return { found, hasFailed, isShown };
}

function isPlain(config: unknown): boolean {
  return isMap(config) && isSame(config, shownAt(config, [], { isAllowed: () => true }));
}

function lintItems(
  list: ResourceList,
  config: LintConfig,
  inConfig: (faults: readonly Fault[]) => ItemFinding[],
  host: Host,
): ItemFinding[] {
  const objects = objectsOf(list, config.namespace ?? '');
  const set = { objects, context: [], outside: outsideOf(config, nothingOutside) };
  const { open, unused, used } = lintParts(set, config.accept ?? [], host)(set.objects);
  // An object that is there twice is a finding about the list already.
  const faults = [...open.filter(({ id }) => id !== duplicateObject.id), ...unused.values()];
  const located = locateFaults(faults, originPlaces(host));
  return [
    ...located.map((finding, index) => ({
      finding,
      result: resultOf(finding, faults[index]?.object.json),
    })),
    ...inConfig(acceptanceFaults(config, used)),
  ];
}

function objectsOf({ items }: ResourceList, namespace: string): PlacedObject[] {
  return manifestsOf(items.filter(isWholeItem))
    .filter(({ object }) => annotationsOf(object)[LOCAL_CONFIG] !== 'true')
    .map(({ object, path }) => placedObject(object, 0, path, namespace));
}
