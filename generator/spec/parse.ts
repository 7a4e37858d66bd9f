import { validate } from '#validators/rem-secrets';
import type { Fault, Outcome, Path } from '../core/finding.ts';
import { fieldOf, movedFault, outcome } from '../core/finding.ts';
import type { JsonObject } from '../core/json.ts';
import {
  collect,
  isMap,
  mapAt,
  pathIn,
  scalarText,
  Timestamp,
  valueAt,
  words,
} from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { schemaFaults, type Validator } from '../core/schema.ts';
import { isReferenceName, optionBefore, secretIn, type TextPlace } from '../core/secret-text.ts';
import { parseDocument } from '../yaml/parse.ts';
import { entryPaths, mergeFaults, sizeFaults, withoutMergeWords, wordFaults } from './merge.ts';
import { layerPaths, layersOf } from './shared-clusters.ts';
import type { SpecObject } from './spec.ts';
import { declaredIn, documentIn, variableFaults } from './variables.ts';

/** The text of a rem-secrets.yaml as a spec that fits its schema; nothing is resolved yet. */
export function parseSpec(text: string): Outcome<SpecObject> {
  const document = parseDocument(text);
  return document.value === undefined ? { faults: document.faults } : checkSpec(document.value);
}

/** The same for a spec that is an object already, such as a functionConfig. */
export function checkSpec(document: unknown): Outcome<SpecObject> {
  const field = fieldOfKustomization(document);
  if (field !== undefined) {
    const message = 'this is a kustomization, and no RemSecrets object';
    const hint =
      'Name the spec with --file. `rem-secrets import` makes one of the folder, and `rem-secrets lint` checks it.';
    return { faults: [{ id: 'wrong-kind', message, hint, path: [field], isAboutName: true }] };
  }
  const tooLarge = sizeFaults(document);
  if (tooLarge.length > 0) return { faults: tooLarge };
  return checkDocument<SpecObject>(document, {
    kind: 'RemSecrets',
    shapeFaults: specShapeFaults,
    faultsIn: spec => [...nullConfigFaults(spec), ...mergeFaults(spec), ...variableFaults(spec)],
  });
}

/** Where a spec does not fit its schema. Variables are filled in first, once for the base and for each environment. */
function specShapeFaults(document: unknown): Fault[] {
  const plain = withoutMergeWords(document);
  const faults = shapeFaults(plain, validate);
  const others = faults.filter(({ id }) => id !== 'illegal-value');
  const words = wordFaults(document);
  if (declaredIn(plain).length === 0) return [...faults, ...words];
  if (!isShaped<SpecObject>(plain, others)) return [...others, ...words];
  const environments = Object.keys(plain.spec.environments ?? {});
  const filled = [undefined, ...environments].flatMap(environment =>
    shapeFaults(documentIn(plain, environment), validate),
  );
  const keyOf = ({ path, id, message }: Fault): string =>
    JSON.stringify([path, id === 'illegal-value' || message]);
  const unique = new Map(filled.toReversed().map(fault => [keyOf(fault), fault]));
  return [...[...unique.values()].toReversed().map(withVariable(plain)), ...words];
}

function withVariable(document: SpecObject): (fault: Fault) => Fault {
  const declared = declaredIn(document);
  return fault => {
    const [, name] = /\$\{([A-Za-z]\w{0,99})\}/.exec(fault.message) ?? [];
    if (fault.id !== 'illegal-value' || name === undefined) return fault;
    const [reason, hint] = declared.includes(name)
      ? [
          `"${name}" has no value here`,
          `Write variables: { ${name}: … } in each environment, or a value for all where it is declared.`,
        ]
      : [`there is no variable "${name}"`, knownNames('variables', name, declared)];
    return { ...fault, message: `${reason}, so that ${fault.message}`, hint };
  };
}

function isShaped<T>(_: unknown, faults: readonly Fault[]): _ is T {
  return faults.length === 0;
}

