import { validate } from '#validators/rem-secrets';
import { type Fault, fieldOf, type Outcome, outcome, type Path } from '../core/finding.ts';
import { isMap, type JsonObject, mapAt, scalarText, Timestamp, valueAt } from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { type SchemaError, schemaFaults } from '../core/schema.ts';
import { isReferenceName, optionBefore, secretIn, type TextPlace } from '../core/secret-text.ts';
import { parseDocument } from '../yaml/parse.ts';
import { clusterNameOf } from './cluster-of.ts';
import { beforeEnvironment, isOneChoice } from './shared-clusters.ts';
import type { SpecObject } from './spec.ts';

/** The text of a rem-secrets.yaml as a spec whose shape is right; nothing is resolved yet. */
export function parseSpec(text: string): Outcome<SpecObject> {
  const document = parseDocument(text);
  return document.value === undefined ? { faults: document.faults } : checkSpec(document.value);
}

/** The same for a spec that is an object already, such as a functionConfig. */
export function checkSpec(document: unknown): Outcome<SpecObject> {
  if (isNamelessKustomization(document)) return { faults: [kustomizationFault(document)] };
  return checkDocument<SpecObject>(document, {
    kind: 'RemSecrets',
    validate,
    faultsIn: spec => [...nullConfigFaults(spec), ...nullEntryFaults(spec)],
  });
}

/** kustomize takes a kustomization.yaml without kind and apiVersion for one: by its fields. */
function isNamelessKustomization(document: unknown): document is JsonObject {
  if (!isMap(document)) return false;
  const isNameless = document['kind'] === undefined && document['apiVersion'] === undefined;
  return isNameless && fieldOfKustomization(document) !== undefined;
}

function fieldOfKustomization(document: JsonObject): string | undefined {
  return ['resources', 'bases', 'components', 'generators', 'transformers', 'patches'].find(field =>
    Array.isArray(document[field]),
  );
}

function kustomizationFault(document: JsonObject): Fault {
  return {
    id: 'wrong-kind',
    message: 'this is a kustomization, and no RemSecrets object',
    hint: 'Name the spec with --file. `rem-secrets import` makes one of the folder, and `rem-secrets lint` checks it.',
    path: [fieldOfKustomization(document) ?? ''],
    isAboutName: true,
  };
}

/** A kind of object that people write for this program, by the validator of its schema. */
interface DocumentKind<T> {
  readonly kind: 'RemSecrets' | 'RemSecretsInjection';
  readonly validate: {
    (document: unknown): boolean;
    errors?: readonly SchemaError[] | null;
  };
  /** What is wrong with one that a schema cannot tell. */
  readonly faultsIn: (document: T) => readonly Fault[];
}

/** A document of a kind, with all that is wrong with it as such. No fault quotes a secret value. */
export function checkDocument<T>(document: unknown, of: DocumentKind<T>): Outcome<T> {
  const secrets = secretValues(document);
  if (secrets.length > 0) return { faults: secrets };
  const kind = kindFaults(document, of);
  if (kind.length > 0) return { faults: kind };
  const values = plainValueFaults(document);
  if (isOf(document, of)) return outcome(document, [...values, ...of.faultsIn(document)]);
  const shape = schemaFaults(of.validate.errors ?? [], document);
  const said = new Set(shape.map(({ path }) => fieldOf(path)));
  return { faults: [...shape, ...values.filter(({ path }) => !said.has(fieldOf(path)))] };
}

function isOf<T>(document: unknown, { validate }: DocumentKind<T>): document is T {
  return validate(document);
}

function kindFaults(document: unknown, { kind }: Pick<DocumentKind<unknown>, 'kind'>): Fault[] {
  const hint = `Write apiVersion: ${API_VERSION} and kind: ${kind}.`;
  if (!isMap(document)) {
    const message = `the document is ${whatItIs(document)}, not an object`;
    return [{ id: 'wrong-kind', message, hint, path: [] }];
  }
  const { apiVersion, kind: own } = document;
  if (own === kind && apiVersion === API_VERSION) return [];
  const found = `${scalarText(apiVersion) || 'no apiVersion'}, ${scalarText(own) || 'no kind'}`;
  const path = [own === kind ? 'apiVersion' : 'kind'];
  return [{ id: 'wrong-kind', message: `this is not a ${kind} object (${found})`, hint, path }];
}

const API_VERSION = 'rem-secrets.io/v1alpha1';

function whatItIs(document: unknown): string {
  if (document === undefined || document === null) return 'empty';
  return Array.isArray(document) ? 'a list' : 'a single value';
}

/**
 * Reports values that are no JSON, wherever they stand: a date without quotes, which kustomize
 * would rewrite as a timestamp, and a key that JavaScript takes for something else.
 */
