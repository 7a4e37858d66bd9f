import type { Finding, ObjectName, Place } from '../core/finding.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { onceFor, oncePerText } from '../core/once.ts';
import { maskMessage } from '../core/shown.ts';
import { objectName, type PlacedObject } from '../kinds/kind.ts';

/** Findings for people: `file:line:column: error: message [rule]`, then the hint and other places. */
export function renderText(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ rule, severity, message, hint, field, at, related = [] }) => [
    `${at === undefined ? field || 'spec' : placeText(at)}: ${severity}: ${message} [${rule}]`,
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    ...related.flatMap(place => (place.at ? `  ${placeText(place.at)}: ${place.note}` : [])),
  ]);
  return linesText(lines);
}

/** Each text as a line, whatever is in it. */
export function linesText(lines: readonly string[]): string {
  return lines.map(line => `${oneLine(line)}\n`).join('');
}

/** A place as editors take it: `rem-secrets.yaml:12:3`, on one line whatever the name of the file is. */
export function placeText({ file, line, column }: Place): string {
  return oneLine(`${file}:${line}:${column}`);
}

/** `Deployment shop/web`, as kubectl names an object in a namespace. */
export function objectText({ kind, namespace, name }: ObjectName): string {
  if (name === '') return `${kind} without a name`;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** `shop/web`, or the name alone of what has no namespace. */
export function nameText({ namespace = '', name }: Omit<ObjectName, 'kind'>): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** `Kind/name`, and `Kind/namespace/name` where that is another namespace than `home`. */
export function pathText({ kind, namespace, name }: ObjectName, home?: string): string {
  const isHere = namespace === undefined || namespace === home;
  return isHere ? `${kind}/${name}` : `${kind}/${namespace}/${name}`;
}

/** A message, with its hint as a second sentence. */
export function withHint({ message, hint }: Pick<Finding, 'hint' | 'message'>): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}

/** A report as JSON. Characters that cannot be seen, or that a log would obey, are escaped. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  // Characters that cannot be seen, which `JSON.stringify` does not escape.
  const unseen = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
  return `${text.replaceAll(unseen, unitsOf).replaceAll(COMMAND, unitsOf)}\n`;
}

/** Objects as one Kubernetes List, as `kubectl get --output json` prints them. */
export function renderList(objects: readonly KubeObject[]): string {
  return jsonText({ apiVersion: 'v1', kind: 'List', items: objects });
}

/** A finding in the JSON of every command (`schemas/report.schema.json`): no field is left out, null is none. */
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
    related: related.map(({ object: relatedObject, at: place, ...rest }) => {
      return { ...rest, ...flatObject(relatedObject), ...flatPlace(place) };
    }),
  };
}

export function flatObject(object: ObjectName | undefined): object {
  const { kind = null, namespace = null, name = null } = object ?? {};
  return { kind, namespace, name };
}

export function flatPlace(at: Place | undefined): object {
  const { file = null, line = null, column = null } = at ?? {};
  return { file, line, column };
}

/** A text on one line, without characters that cannot be seen and commands to a CI server. */
export function oneLine(text: string): string {
  return (/^[ -~]*$/.test(text) ? text : text.replaceAll(unseen(), escaped))
    .replace(/^\s*:(?=:)/, start => start.slice(0, -1) + escaped(':'))
    .replaceAll(COMMAND, escaped);
}

/** They break lines or the terminal, or show another name. Few texts have one, and to compile this takes a hundredth of a short run. */
const unseen = onceFor(() => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu);

/** The same of each line of a text. */
export function shownLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}