/** A field by which kustomize knows a kustomization.yaml that has no kind and no apiVersion. */
function fieldOfKustomization(document: unknown): string | undefined {
  if (!isMap(document) || (document['kind'] ?? document['apiVersion']) !== undefined)
    return undefined;
  return ['resources', 'bases', 'components', 'generators', 'transformers', 'patches'].find(field =>
    Array.isArray(document[field]),
  );
}

interface DocumentKind<T> {
  readonly kind: 'RemSecrets' | 'RemSecretsInjection';
  readonly shapeFaults: (document: unknown) => readonly Fault[];
  readonly faultsIn: (document: T) => readonly Fault[];
}

/** A document as an object of a kind, or its faults. No fault quotes a secret value. */
export function checkDocument<T>(document: unknown, of: DocumentKind<T>): Outcome<T> {
  const secrets = secretValues(document);
  if (secrets.length > 0) return { faults: secrets };
  const kind = kindFaults(document, of);
  if (kind.length > 0) return { faults: kind };
  const values = plainValueFaults(document);
  const shape = of.shapeFaults(document);
  if (isShaped<T>(document, shape)) return outcome(document, [...values, ...of.faultsIn(document)]);
  const reported = new Set(shape.map(({ path }) => fieldOf(path)));
  return { faults: [...shape, ...values.filter(({ path }) => !reported.has(fieldOf(path)))] };
}

export function shapeFaults(document: unknown, validator: Validator): Fault[] {
  return validator(document) ? [] : schemaFaults(validator.errors ?? [], document);
}

function kindFaults(document: unknown, { kind }: Pick<DocumentKind<unknown>, 'kind'>): Fault[] {
  const hint = `Write apiVersion: ${API_VERSION} and kind: ${kind}.`;
  if (!isMap(document)) {
    const message = `the document is ${whatItIs(document)}, not an object`;
    return [{ id: 'wrong-kind', message, hint, path: [] }];
  }
  const { apiVersion, kind: written } = document;
  if (written === kind && apiVersion === API_VERSION) return [];
  const found = `${scalarText(apiVersion) || 'no apiVersion'}, ${scalarText(written) || 'no kind'}`;
  const path = [written === kind ? 'apiVersion' : 'kind'];
  return [{ id: 'wrong-kind', message: `this is not a ${kind} object (${found})`, hint, path }];
}

const API_VERSION = 'rem-secrets.io/v1alpha1';

function whatItIs(document: unknown): string {
  if (document === undefined || document === null) return 'empty';
  return Array.isArray(document) ? 'a list' : 'a single value';
}

/** Reports values that are no JSON: dates without quotes, and the key `__proto__`. */
function plainValueFaults(document: unknown): Fault[] {
  return collect(document, [], (map, steps): Fault | undefined => {
    if (!isMap(map)) return undefined;
    if (map instanceof Timestamp) {
      const message = `"${steps.findLast(step => typeof step === 'string')}" is a date to YAML, and dates have no place here`;
      const hint = 'Put it in quotes: without them kustomize rewrites it as a timestamp.';
      return { id: 'wrong-type', message, hint, path: [...steps] };
    }
    if (!Object.hasOwn(map, '__proto__')) return undefined;
    const at = { path: [...steps, '__proto__'], isAboutName: true };
    const message = '"__proto__" is not a legal name here';
    return { id: 'illegal-name', message, hint: 'Choose another name.', ...at };
  });
}

