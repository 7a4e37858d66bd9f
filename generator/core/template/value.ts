import { isMap, isSame, type Json, type JsonObject } from '../json.ts';
import type { Operand, Pipeline, Template, TemplateNode } from './parse.ts';

/** What a template makes of values; undefined where one is missing, or it calls what is not in `VALUE_FUNCTIONS`. */
export function templateValue({ nodes, fault }: Template, values: JsonObject): string | undefined {
  return fault === undefined ? textOf(nodes, { root: values, dot: values }) : undefined;
}

interface Scope {
  readonly root: Json;
  readonly dot: Json;
}

function textOf(nodes: readonly TemplateNode[], scope: Scope): string | undefined {
  const parts: string[] = [];
  let length = 0;
  for (const node of nodes) {
    const part = nodeText(node, scope);
    length += part?.length ?? 0;
    if (part === undefined || length > LONGEST_TEXT) return undefined;
    parts.push(part);
  }
  return parts.join('');
}

function nodeText(node: TemplateNode, scope: Scope): string | undefined {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'action') return printed(pipelineValue(node.pipeline, scope));
  const { kind, pipeline, body, otherwise } = node;
  if (kind !== 'if' && kind !== 'with') return undefined;
  const value = pipelineValue(pipeline, scope);
  if (value === undefined) return undefined;
  if (!isTrue(value)) return textOf(otherwise, scope);
  return textOf(body, kind === 'with' ? { ...scope, dot: value } : scope);
}

/** The longest text that functions are given, and that one makes: in a row they make a text long without end. */
const LONGEST = 10_000;

const LONGEST_TEXT = 200_000;

function pipelineValue({ variables, commands }: Pipeline, scope: Scope): Json | undefined {
  if (variables.length > 0) return undefined;
  let piped: Json | undefined;
  for (const [index, command] of commands.entries()) {
    piped = commandValue(command, scope, index === 0 ? [] : [piped]);
    if (piped === undefined || isLong(piped)) return undefined;
  }
  return piped;
}

function isLong(value: Json): boolean {
  return typeof value === 'string' && value.length > LONGEST;
}

function commandValue(
  [first, ...operands]: readonly Operand[],
  scope: Scope,
  piped: readonly (Json | undefined)[],
): Json | undefined {
  if (first === undefined) return undefined;
  if (first.kind !== 'function')
    return operands.length + piped.length === 0 ? operandValue(first, scope) : undefined;
  const args = [...operands.map(operand => operandValue(operand, scope)), ...piped];
  const values = args.filter(value => value !== undefined).filter(value => !isLong(value));
  const call = Object.hasOwn(VALUE_FUNCTIONS, first.name) ? VALUE_FUNCTIONS[first.name] : undefined;
  return values.length === args.length && first.fields.length === 0 ? call?.(values) : undefined;
}

function operandValue(operand: Operand, { root, dot }: Scope): Json | undefined {
  if (operand.kind === 'text') return operand.text;
  if (operand.kind === 'literal') return literalValue(operand.text);
  if (operand.kind === 'group')
    return indexed(pipelineValue(operand.pipeline, { root, dot }), operand.fields);
  if (operand.kind === 'dot') return indexed(dot, operand.fields);
  const isRoot = operand.kind === 'variable' && operand.name === '$';
  return isRoot ? indexed(root, operand.fields) : undefined;
}

function literalValue(text: string): Json | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** What Go takes for true: no zero, no empty text, list or map (text/template, IsTrue). */
function isTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return value !== null && value !== false && value !== 0 && value !== '';
}

