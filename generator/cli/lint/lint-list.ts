import { checkConfig, type LintConfig, outsideOf } from '../../checks/lint-config.ts';
import { lintSet } from '../../checks/lint-set.ts';
import { locateFindings } from '../../checks/locate-findings.ts';
import { shownAt } from '../../diff/mask/shown.ts';
import { isSame } from '../../diff/same.ts';
import { type Item, itemOf } from '../../graph/item.ts';
import { nothingOutside } from '../../graph/secret-graph.ts';
import { isWhole } from '../../krm/check-items.ts';
import { locateConfig } from '../../krm/locate-config.ts';
import { ownResults } from '../../krm/merge-results.ts';
import { renderList } from '../../krm/render-list.ts';
import { annotationsOf, type ResourceList } from '../../krm/resource-list.ts';
import { type Found, foundInItems, resultOf } from '../../krm/results.ts';
import { withoutConfig } from '../../krm/without-config.ts';
import { isFailure } from '../../report/lint/report.ts';
import { renderText } from '../../report/text.ts';
import type { Fault, Finding } from '../../source/finding.ts';
import type { SourceFile } from '../../source/locate.ts';
import { isMap } from '../../spec/merge-environment.ts';
import { manifestsOf } from '../../validation/manifests.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Host } from '../host.ts';
import { asWarning, entryFaults } from './config.ts';
import { originPlaces } from './origin-places.ts';

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

function ofConfig(findings: readonly Finding[], functionConfig: unknown): Found[] {
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
): Found[] {
  const items = itemsOf(list, config.namespace ?? '');
  const outside = outsideOf(config, nothingOutside);
  const set = { items, context: [], outside };
  const { open, unused, used } = lintSet(set, config.accept ?? [], host.validators);
  const found = [...open, ...unused.values()];
  const located = locateFindings(found, originPlaces(host));
  return [
    ...located.map((finding, index) => ({
      finding,
      result: resultOf(finding, found[index]?.item.object),
    })),
    ...ofConfig(placed(entryFaults(config, used)).map(asWarning), list.functionConfig),
  ];
}

/** The objects that will be in a cluster: not the settings of functions, and not what is none. */
function itemsOf({ items }: ResourceList, namespace: string): Item[] {
  return manifestsOf(items.filter(isWhole))
    .filter(({ object }) => annotationsOf(object)['config.kubernetes.io/local-config'] !== 'true')
    .map(({ object, path }) => itemOf(object, 0, path, namespace));
}

/** A finding with the object it is about: its file may not be known, or hold many. */
function shown(finding: Finding): string {
  const { object, field } = finding;
  if (object === undefined) return renderText([finding]);
  const { kind, namespace, name } = object;
  const subject = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  if (finding.at === undefined) return renderText([{ ...finding, field: `${subject} ${field}` }]);
  return renderText([{ ...finding, message: `${subject}: ${finding.message}` }]);
}
