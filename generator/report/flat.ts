import type { Finding, ObjectName, Place } from '../ground/finding.ts';

/**
 * A finding as programs are told of it, in every command alike (`schemas/report.schema.json`): every
 * field is always there, so that nobody has to ask; null: there is none.
 */
export function flatFinding(finding: Finding): object {
  const { rule, severity, message, hint = null, field, at, object, related = [] } = finding;
  return {
    rule,
    severity,
    ...flatObject(object),
    field,
    message,
    hint,
    ...flatPlace(at),
    related: related.map(({ object: other, at: place, ...said }) => ({
      ...said,
      ...flatObject(other),
      ...flatPlace(place),
    })),
  };
}

/** The three parts of a name. */
export function flatObject(object: ObjectName | undefined): object {
  const { kind = null, namespace = null, name = null } = object ?? {};
  return { kind, namespace, name };
}

export function flatPlace(at: Place | undefined): object {
  const { file = null, line = null, column = null } = at ?? {};
  return { file, line, column };
}
