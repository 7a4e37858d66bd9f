import { type Fault, fieldOf, type Outcome, outcome, type Path } from '../../ground/finding.ts';
import { isMap, scalarText, Timestamp } from '../../ground/json.ts';
import { schemaFaults } from '../../ground/schema/schema-check.ts';
import type { SchemaError } from '../../ground/schema/schema-error.ts';
import { secretValues } from './secret-values.ts';

/** A kind of object that people write for this program, by the validator of its schema. */
export interface DocumentKind<T> {
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
