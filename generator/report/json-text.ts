import type { Finding, ObjectName, Place } from '../ground/finding.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import { COMMAND, unitsOf } from './one-line.ts';

/** What JSON leaves as it is though nobody sees it. */
const UNSEEN = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A report as JSON; what cannot be seen, or would be obeyed in a log, stands there as an escape. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replaceAll(UNSEEN, unitsOf).replaceAll(COMMAND, unitsOf)}\n`;
}

/** Objects as one Kubernetes List, as `kubectl get --output json` prints them. */
export function renderList(objects: readonly KubeObject[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, undefined, 2)}\n`;
}

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
