import { linter } from '#linter';
import { locateConfig, originPath } from '../krm/locate-config.ts';
import { renderList } from '../krm/render-list.ts';
import { asResourceList, emptyList, type ResourceList } from '../krm/resource-list.ts';
import { resultsOf } from '../krm/results.ts';
import { expandTarget, type Target } from '../pipeline.ts';
import { renderText } from '../report/text.ts';
import { andThen, type Fault, type Outcome } from '../source/finding.ts';
import { locate, type SourceFile } from '../source/locate.ts';
import { parseDocument } from '../source/yaml-text.ts';
import { isMap } from '../spec/merge-environment.ts';
import { checkSpec } from '../spec/parse-spec.ts';
import { exitCodes } from './exit-codes.ts';
import type { Host } from './host.ts';
import { isNamedFile } from './inside.ts';
import { textOf } from './text-of.ts';

/**
 * Runs as a KRM function: ResourceList in, ResourceList out, in one write. kustomize shows no
 * results, so findings go to stderr too. Returns the exit code.
 */
export function runFunction(host: Host): number {
  const text = host.readStdin();
  const input = parseDocument(text);
  const list = asResourceList(input.value);
  if (list === undefined) return refuse(text, input.faults, host);
  const source = sourceOf(list.functionConfig, host);
  if (isLintConfig(list.functionConfig)) return linter.lintList(text, list, source, host);
  const target = targetOf(list, host);
  const findings = locateConfig(target.faults, list.functionConfig, source);
  const results = resultsOf(findings, list.functionConfig);
  host.stderr(renderText(findings));
  const isLeaking = findings.some(({ id }) => id === 'secret-value');
  host.stdout(
    isLeaking
      ? JSON.stringify({ ...emptyList, results: resultsOf(findings, undefined) })
      : renderList(text, list, target.value?.objects ?? [], results),
  );
  return findings.length === 0 ? exitCodes.ok : exitCodes.findings;
}

/** A RemSecretsLint checks the items of others and makes none: a validator. */
function isLintConfig(functionConfig: unknown): boolean {
  return isMap(functionConfig) && functionConfig['kind'] === 'RemSecretsLint';
}

function targetOf({ functionConfig }: ResourceList, host: Host): Outcome<Target> {
  if (functionConfig === undefined || functionConfig === null) return { faults: [noConfig] };
  return andThen(checkSpec(functionConfig), spec => expandTarget(spec, undefined, host.validators));
}

/** Says why the input cannot be used. Its items are lost, so the exit code has to stop the caller. */
function refuse(text: string, faults: readonly Fault[], host: Host): number {
  const broken = faults.filter(({ id }) => id !== 'empty-file' && id !== 'several-documents');
  const findings = locate(broken.length > 0 ? broken : [notResourceList], { file: 'stdin', text });
  host.stderr(renderText(findings));
  host.stdout(JSON.stringify({ ...emptyList, results: resultsOf(findings, undefined) }));
  return exitCodes.usage;
}

const notResourceList: Fault = {
  id: 'no-resource-list',
  message: 'stdin is not a ResourceList',
  hint: 'Run it through kustomize or another KRM caller; by hand, use `rem-secrets render`.',
  path: [],
  offset: 0,
};

const noConfig: Fault = {
  id: 'no-function-config',
  message: 'the ResourceList has no functionConfig',
  hint: 'Give the RemSecrets object as functionConfig: kustomize does when `generators:` lists it.',
  path: [],
};

/** The spec's file, when kustomize tells where it is and it can be read. */
function sourceOf(functionConfig: unknown, host: Host): SourceFile | undefined {
  const file = originPath(functionConfig);
  if (file === undefined || !isNamedFile(file, host)) return undefined;
  return { file, text: textOf(file, host) };
}