/** All output passes here last: of control characters it keeps line ends, tabs and, where people see them, colours. */
export function printable(text: string, hasColors: boolean): string {
  if (/^[\t\n -~]*$/.test(text)) return text;
  // What breaks a line, moves the cursor or turns the direction of writing. Behind ESC `[1m` is a colour.
  const control =
    /(?![\t\n]|\r\n)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff](?:\[\d{1,3}m)?/gu;
  return text.replaceAll(control, found =>
    hasColors && /^\p{Cc}\[/u.test(found) ? found : escaped(found.slice(0, 1)) + found.slice(1),
  );
}

/** The sign of `##[error]` anywhere in a log (GitHub, ActionCommand.cs), of `##vso[` (Azure) and of `##teamcity[`. */
export const COMMAND: RegExp = /#(?=#[A-Za-z]{0,20}\[)/g;

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  return short === character ? unitsOf(character) : short;
}

/** `\u202e`, for each unit of UTF-16. */
function unitsOf(character: string): string {
  const codes = character.split('').map(unit => unit.charCodeAt(0).toString(16));
  return codes.map(code => `\\u${code.padStart(4, '0')}`).join('');
}

/** The first `most` of many, and a text for the others unless that is a single one, which is listed itself. */
export function firstAnd<T>(all: readonly T[], most: number, restOf: (count: number) => T): T[] {
  const more = all.length - most;
  return more > 1 ? [...all.slice(0, most), restOf(more)] : [...all];
}

/** The first of many, and how many more there are. */
export function someOf(texts: readonly string[], most: number): string[] {
  return firstAnd(texts, most, more => `${more} more`);
}

/** The first of many in a sentence: `a, b and 3 more`. */
export function firstOf(texts: readonly string[], most: number): string {
  const more = texts.length - most;
  return texts.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The first eight for a list in a sentence: `a, b, and 3 more`. */
export function shortened(texts: readonly string[]): string[] {
  return firstAnd(texts, 8, more => `and ${more} more`);
}

/** The lines of a cell. */
export type Cell = readonly string[];

/** A table for people: a row takes as many lines as its longest cell. */
export function tableText(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const widths = head.map((name, column) =>
    rows
      .flatMap(row => row[column] ?? [])
      .reduce((width, line) => Math.max(width, line.length), name.length),
  );
  const lines = [head.map(name => [name]), ...rows].flatMap(row => linesOf(row, widths));
  return `${lines.join('\n')}\n`;
}

function linesOf(row: readonly Cell[], widths: readonly number[]): string[] {
  const height = Math.max(...row.map(({ length }) => length));
  return Array.from({ length: height }, (_, index) =>
    row
      .map((cell, column) => (cell[index] ?? '').padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Words with commas between, in lines no longer than a width where words allow. */
export function wrap(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const [index, word] of words.entries()) {
    const text = index === words.length - 1 ? word : `${word},`;
    const last = lines.at(-1);
    if (last === undefined || last.length + text.length >= width) lines.push(text);
    else lines.splice(-1, 1, `${last} ${text}`);
  }
  return lines;
}

/** The first paragraph of a rule's page, as plain text. */
export function sentenceOf(page: string): string {
  return (page.split('\n\n')[1] ?? '').replaceAll('\n', ' ').replaceAll('`', '');
}

/** `1 risk`, `2 risks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A sentence with a capital at its start, unless that is a field. */
export function capital(text: string): string {
  if (/^\w+[.[]\w/.test(text)) return text;
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function objectOf(object: PlacedObject): ObjectName {
  return shownObject(objectName(object));
}

/** An object's name as it may be shown. */
export function shownObject({ kind, namespace, name }: ObjectName): ObjectName {
  const home = namespace === undefined ? {} : { namespace: shown(namespace) };
  return { kind: shown(kind), ...home, name: shown(name) };
}

/** Any name may turn out to be a secret, or to hold characters that would move the cursor. */
export const shown: (name: string) => string = /* @__PURE__ */ oncePerText(name =>
  oneLine(maskMessage(name)),
);

/** Names as they may be shown, sorted, each once. */
export function names<T extends string>(list: Iterable<T>): string[] {
  return [...new Set([...list].map(shown))].sort();
}

export function sortKey({ kind = '', namespace = '', name }: Partial<ObjectName>): string {
  return [namespace, kind, name].join('\0');
}
