import type { RelatedField } from '../graph/secret-graph.ts';
import {
  type Finding,
  fieldOf,
  type ObjectFinding,
  type RelatedObject,
} from '../ground/finding.ts';
import { maskMessage } from '../ground/mask/text.ts';
import { objectName } from '../kinds/kind.ts';
import { writtenAt, writtenObject } from '../kinds/placed-object.ts';
import type { FieldPlace } from '../read/places/places-in-files.ts';
import type { Rule, RuleFault } from './rule.ts';

/** A fault of an object, with what is called so and how grave it is. */
export interface NamedFault extends RuleFault {
  readonly rule: Pick<Rule, 'id' | 'severity'>;
}

/** Faults of objects with their lines. */
export function locateFindings(found: readonly NamedFault[], placeOf: FieldPlace): Finding[] {
  return found.map(({ related = [], ...fault }) => ({
    ...located(fault, fault.rule, placeOf),
    ...(related.length > 0 && { related: related.map(other => relatedAt(other, placeOf)) }),
  }));
}

/** What a rule says of an object, with its line. */
export function located(
  { object, path, message, hint }: RuleFault,
  { id, severity }: Pick<Rule, 'id' | 'severity'>,
  placeOf: FieldPlace,
): ObjectFinding {
  const written = writtenAt(object, path);
  const at = placeOf(written.object, written.path);
  return {
    rule: id,
    severity,
    message: maskMessage(message),
    hint: maskMessage(hint),
    field: fieldOf(written.path),
    ...(at !== undefined && { at }),
    object: objectName(writtenObject(object)),
  };
}

/** Another end of it, with its line. */
export function relatedAt(
  { object, path, note }: RelatedField,
  placeOf: FieldPlace,
): RelatedObject {
  const written = writtenAt(object, path);
  const at = placeOf(written.object, written.path);
  return {
    note: maskMessage(note),
    object: objectName(writtenObject(object)),
    ...(at !== undefined && { at }),
  };
}
