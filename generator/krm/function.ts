import { isUtf8 } from 'node:buffer';
import { lintList } from '#lint-list';
import { andThen, type Fault, type Outcome, ok } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { isMap, textAt, withNamesAs } from '../core/json.ts';
import { annotationsOf, optional } from '../core/kube-object.ts';
import { wholeSpec } from '../environments/read-spec.ts';
import { placedObject } from '../kinds/kinds.ts';
import { LOCAL_CONFIG } from '../kinds/krm.ts';
import { renderText } from '../report/text.ts';
import { exitCodes } from '../shell/command.ts';
import { checkInjection, inject } from '../spec/inject/inject.ts';
import { type BuiltUnit, expandUnit } from '../spec/pipeline.ts';
import { parseDocument, readDocument } from '../yaml/parse.ts';
import { locate, type SourceFile } from '../yaml/places.ts';
import {
  type Answer,
  foundInConfig,
  originPath,
  readOrigin,
  renderRefusal,
  writeAnswer,
} from './function-config.ts';
import { fieldAt, isGeneratorCall, type ResourceList, resourceListOf } from './list-places.ts';
import { foundInItems, isObject, mergeItems } from './results.ts';

/** Runs as a KRM function: ResourceList in, ResourceList and findings (also on stderr) out. Returns the exit code. */
export function runFunction(host: Host): number {
  const { text, list: input } = readList(host);
  if (input.value === undefined) {
    const findings = locate(input.faults, { file: 'stdin', text });
    host.stderr(renderText(findings));
    host.stdout(renderRefusal(findings));
    return exitCodes.usage; // The items are lost, so the exit code stops the caller.
  }
  const list = input.value;
  const file = originPath(list.functionConfig);
  const source = file === undefined ? undefined : readOrigin(file, host);
  const kind = kindOf(list.functionConfig);
  const run =
    kind === 'RemSecretsLint' ? lintList : kind === 'RemSecretsInjection' ? injectList : expandList;
  return writeAnswer(text, list, run(list, source, host), host);
}

function expandList(list: ResourceList, source: SourceFile | undefined, host: Host): Answer {
  const { unit, parts } = unitOf(list, host);
  const ofConfig = foundInConfig(unit.faults, list.functionConfig, source && { ...source, parts });
  const found = [...ofConfig, ...foundInItems(list.items)];
  const hasFailed = found.length > 0;
  return { found, hasFailed, merge: mergeItems(list.items, unit.value?.objects ?? []) };
}

function kindOf(functionConfig: unknown): unknown {
  return isMap(functionConfig) && functionConfig['apiVersion'] === 'rem-secrets.io/v1alpha1'
    ? functionConfig['kind']
    : undefined;
}

function unitOf({ functionConfig }: ResourceList, host: Host) {
  if (functionConfig === undefined || functionConfig === null)
    return { unit: { faults: [noConfig] }, parts: [] };
  const file = originPath(functionConfig) ?? 'rem-secrets.yaml';
  // The file has the names as they were written (docs/facts/kustomize.md#names-of-a-configuration).
  const { text } = readOrigin(file, host) ?? {};
  const written = text === undefined ? undefined : parseDocument(text).value;
  const { spec, parts } = wholeSpec(withNamesAs(functionConfig, written), file, host);
  if (spec.value === undefined) {
    const faults = spec.faults.map(fault => {
      return { ...fault, ...optional('hint', HINTS.get(fault.id)) };
    });
    return { unit: { faults }, parts };
  }
  const unit = expandUnit(spec.value, undefined, host.validators);
  return { unit: andThen(unit, withoutPatches), parts };
}

/** A function makes objects only: it cannot change what components add after it. */
function withoutPatches(unit: BuiltUnit): Outcome<BuiltUnit> {
  const [patch] = unit.injected.patches;
  if (patch === undefined) return ok(unit);
  const name = `${textAt(patch.target, 'kind')} ${textAt(patch.target, 'name')}`;
  const message = `${name} is of a component, which the plugin does not reach`;
  const hint =
    'List a RemSecretsInjection under `transformers:` of the overlay, or use what `expand` writes.';
  const path = ['spec', 'inject'];
  return { faults: [{ id: 'component-injection', message, hint, path, isAboutName: true }] };
}

