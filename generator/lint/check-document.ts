import { type Outcome, ok } from '../ground/finding.ts';
import type { Validator } from '../ground/schema/schema-check.ts';
import { schemaFaults } from '../ground/schema/schema-faults.ts';

/** A document held against its schema. An empty one says nothing, which every field allows. */
export function checkDocument<T extends object>(
  document: unknown,
  validate: Validator,
): Outcome<Partial<T>> {
  if (document === undefined || document === null) return ok({});
  if (isOf<T>(document, validate)) return ok(document);
  return { faults: schemaFaults(validate.errors ?? [], document) };
}

function isOf<T>(document: unknown, validate: Validator): document is T {
  return validate(document);
}