function plainValueFaults(document: unknown): Fault[] {
  const faults: Fault[] = [];
  const path: (string | number)[] = [];
  const visit = (value: unknown): void => {
    if (value instanceof Timestamp) faults.push(date([...path]));
    else if (typeof value === 'object' && value !== null) visitChildren(value);
  };
  const visitChildren = (parent: object): void => {
    const isList = Array.isArray(parent);
    for (const [key, child] of Object.entries(parent)) {
      path.push(isList ? Number(key) : key);
      if (key === '__proto__') faults.push(reserved([...path]));
      visit(child);
      path.pop();
    }
  };
  visit(document);
  return faults;
}

function date(path: Path): Fault {
  return {
    id: 'wrong-type',
    message: `"${path.findLast(step => typeof step === 'string')}" is a date to YAML, and dates have no place here`,
    hint: 'Put it in quotes: without them kustomize rewrites it as a timestamp.',
    path,
  };
}

function reserved(path: Path): Fault {
  const hint = 'Choose another name.';
  return {
    id: 'illegal-name',
    message: '"__proto__" is not a legal name here',
    hint,
    path,
    isAboutName: true,
  };
}

/**
 * Every value of the spec that looks like a secret. Only where it stands is told, never the value:
 * nothing else of a spec with such a value is reported, so that no message can quote it.
 */
export function secretValues(spec: unknown): Fault[] {
  const faults: Fault[] = [];
  const path: (string | number)[] = [];
  const visit = (value: unknown, place: TextPlace): void => {
    if (typeof value === 'string') {
      const what = secretIn(value, place);
      if (what !== undefined) faults.push(secretValue(what, [...path]));
    } else if (Array.isArray(value)) {
      visitItems(value, place);
    } else if (typeof value === 'object' && value !== null) {
      visitEntries(value, place);
    }
  };
  const visitItems = (list: readonly unknown[], place: TextPlace): void => {
    for (const [index, item] of list.entries()) {
      path.push(index);
      visit(item, { ...place, name: optionBefore(list, index) ?? place.name });
      path.pop();
    }
  };
  const visitEntries = (map: object, { name }: TextPlace): void => {
    for (const [key, child] of Object.entries(map)) {
      path.push(key);
      const what = key.length < 16 ? undefined : secretIn(key, anyName);
      if (what !== undefined)
        faults.push({ ...secretValue(what, [...path], 'this name'), isAboutName: true });
      visit(child, placeOf(map, key, name));
      path.pop();
    }
  };
  visit(spec, anyName);
  return faults;
}

const anyName: TextPlace = { name: '', isReference: true };

/** Maps and lists all of whose values are names. */
const COLLECTIONS_OF_NAMES = new Set([
  'keys',
  'manual',
  'external',
  'envFrom',
  'imagePullSecrets',
  'extraDatabases',
  'components',
  'inRoles',
]);

/** A value goes by its key; under `value`, by the name beside it, or by that of the map. */
function placeOf(map: object, key: string, name: string): TextPlace {
  const isReference = isReferenceName(key) || COLLECTIONS_OF_NAMES.has(name);
  if (COLLECTIONS_OF_NAMES.has(key)) return { name: key, isReference: true };
  if (key !== 'value') return { name: key, isReference };
  const beside = isMap(map) ? (map['name'] ?? map['key']) : undefined;
  return { name: typeof beside === 'string' ? beside : name, isReference: false };
}

function secretValue(what: string, path: Path, subject = 'this'): Fault {
  return {
    id: 'secret-value',
    message: `${subject} looks like ${what}, which a spec never holds (the value is not shown)`,
    hint: 'Put the value into the store and name its key here; if it was ever committed, replace it.',
    path,
  };
}

/**
 * Nulls that do nothing: an environment's that removes what the base has not, and sections and entries of the
 * base that say nothing. A section of an environment is let be where it was empty before: it is about to be written.
 */
function nullEntryFaults(document: SpecObject): Fault[] {
  const { clusters = {}, environments = {} } = document.spec;
  const base = beforeEnvironment(document);
  return [
    ...emptySections(document),
    ...emptyEntries(base),
    ...Object.entries(clusters).flatMap(([name, change]) =>
      idleNulls(change ?? {}, base, ['spec', 'clusters', name]),
    ),
    ...Object.entries(environments).flatMap(([name, change]) =>
      idleNulls(change ?? {}, beforeEnvironment(document, name), ['spec', 'environments', name]),
    ),
  ];
}

function emptySections({ spec }: SpecObject): Fault[] {
  return Object.entries(spec)
    .filter(([, section]) => section === null)
    .map(([name]) => ({
      ...empty(name, ['spec', name]),
      hint: BY_THEMSELVES.has(name)
        ? `Write \`${name}: {}\` for what is usual, or take the line out.`
        : 'Write below it what it has, or take the line out.',
    }));
}

/** Sections that mean something with nothing in them. */
const BY_THEMSELVES: ReadonlySet<string> = new Set(['iam', 'runbook']);

function empty(name: string, path: Path): Pick<Fault, 'id' | 'message' | 'path' | 'isAboutName'> {
  const message = `"${name}" is empty, and nothing is made of it`;
  return { id: 'empty-entry', message, path, isAboutName: true };
}

