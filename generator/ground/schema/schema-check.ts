import type { Fault } from '../finding.ts';
import { groupBy } from '../group-by.ts';
import type { KubeObject } from '../kube-object.ts';
import { nearest } from '../suggest.ts';
import type { SchemaError } from './schema-error.ts';
import { schemaFault } from './schema-fault.ts';

/** A compiled JSON Schema. */
export interface Validator {
  (object: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

/**
 * The validator of a kind, or undefined when there is no schema for it. The command line loads it
 * from the build when a kind is first asked for; most runs need none. `version`: as the kind is in
 * what a file of `schemas/versions/` tells of.
 */
export type Validators = (
  apiVersion: string,
  kind: string,
  version?: string,
) => Validator | undefined;

/** Where an object does not fit its schema; the paths start at the object. */
export function checkSchema(object: KubeObject, validators: Validators): Fault[] {
  const validator = validators(object.apiVersion, object.kind);
  if (validator === undefined || validator(object)) return [];
  return schemaFaults(validator.errors ?? [], object);
}

/** The schema's errors as faults in the spec's words: one for each thing that is wrong. */
export function schemaFaults(errors: readonly SchemaError[], document: unknown): Fault[] {
  const faults = new Map<string, Fault>();
  const byPath = groupBy(errors, ({ instancePath }) => instancePath);
  for (const error of errors) {
    const beside = byPath.get(error.instancePath) ?? [];
    if (isFollowUp(error, beside, errors)) continue;
    const fault = schemaFault(withAllTypes(error, beside), document);
    const isOneOfMany = fault.id === 'missing-field' || error.keyword === 'uniqueItems';
    const key = JSON.stringify([fault.path, fault.isAboutName, isOneOfMany && fault.message]);
    if (!faults.has(key)) faults.set(key, fault);
  }
  return [...faults.values()];
}

/** Keywords that only say that something else did not fit. */
const WRAPPERS = new Set(['propertyNames', 'if', 'not', 'oneOf', 'anyOf', 'allOf']);

/** Whether an error only says again, in other words, what another one says. */
function isFollowUp(
  error: SchemaError,
  beside: readonly SchemaError[],
  errors: readonly SchemaError[],
): boolean {
  const { keyword, propertyName, instancePath } = error;
  if (WRAPPERS.has(keyword))
    return errors.some(other => other !== error && other.instancePath.startsWith(instancePath));
  if (keyword === 'type' || propertyName !== undefined) return false;
  if (beside.some(other => isAboutType(other))) return true;
  return keyword === 'required' && isMisspelt(error, beside);
}

function isAboutType({ keyword, propertyName }: SchemaError): boolean {
  return keyword === 'type' && propertyName === undefined;
}

/** A number or text (anyOf) gives one error for each: together they say what is allowed. */
function withAllTypes(error: SchemaError, beside: readonly SchemaError[]): SchemaError {
  if (!isAboutType(error)) return error;
  const type = new Set(beside.filter(isAboutType).flatMap(({ params }) => params['type']));
  return { ...error, params: { ...error.params, type: [...type] } };
}

/** Whether a missing field is there under a name that is nearly right. */
function isMisspelt(
  { params, parentSchema }: SchemaError,
  beside: readonly SchemaError[],
): boolean {
  const known = Object.keys(parentSchema?.['properties'] ?? {});
  return beside.some(({ keyword, params: { additionalProperty: name } }) => {
    if (keyword !== 'additionalProperties') return false;
    return nearest(String(name), known) === params['missingProperty'];
  });
}