const FILES =
  'Files are looked for from the folder that is built, or with `buildMetadata: [originAnnotations]` from that of the spec. A container sees no files: for one, write';

const HINTS: ReadonlyMap<string, string> = new Map([
  ['text-file', `${FILES} the text into the spec.`],
  ['environment-file', `${FILES} them under \`environments\`.`],
  [
    'wrong-kind',
    'A functionConfig has apiVersion: rem-secrets.io/v1alpha1 and kind: RemSecrets, which makes objects, RemSecretsLint, which checks items, or RemSecretsInjection, which changes workloads.',
  ],
]);

const noConfig: Fault = {
  id: 'no-function-config',
  message: 'the ResourceList has no functionConfig',
  hint: 'Give the RemSecrets object as functionConfig: kustomize does when `generators:` lists it.',
  path: [],
};

/** Reads stdin and the ResourceList in it. Text that is not UTF-8 would go out changed, so it is refused. */
function readList(host: Host): { text: string; list: Outcome<ResourceList> } {
  const bytes = host.readStdin();
  const text = new TextDecoder().decode(bytes);
  if (!isUtf8(bytes)) return { text, list: { faults: [notUtf8] } };
  const { value, faults } = readDocument(text);
  if (value === undefined) return { text, list: { faults: faults.map(asInput) } };
  const list = resourceListOf(value.document);
  const { ambiguous: found } = value;
  const ambiguous = found.length === 0 ? [] : found.filter(isRead(text, list.value));
  return { text, list: ambiguous.length > 0 ? { faults: ambiguous } : list };
}

/** Whether the function reads the place of a fault: items that it only hands on may be ambiguous. */
function isRead(text: string, list: ResourceList | undefined): (fault: Fault) => boolean {
  const fieldOf = fieldAt(text);
  const isExpansion = kindOf(list?.functionConfig) === 'RemSecrets';
  return ({ offset = 0 }) => {
    const field = fieldOf(offset);
    return field === 'functionConfig' || (field === 'items' && !isExpansion) || field === undefined;
  };
}

/** A fault of a document says `the file`, which is stdin here. */
function asInput(fault: Fault): Fault {
  const what = SHAPES.get(fault.id);
  if (what === undefined) return fault;
  const message = `stdin is not a ResourceList: ${what}`;
  return { ...fault, id: 'no-resource-list', message, hint: 'Give one ResourceList.' };
}

const SHAPES: ReadonlyMap<string, string> = new Map([
  ['empty-file', 'it is empty'],
  ['several-documents', 'it holds more than one document'],
]);

const notUtf8: Fault = {
  id: 'no-resource-list',
  message: 'stdin is not a ResourceList: it is not UTF-8',
  hint: 'Give the text in UTF-8, as the specification of KRM functions wants it.',
  path: [],
  offset: 0,
};

function injectList(list: ResourceList, source: SourceFile | undefined): Answer {
  const { functionConfig, items } = list;
  const objects = items.flatMap((item, index) =>
    isObject(item) && annotationsOf(item)[LOCAL_CONFIG] !== 'true'
      ? [placedObject(item, 0, [index], '')]
      : [],
  );
  const injected = andThen(checkInjection(functionConfig), injection =>
    isGeneratorCall(list) ? { faults: [noItems] } : ok(inject(injection, objects)),
  );
  const { changed = new Map(), missed = [], warnings = [] } = injected.value ?? {};
  const faults = [...missed, ...(injected.value ?? injected).faults];
  const ofConfig = foundInConfig([...faults, ...warnings], functionConfig, source);
  const ofItems = foundInItems(items);
  const replaced = [...changed].map(([{ path }, object]) => [Number(path[0]), object] as const);
  return {
    found: [...ofConfig, ...ofItems],
    hasFailed: faults.length > 0 || ofItems.length > 0,
    merge: { added: [], replaced: new Map(replaced) },
  };
}

const noItems: Fault = {
  id: 'nothing-to-inject-into',
  message: 'there are no objects to inject into',
  hint: 'Under `generators:` kustomize gives it none: list it under `transformers:`.',
  path: [],
};
