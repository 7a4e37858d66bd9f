import { validate } from '#validators/rem-secrets';
import {
  type Fault,
  fieldOf,
  movedFault,
  type Outcome,
  outcome,
  type Path,
} from '../core/finding.ts';
import { isMap, type JsonObject, mapAt, scalarText, Timestamp, valueAt } from '../core/json.ts';
import { knownNames } from '../core/names.ts';
import { type SchemaError, schemaFaults } from '../core/schema.ts';
import { isReferenceName, optionBefore, secretIn, type TextPlace } from '../core/secret-text.ts';
import { parseDocument } from '../yaml/parse.ts';
import { beforeEnvironment, isOneChoice } from './merge.ts';
import { clusterNameOf } from './shared-clusters.ts';
import type { SpecObject } from './spec.ts';

/** The text of a rem-secrets.yaml as a spec that fits its schema; nothing is resolved yet. */
export function parseSpec(text: string): Outcome<SpecObject> {
  const document = parseDocument(text);
  return document.value === undefined ? { faults: document.faults } : checkSpec(document.value);
}

/** The same for a spec that is an object already, such as a functionConfig. */
export function checkSpec(document: unknown): Outcome<SpecObject> {
  const field = fieldOfKustomization(document);
  if (field !== undefined)
    return {
      faults: [
        {
          id: 'wrong-kind',
          message: 'this is a kustomization, and no RemSecrets object',
          hint: 'Name the spec with --file. `rem-secrets import` makes one of the folder, and `rem-secrets lint` checks it.',
          path: [field],
          isAboutName: true,
        },
      ],
    };
  return checkDocument<SpecObject>(document, {
    kind: 'RemSecrets',
    validate,
    faultsIn: spec => [...nullConfigFaults(spec), ...nullEntryFaults(spec)],
  });
}

/** A field by which kustomize knows a kustomization.yaml that has no kind and no apiVersion. */
function fieldOfKustomization(document: unknown): string | undefined {
  if (!isMap(document) || (document['kind'] ?? document['apiVersion']) !== undefined)
    return undefined;
  return ['resources', 'bases', 'components', 'generators', 'transformers', 'patches'].find(field =>
    Array.isArray(document[field]),
  );
}

/** A kind of object that people write for this program. */
interface DocumentKind<T> {
  readonly kind: 'RemSecrets' | 'RemSecretsInjection';
  readonly validate: {
    (document: unknown): boolean;
    errors?: readonly SchemaError[] | null;
  };
  /** Faults that a schema cannot find. */
  readonly faultsIn: (document: T) => readonly Fault[];
}

/** A document as an object of a kind, or its faults. No fault quotes a secret value. */
export function checkDocument<T>(document: unknown, of: DocumentKind<T>): Outcome<T> {
  const secrets = secretValues(document);
  if (secrets.length > 0) return { faults: secrets };
  const kind = kindFaults(document, of);
  if (kind.length > 0) return { faults: kind };
  const values = plainValueFaults(document);
  if (isOf(document, of)) return outcome(document, [...values, ...of.faultsIn(document)]);
  const shape = schemaFaults(of.validate.errors ?? [], document);
  const reported = new Set(shape.map(({ path }) => fieldOf(path)));
  return { faults: [...shape, ...values.filter(({ path }) => !reported.has(fieldOf(path)))] };
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
  const faults: Fault[] = [];
  const path: (string | number)[] = [];
  const visit = (value: unknown): void => {
    if (value instanceof Timestamp)
      faults.push({
        id: 'wrong-type',
        message: `"${path.findLast(step => typeof step === 'string')}" is a date to YAML, and dates have no place here`,
        hint: 'Put it in quotes: without them kustomize rewrites it as a timestamp.',
        path: [...path],
      });
    else if (typeof value === 'object' && value !== null) visitChildren(value);
  };
  const visitChildren = (parent: object): void => {
    const isList = Array.isArray(parent);
    for (const [key, child] of Object.entries(parent)) {
      path.push(isList ? Number(key) : key);
      if (key === '__proto__')
        faults.push({
          id: 'illegal-name',
          message: '"__proto__" is not a legal name here',
          hint: 'Choose another name.',
          path: [...path],
          isAboutName: true,
        });
      visit(child);
      path.pop();
    }
  };
  visit(document);
  return faults;
}

/**
 * Reports every value of the spec that looks like a secret, by its place. Nothing else of such a spec is reported, so
 * no message can quote the value.
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

/** The name of a value is its key; that of a `value` is the name in the same map, or the name of the map. */
function placeOf(map: object, key: string, name: string): TextPlace {
  const isReference = isReferenceName(key) || COLLECTIONS_OF_NAMES.has(name);
  if (COLLECTIONS_OF_NAMES.has(key)) return { name: key, isReference: true };
  if (key !== 'value') return { name: key, isReference };
  const named = isMap(map) ? (map['name'] ?? map['key']) : undefined;
  return { name: typeof named === 'string' ? named : name, isReference: false };
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
 * Reports nulls that do nothing: those of an environment that remove what the base does not have, and empty sections
 * and entries of the base. An empty section of an environment is allowed: somebody is about to write it.
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

/** Sections that mean something when they are empty. */
const BY_THEMSELVES: ReadonlySet<string> = new Set(['iam', 'runbook']);

function empty(name: string, path: Path): Pick<Fault, 'id' | 'message' | 'path' | 'isAboutName'> {
  const message = `"${name}" is empty, and nothing is made of it`;
  return { id: 'empty-entry', message, path, isAboutName: true };
}

/** The sections of the spec with named entries. */
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

/** `path` begins with three steps, to an environment or a cluster. */
function idleNulls(change: object, base: object, path: Path): Fault[] {
  const inSpec = path.slice(3).map(String);
  if (isOneChoice(inSpec) || isOwnTerms(inSpec)) return [];
  const isSection = inSpec.length === 0;
  return Object.entries(change).flatMap(([name, value]) => {
    const before = Object.hasOwn(base, name) ? (base as JsonObject)[name] : undefined;
    const at = [...path, name];
    if (isMap(value)) return idleNulls(value, isMap(before) ? before : {}, at);
    const isIdle = value === null && (before ?? null) === null && !isSection;
    return isIdle ? [removesNothing(name, Object.keys(base), at)] : [];
  });
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

/** Whether a path is in an object's own terms, in which null means something else. */
function isOwnTerms([section, , field = '']: readonly string[]): boolean {
  const inObjects = section === 'resources' && field === 'object';
  return field === 'patch' || inObjects || (section === 'workloads' && field === 'config');
}

/**
 * Reports empty members in a collector's configuration, such as `batch:`. The collector takes the defaults for them,
 * but on the way to it they may be dropped while pipelines still name them
 * (docs/facts/opentelemetry.md#empty-members). In an environment a null that removes a member of the base is right.
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
    nullsIn(mapAt(workload, 'config'), [...path, name, 'config']),
  );
}

function nullsIn(value: unknown, path: Path): Path[] {
  if (value === null) return [path];
  return isMap(value)
    ? Object.entries(value).flatMap(([name, child]) => nullsIn(child, [...path, name]))
    : [];
}

/** Faults of an environment's merged spec, with paths in the document. */
export function inDocument(
  faults: readonly Fault[],
  document: SpecObject,
  environment?: string,
): Fault[] {
  const path = (inSpec: Path): Path => documentPath(document, environment, inSpec);
  return faults.map(fault => movedFault(fault, path));
}

/**
 * A path in an environment's merged spec as a path in the document: below the environment, its cluster or the base,
 * whichever has the longest part of the path.
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
