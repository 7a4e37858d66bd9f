import type { Finding, ObjectName, Place } from '../ground/finding.ts';
import { oneLine } from './one-line.ts';

/** Findings for people: `file:line:column: error: message [rule]`, then the hint and other places. */
export function renderText(findings: readonly Finding[]): string {
  return findings.map(renderFinding).join('');
}

function renderFinding({
  rule,
  severity,
  message,
  hint,
  field,
  at,
  related = [],
}: Finding): string {
  const lines = [
    `${at === undefined ? field || 'spec' : placeText(at)}: ${severity}: ${message} [${rule}]`,
  ];
  if (hint !== undefined) lines.push(`  hint: ${hint}`);
  for (const place of related) {
    if (place.at !== undefined) lines.push(`  ${placeText(place.at)}: ${place.note}`);
  }
  return `${lines.map(oneLine).join('\n')}\n`;
}

/** Where something stands, as editors take it: `rem-secrets.yaml:12:3`, on one line whatever the file is called. */
export function placeText({ file, line, column }: Place): string {
  return oneLine(`${file}:${line}:${column}`);
}

/** `Deployment shop/web`, as kubectl names an object in a namespace. */
export function objectText({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** `shop/web`; of what has no namespace the name. */
export function nameText({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** A message, with its hint as a second sentence. */
export function withHint({ message, hint }: Pick<Finding, 'hint' | 'message'>): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
