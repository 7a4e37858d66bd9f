import { type Fault, fieldOf, type Outcome, outcome } from '../../ground/finding.ts';
import { isMap } from '../../ground/json.ts';
import { plainValueFaults } from '../../ground/plain-values.ts';
import { scalarText } from '../../ground/scalar-text.ts';
import type { SchemaError } from '../../ground/schema/schema-error.ts';
import { schemaFaults } from '../../ground/schema/schema-faults.ts';
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