/** Every value that looks like a secret; nothing else of such a spec is reported, so no message can quote it. */
export function secretValues(spec: unknown): Fault[] {
  const found: Fault[] = [];
  const path: (string | number)[] = [];
  const visit = (step: string | number, value: unknown, place: TextPlace): void => {
    path.push(step);
    secretsIn(value, place);
    path.pop();
  };
  const inFields = (map: JsonObject, name: string): void => {
    for (const key of Object.keys(map)) {
      const what = key.length < 16 ? undefined : secretIn(key, anyName);
      if (what !== undefined)
        found.push({ ...secretValue(what, [...path, key], 'this name'), isAboutName: true });
      visit(key, map[key], placeOf(map, key, name));
    }
  };
  const secretsIn = (value: unknown, place: TextPlace): void => {
    if (isMap(value)) inFields(value, place.name);
    else if (Array.isArray(value))
      value.forEach((item, index) => {
        visit(index, item, { ...place, name: optionBefore(value, index) ?? place.name });
      });
    else if (typeof value === 'string') {
      const what = secretIn(value, place);
      if (what !== undefined) found.push(secretValue(what, [...path]));
    }
  };
  secretsIn(spec, anyName);
  return found;
}

const anyName: TextPlace = { name: '', isReference: true };

const COLLECTIONS_OF_NAMES = new Set(
  words('keys manual external envFrom extract imagePullSecrets extraDatabases components inRoles'),
);

/** The name of a value is its key. That of a `value` is the `name` beside it, as in `env`, or else that of its map. */
function placeOf(map: JsonObject, key: string, name: string): TextPlace {
  const isReference = isReferenceName(key) || COLLECTIONS_OF_NAMES.has(name);
  if (COLLECTIONS_OF_NAMES.has(key)) return { name: key, isReference: true };
  if (key !== 'value') return { name: key, isReference };
  const named = map['name'] ?? map['key'];
  return { name: typeof named === 'string' ? named : name, isReference: false };
}

function secretValue(what: string, path: Path, subject = 'this'): Fault {
  const message = `${subject} looks like ${what}, which a spec never holds (the value is not shown)`;
  const hint =
    'Put the value into the store and name its key here; if it was ever committed, replace it.';
  return { id: 'secret-value', message, hint, path };
}

/** Reports empty members such as `batch:`, which may be lost on the way (docs/facts/opentelemetry.md#empty-members). */
function nullConfigFaults(document: SpecObject): Fault[] {
  const nulls = layersOf(document).flatMap(({ path, layer }) =>
    Object.entries(layer.workloads ?? {}).flatMap(([name, workload]) => {
      const { config, extends: base } = mapAt(workload);
      const inSpec = ['workloads', name, 'config'];
      const found = base === undefined ? nullsIn(mapAt(config), inSpec) : [];
      const isNew = (at: Path): boolean => valueAt(document, ['spec', ...at]) === undefined;
      return found.filter(at => path.length === 1 || isNew(at)).map(at => [...path, ...at]);
    }),
  );
  return nulls.map(path => {
    const message = `"${path.at(-1)}" is empty, and would be dropped on the way to the collector`;
    const hint = `Write ${path.at(-1)}: {}.`;
    return { id: 'empty-config', message, hint, path, isAboutName: true };
  });
}

function nullsIn(value: unknown, path: Path): Path[] {
  if (value === null) return [path];
  return isMap(value)
    ? Object.entries(value).flatMap(([name, child]) => nullsIn(child, [...path, name]))
    : [];
}

/** Faults of an environment's merged spec, with paths in the document. */
export function inDocument(faults: readonly Fault[], spec: SpecObject, unit?: string): Fault[] {
  const path = (inSpec: Path): Path => documentPath(spec, unit, inSpec);
  return faults.map(fault => movedFault(fault, path));
}

/** Where in the document a path of the merged spec comes from: the layer or extended entry with most of it. */
export function documentPath(spec: SpecObject, unit: string | undefined, inSpec: Path): Path {
  const layers = layerPaths(spec, unit).toReversed();
  let found = { path: ['spec', ...inSpec] as Path, steps: 0, of: 0 };
  for (const [of, inEntry] of entryPaths(spec, unit, inSpec).entries())
    for (const layer of layers) {
      const path = [...layer, ...inEntry];
      const steps = pathIn(spec, path).length - layer.length;
      const isWhole = steps === inSpec.length && steps > 0 && of === found.of;
      if (steps > found.steps || (isWhole && steps === found.steps)) found = { path, steps, of };
    }
  return found.path;
}
