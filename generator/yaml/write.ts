import type { Json, JsonObject } from '../core/json.ts';
import { asJson, type KubeObject } from '../core/kube-object.ts';

/** Objects as YAML in kubectl's style, with every string quoted that YAML 1.1 or 1.2 would take for something else. */
export function renderYaml(objects: readonly KubeObject[]): string {
  return objects.map(renderObject).join('---\n');
}

/** One object as a YAML document. */
export function renderObject(object: KubeObject): string {
  return renderValue(asJson(object));
}

/** Any JSON value as a YAML document. */
export function renderValue(value: Json): string {
  return isFilled(value) ? collection(value, '') : `${renderScalar(value, '')}\n`;
}

function collection(value: Json & object, indent: string): string {
  return Array.isArray(value) ? list(value, indent) : map(value as JsonObject, indent);
}

function map(value: JsonObject, indent: string): string {
  let text = '';
  let margin = '';
  const inner = `${indent}  `;
  for (const key in value) {
    const child = value[key];
    if (child === undefined) continue;
    text += `${margin}${quoted(key)}:`;
    margin = indent;
    if (!isFilled(child)) text += ` ${renderScalar(child, inner)}\n`;
    else if (Array.isArray(child)) text += `\n${indent}${list(child, indent)}`;
    else text += `\n${inner}${map(child as JsonObject, inner)}`;
  }
  return text;
}

function list(items: readonly Json[], indent: string): string {
  let text = '';
  let margin = '';
  const inner = `${indent}  `;
  for (const item of items) {
    const rest = isFilled(item) ? collection(item, inner) : `${renderScalar(item, inner)}\n`;
    text += `${margin}- ${rest}`;
    margin = indent;
  }
  return text;
}

/** Whether a value is a map or a list that is not empty. */
function isFilled(value: Json): value is Json & object {
  if (typeof value === 'object' && value !== null) for (const _ in value) return true;
  return false;
}

/** A scalar, or an empty collection; `indent` is that of the lines below. */
export function renderScalar(value: Json, indent: string): string {
  if (typeof value === 'string') return value.includes('\n') ? block(value, indent) : quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? '[]' : '{}';
}

function block(text: string, indent: string): string {
  const isPlain = isPrintable(text.replaceAll(/[\t\n]/g, '')) && !/^\s|[ \t](?:\n|$)/.test(text);
  if (!isPlain) return doubleQuoted(text);
  const end = text.endsWith('\n\n') ? '+' : text.endsWith('\n') ? '' : '-';
  const lines = text.replace(/\n$/, '').split('\n');
  return `|${end}\n${lines.map(line => (line === '' ? '' : indent + line)).join('\n')}`;
}

/** Line breaks that only YAML 1.1 has, and what turns the direction of writing. */
const UNSEEN = /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** JSON is YAML, except for characters that a reader refuses or a terminal obeys. */
function doubleQuoted(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Names and values come again and again: what becomes of them is kept. */
const written = new Map<string, string>();

function quoted(text: string): string {
  const before = written.get(text);
  if (before !== undefined) return before;
  const result = isPlainSafe(text)
    ? text
    : isPrintable(text)
      ? `'${text.replaceAll("'", "''")}'`
      : doubleQuoted(text);
  if (written.size < 20_000) written.set(text, result);
  return result;
}

/** Words that a YAML 1.1 reader takes for null or a boolean. */
const RESERVED = /^(null|true|false|yes|no|on|off|y|n)$/i;

function isPlainSafe(text: string): boolean {
  return (
    /^([A-Za-z_/$.]|[0-9](?=.*[g-wyzG-WYZ/]))[A-Za-z0-9 _./@%+,()*$!?&|^;<>~=:#"'{}-]*$/.test(
      text,
    ) &&
    !/^0[box]|^\d{4}-\d|^\.[0-9]|^\.(inf|nan)$|^\.+$|: |:$| #| $/i.test(text) &&
    !RESERVED.test(text)
  );
}

function isPrintable(text: string): boolean {
  return /^[\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe]*$/.test(text) && !UNSEEN.test(text);
}
