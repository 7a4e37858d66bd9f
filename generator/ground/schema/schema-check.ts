import type { Fault } from '../finding.ts';
import type { KubeObject } from '../kube-object.ts';
import type { SchemaError } from './schema-error.ts';
import { schemaFaults } from './schema-faults.ts';

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