function printed(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

type Call = (args: readonly Json[]) => Json | undefined;

/** A list of more items is not joined, and a text is split into no more. */
const MOST = 1_000;

/** Functions of Go and sprig, with what comes through the pipe last (sprig 3.3). */
const VALUE_FUNCTIONS: Readonly<Record<string, Call>> = {
  lower: ofTexts(1, text => text.toLowerCase()),
  upper: ofTexts(1, text => text.toUpperCase()),
  trim: ofTexts(1, text => text.trim()),
  nospace: ofTexts(1, text => text.replaceAll(/\s/g, '')),
  trimPrefix: ofTexts(2, (start, text) =>
    text.startsWith(start) ? text.slice(start.length) : text,
  ),
  trimSuffix: ofTexts(2, (end, text) =>
    text.endsWith(end) && end !== '' ? text.slice(0, -end.length) : text,
  ),
  replace: ofTexts(3, (old, fresh, text) =>
    old === '' ? undefined : joinedTexts(text.split(old), fresh),
  ),
  base: ofTexts(1, text => text.split('/').findLast(step => step !== '') ?? '.'),
  contains: ofTexts(2, (part, text) => text.includes(part)),
  hasPrefix: ofTexts(2, (start, text) => text.startsWith(start)),
  hasSuffix: ofTexts(2, (end, text) => text.endsWith(end)),
  splitList: ofTexts(2, (separator, text) => atMost(text.split(separator))),
  join: ([separator, list]) => joined(separator, list),
  printf: ([format, ...values]) => formatted(format, values),
  print: args => (args.every(isText) ? joinedTexts(args) : undefined),
  quote: ofTexts(1, text => JSON.stringify(text)),
  toString: (args: readonly Json[]) => printed(args[0]),
  index: ([value, ...steps]) => indexed(value, steps),
  first: ([list]) => (Array.isArray(list) ? list[0] : undefined),
  last: ([list]) => (Array.isArray(list) ? list.at(-1) : undefined),
  dig: dug,
  default: ([usual, value]) => (value !== undefined && isTrue(value) ? value : usual),
  coalesce: args => args.find(isTrue),
  ternary: ([yes, no, test]) => (typeof test === 'boolean' ? (test ? yes : no) : undefined),
  eq: ([first, ...others]) =>
    others.length > 0 ? others.some(operand => isSame(first, operand)) : undefined,
  ne: ([first, second]) => (second === undefined ? undefined : !isSame(first, second)),
  not: ([value]) => (value === undefined ? undefined : !isTrue(value)),
  and: args => args.find(value => !isTrue(value)) ?? args.at(-1),
  or: args => args.find(isTrue) ?? args.at(-1),
  normalize: ofTexts(1, normalized),
};

function ofTexts(number: number, call: (...texts: string[]) => Json | undefined): Call {
  return args => (args.length === number && args.every(isText) ? call(...args) : undefined);
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}

function joined(separator: Json | undefined, list: Json | undefined): string | undefined {
  if (typeof separator !== 'string' || !Array.isArray(list) || list.length > MOST) return undefined;
  return list.every(isText) ? joinedTexts(list, separator) : undefined;
}

function atMost(list: readonly string[]): readonly string[] | undefined {
  return list.length > MOST ? undefined : list;
}

function formatted(format: Json | undefined, values: readonly Json[]): string | undefined {
  if (typeof format !== 'string') return undefined;
  const pieces = format.split(/%[sdv]/);
  const texts = values.map(printed);
  if (pieces.length !== values.length + 1 || pieces.some(piece => piece.includes('%')))
    return undefined;
  if (texts.some(text => text === undefined)) return undefined;
  return joinedTexts(pieces.flatMap((piece, index) => [piece, texts[index] ?? '']));
}

/** The value behind names of maps' entries and numbers of lists' items. */
function indexed(value: Json | undefined, steps: readonly Json[]): Json | undefined {
  let found = value;
  for (const step of steps) {
    if (typeof step === 'number') found = Array.isArray(found) ? found[step] : undefined;
    else
      found = isText(step) && isMap(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }
  return found;
}

function dug(args: readonly Json[]): Json | undefined {
  const [map, usual] = [args.at(-1), args.at(-2)];
  const steps = args.slice(0, -2);
  return isMap(map) && steps.every(isText) ? (indexed(map, steps) ?? usual) : undefined;
}

/** A text as a name of DNS, as Argo CD makes it (argo-cd 3.5, applicationset/utils, SanitizeName). */
export function normalized(text: string): string {
  const plain = text.toLowerCase().replaceAll(/[^-a-z0-9.]/g, '-');
  return plain.slice(0, 253).replaceAll(/^[-.]{1,253}|[-.]{1,253}$/g, '');
}

/** A text with what an expression matches filled in; undefined: it would have more than `most` characters. */
export function filledText(
  text: string,
  matches: RegExp,
  fill: (match: RegExpExecArray) => string,
  most: number,
): string | undefined {
  const parts: string[] = [];
  let [end, length] = [0, text.length];
  for (const match of text.matchAll(matches)) {
    const fresh = fill(match);
    length += fresh.length - match[0].length;
    if (length > most) return undefined;
    parts.push(text.slice(end, match.index), fresh);
    end = match.index + match[0].length;
  }
  return parts.join('') + text.slice(end);
}

function joinedTexts(texts: readonly string[], separator = '') {
  let length = separator.length * Math.max(0, texts.length - 1);
  for (const text of texts) length += text.length;
  return length > LONGEST ? undefined : texts.join(separator);
}
