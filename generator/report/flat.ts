import type { Finding, ObjectName, Place } from '../ground/finding.ts';

/** Of `schemas/report.schema.json`: each field is always there; null: there is none. */
interface FlatPlace {
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

interface FlatObject {
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
}

/** A finding as programs are told of it, in every command alike. */
export interface FlatFinding extends FlatObject, FlatPlace {
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly field: string;
  readonly message: string;
  readonly hint: string | null;
  readonly related: readonly (FlatObject & FlatPlace & { readonly note: string })[];
}

/** Every field is always there, so that nobody has to ask. */
export function flatFinding(finding: Finding): FlatFinding {
  const { rule, severity, message, hint, field, at, object, related = [] } = finding;
  return {
    rule,
    severity,
    ...flatObject(object),
    field,
    message,
    hint: hint ?? null,
    ...flatPlace(at),
    related: related.map(({ object: other, at: place, ...said }) => ({
      ...said,
      ...flatObject(other),
      ...flatPlace(place),
    })),
  };
}

function flatObject(object: ObjectName | undefined): FlatObject {
  const { kind = null, namespace = null, name = null } = object ?? {};
  return { kind, namespace, name };
}

export function flatPlace(at: Place | undefined): FlatPlace {
  const { file = null, line = null, column = null } = at ?? {};
  return { file, line, column };
}