/** Collections of the spec whose entries have names. */
const SECTIONS = [
  'stores',
  'databases',
  'secrets',
  'push',
  'workloads',
  'resources',
  'inject',
  'shapes',
] as const;

function emptyEntries(base: object): Fault[] {
  return SECTIONS.flatMap(section =>
    Object.entries(mapAt(base, section))
      .filter(([, entry]) => entry === null)
      .map(([name]) => ({
        ...empty(name, ['spec', section, name]),
        hint: 'Write below it what it is, or take the line out; null removes only in an environment.',
      })),
  );
}

/** `path` begins with the three steps to the environment, or the cluster. */
function idleNulls(change: object, base: object, path: Path): Fault[] {
  const inSpec = path.slice(3).map(String);
  if (isOneChoice(inSpec) || isOwnTerms(inSpec)) return [];
  const isSection = inSpec.length === 0;
  return Object.entries(change).flatMap(([name, value]) => {
    const before = Object.hasOwn(base, name) ? (base as JsonObject)[name] : undefined;
    const at = [...path, name];
    if (isMap(value)) return idleNulls(value, isMap(before) ? before : {}, at);
    const isIdle = value === null && (before ?? value) === null && !isSection;
    return isIdle ? [removesNothing(name, Object.keys(base), at)] : [];
  });
}

/** Where null means something else: in a patch, in objects, and in a collector's configuration. */
function isOwnTerms([section, , field = '']: readonly string[]): boolean {
  const inObjects = section === 'resources' && field === 'object';
  return field === 'patch' || inObjects || (section === 'workloads' && field === 'config');
}

function removesNothing(name: string, known: readonly string[], path: Path): Fault {
  const parent = String(path.at(-2));
  const what = path.length === 5 ? parent : `names below "${parent}"`;
  const names = known.length === 0 ? '' : ` ${knownNames(what, name, known)}`;
  return {
    id: 'idle-null',
    message: `null removes "${name}", which the base has not`,
    hint: `Take the line out.${names}`,
    path,
    isAboutName: true,
  };
}

/**
 * Empty members in a collector's configuration, `batch:`. The collector takes them for defaults,
 * but on their way to it they may be dropped while pipelines still name them
 * (docs/facts/opentelemetry.md#empty-members). In an environment null removes what the base has,
 * and only that.
 */
function nullConfigFaults(document: SpecObject): Fault[] {
  const { workloads, environments = {} } = document.spec;
  const base = configNulls(workloads, ['spec', 'workloads']);
  const changes = Object.entries(environments).flatMap(([name, change]) =>
    configNulls(change?.workloads, ['spec', 'environments', name, 'workloads']).filter(
      path => valueAt(document, ['spec', ...path.slice(3)]) === undefined,
    ),
  );
  return [...base, ...changes].map(path => ({
    id: 'empty-config',
    message: `"${path.at(-1)}" is empty, and would be dropped on the way to the collector`,
    hint: `Write ${path.at(-1)}: {}.`,
    path,
    isAboutName: true,
  }));
}

function configNulls(workloads: SpecObject['spec']['workloads'], path: Path): Path[] {
  return Object.entries(workloads ?? {}).flatMap(([name, workload]) =>
    isMap(workload) ? nullsIn(workload['config'] ?? {}, [...path, name, 'config']) : [],
  );
}

function nullsIn(value: unknown, path: Path): Path[] {
  if (value === null) return [path];
  return isMap(value)
    ? Object.entries(value).flatMap(([name, child]) => nullsIn(child, [...path, name]))
    : [];
}

/** Faults of one environment's merged spec, with paths from the document's root. */
export function inDocument(
  faults: readonly Fault[],
  document: SpecObject,
  environment?: string,
): Fault[] {
  const path = (inSpec: Path): Path => documentPath(document, environment, inSpec);
  return faults.map(fault => ({
    ...fault,
    path: path(fault.path),
    ...(fault.related !== undefined && {
      related: fault.related.map(place => ({ ...place, path: path(place.path) })),
    }),
  }));
}

/**
 * A path in one environment's merged spec as a path from the document's root: into the environment,
 * or its cluster, where that says more about it than what is merged before does.
 */
export function documentPath(
  document: SpecObject,
  environment: string | undefined,
  inSpec: Path,
): Path {
  const inBase: (string | number)[] = ['spec', ...inSpec];
  if (environment === undefined) return inBase;
  const changes = [
    ['clusters', clusterNameOf(document, environment)],
    ['environments', environment],
  ].map(layer => ['spec', ...layer, ...inSpec]);
  let found = { path: inBase, steps: depth(document, inBase) };
  for (const path of changes) {
    const steps = depth(document, path) - 2;
    const isWhole = steps === inSpec.length + 1 && inSpec.length > 0;
    if (steps > found.steps || (isWhole && steps === found.steps)) found = { path, steps };
  }
  return found.path;
}

/** How many steps of the path exist. */
function depth(document: unknown, path: Path): number {
  const missing = path.findIndex(
    (_, index) => valueAt(document, path.slice(0, index + 1)) === undefined,
  );
  return missing < 0 ? path.length : missing;
}
