import {
  asResourceList,
  configName,
  originPath,
  resultsOf,
  withObjects,
} from '../krm/resource-list.ts';
import { expandTarget } from '../pipeline.ts';
import { renderText } from '../report/text.ts';
import { andThen, type Fault } from '../source/finding.ts';
import { locate, type SourceFile } from '../source/locate.ts';
import { parseDocument } from '../source/yaml-text.ts';
import { checkSpec } from '../spec/parse-spec.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';

/**
 * Runs as a KRM function: ResourceList in, ResourceList out, in one write of JSON. kustomize shows
 * no results, so findings go to stderr too. Returns the exit code.
 */
export function runFunction(host: Host): number {
  const text = host.readStdin();
  const input = parseDocument(text);
  const list = asResourceList(input.value);
  if (list === undefined) {
    const faults = input.value === undefined ? input.faults : [notResourceList];
    host.stderr(renderText(locate(faults, { file: 'stdin', text })));
    return exitCodes.usage;
  }
  const { functionConfig } = list;
  const target = andThen(checkSpec(functionConfig), spec =>
    expandTarget(spec, undefined, host.validators),
  );
  const findings = locate(target.faults, sourceOf(functionConfig, host));
  const items = withObjects(list, target.value?.objects ?? []);
  const results = resultsOf(findings, configName(functionConfig));
  host.stderr(renderText(findings));
  host.stdout(JSON.stringify({ ...list, items, ...(results.length > 0 && { results }) }));
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings;
}

const notResourceList: Fault = {
  id: 'no-resource-list',
  message: 'stdin is not a ResourceList',
  hint: 'Run it through kustomize or another KRM caller; by hand, use `rem-secrets render`.',
  path: [],
  offset: 0,
};

/** The spec's file, when kustomize tells where it is and it can be read. */
function sourceOf(functionConfig: unknown, host: Host): SourceFile | undefined {
  const file = originPath(functionConfig);
  if (file === undefined || !host.exists(file)) return undefined;
  return { file, text: new TextDecoder().decode(host.readFile(file)) };
}
