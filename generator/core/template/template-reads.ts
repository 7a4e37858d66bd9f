import { isMap, type Json, type JsonObject } from '../json.ts';
import { isTrue, type Operand, type Pipeline, printed, VALUE_FUNCTIONS } from './evaluate.ts';
import type { BranchNode, Template, TemplateNode } from './parse.ts';

/** A place in a template of ESO that reads one of the fetched keys. */
export interface TemplateRead {
  readonly key: string;
  /** `{{ .tls.crt }}` reads a part of the key `tls`, and a text has none: the whole path. */
  readonly nested?: string;
  /** Without the key the template goes on: a default or a test follows index. */
  readonly isOptional: boolean;
}

interface TemplateReads {
  readonly reads: readonly TemplateRead[];
  /** It takes all keys, or some whose names are not in the text. */
  readonly isOpen: boolean;
  /** A function that does not take the fetched keys as a whole: `{{ get . "a" }}`. */
  readonly refusedBy?: string;
}

/**
 * What a template reads of the data. ESO sets missingkey=error: a key after a dot has to be there,
 * in a condition too; index gives an empty text for one that is not (runtime/template/v2/template.go).
 */
export function templateReads(nodes: readonly TemplateNode[]): TemplateReads {
  const found: Found = { reads: [], isOpen: false, refusedBy: undefined };
  visit(nodes, { roots: new Set(['.', '$']), guarded: new Set() }, found);
  const { reads, isOpen, refusedBy } = found;
  return { reads, isOpen, ...(refusedBy !== undefined && { refusedBy }) };
}

interface Found {
  readonly reads: TemplateRead[];
  isOpen: boolean;
  refusedBy: string | undefined;
}

interface Scope {
  /** What stands for the data: `$`, the dot outside of range and with, and variables set to them. */
  readonly roots: ReadonlySet<string>;
  /** Keys that a condition around has asked for. */
  readonly guarded: ReadonlySet<string>;
}

function visit(nodes: readonly TemplateNode[], outer: Scope, found: Found): void {
  let scope = outer;
  for (const node of nodes) {
    if (node.kind === 'text') continue;
    if (node.kind === 'action') {
      readPipeline(node.pipeline, scope, false, found);
      scope = declare(node.pipeline, scope);
    } else visitBranch(node, scope, found);
  }
}

function visitBranch(node: BranchNode, outer: Scope, found: Found): void {
  const { kind, pipeline, body, otherwise } = node;
  const isTest = kind === 'if' || kind === 'with';
  const before = found.reads.length;
  readPipeline(pipeline, outer, isTest, found);
  const asked = isTest ? found.reads.slice(before).map(({ key }) => key) : [];
  // A block or definition is given its data by its callers.
  if (kind === 'define' || kind === 'block') found.isOpen = true;
  const scope = declare(pipeline, outer);
  const isDotKept = kind === 'if' || (kind === 'with' && isData(pipeline, outer));
  visit(
    body,
    {
      roots: isDotKept ? scope.roots : without(scope.roots, '.'),
      guarded: new Set([...scope.guarded, ...asked]),
    },
    found,
  );
  visit(otherwise, outer, found);
}

function without(names: ReadonlySet<string>, name: string): Set<string> {
  return new Set([...names].filter(other => other !== name));
}

/** The scope after variables are set: to the data, or to anything else. */
function declare(pipeline: Pipeline, scope: Scope): Scope {
  const [name] = pipeline.variables;
  if (name === undefined) return scope;
  const others = without(scope.roots, name);
  return { ...scope, roots: isData(pipeline, scope) ? others.add(name) : others };
}

/** Whether a pipeline is the data itself and nothing more. */
function isData({ commands }: Pipeline, scope: Scope): boolean {
  const [operand] = commands[0] ?? [];
  return commands.length === 1 && commands[0]?.length === 1 && isRoot(operand, scope);
}

function isRoot(operand: Operand | undefined, { roots }: Scope): boolean {
  return (
    (operand?.kind === 'dot' || operand?.kind === 'variable') &&
    operand.fields.length === 0 &&
    roots.has(operand.name)
  );
}

/** Functions that go on when index gave nothing. */
const FORGIVING = new Set('default coalesce empty or and not eq ne ternary'.split(' '));

function readPipeline(pipeline: Pipeline, scope: Scope, isTest: boolean, found: Found): void {
  const isOptional = isTest || pipeline.commands.some(([first]) => isForgiving(first));
  for (const command of pipeline.commands) readCommand(command, scope, isOptional, found);
  // `$d := .` takes nothing yet; `. | toJson` takes all.
  const [operand, ...others] = pipeline.commands[0] ?? [];
  const isAlias = pipeline.variables.length === 1 && isData(pipeline, scope);
  if (others.length === 0 && isRoot(operand, scope) && !isAlias) found.isOpen = true;
}

function isForgiving(operand: Operand | undefined): boolean {
  return operand?.kind === 'function' && FORGIVING.has(operand.name);
}

function readCommand(
  command: readonly Operand[],
  scope: Scope,
  isOptional: boolean,
  found: Found,
): void {
  const key = indexedKey(command, scope);
  if (key !== undefined) {
    found.reads.push({ key, isOptional: isOptional || scope.guarded.has(key) });
    return;
  }
  for (const operand of command) readOperand(operand, scope, isOptional, found);
  const [first, ...others] = command;
  if (!others.some(operand => isRoot(operand, scope))) return;
  if (first?.kind === 'function' && REFUSING.has(first.name)) found.refusedBy ??= first.name;
  else found.isOpen = true;
}

/** The key of `index . "key"`. */
function indexedKey([first, data, key]: readonly Operand[], scope: Scope): string | undefined {
  const isIndex = first?.kind === 'function' && first.name === 'index' && isRoot(data, scope);
  return isIndex && key?.kind === 'text' ? key.text : undefined;
}

/** They want a map of any values, and the data is one of texts (docs/facts/eso.md#templates). */
const REFUSING = new Set(['get', 'hasKey']);

function readOperand(operand: Operand, scope: Scope, isOptional: boolean, found: Found): void {
  if (operand.kind === 'group') readPipeline(operand.pipeline, scope, isOptional, found);
  if (operand.kind !== 'dot' && operand.kind !== 'variable') return;
  const [key] = operand.fields;
  if (key === undefined || !scope.roots.has(operand.name)) return;
  found.reads.push({
    key,
    ...(operand.fields.length > 1 && { nested: operand.fields.join('.') }),
    isOptional: scope.guarded.has(key),
  });
}

/** Functions in a row can make a text long without end. */
const LONGEST = 10_000;

/** What a template is filled in with: all of it, and what the dot stands for. */
interface ScopeOfTemplateValue {
  readonly root: Json;
  readonly dot: Json;
}

/**
 * What a template makes of values; undefined where a value is missing, or it does anything but to
 * ask for values and pass them through functions that are known.
 */
export function templateValue({ nodes, fault }: Template, values: JsonObject): string | undefined {
  return fault === undefined ? textOf(nodes, { root: values, dot: values }) : undefined;
}

function textOf(nodes: readonly TemplateNode[], scope: ScopeOfTemplateValue): string | undefined {
  let result = '';
  for (const node of nodes) {
    const part = nodeText(node, scope);
    if (part === undefined) return undefined;
    result += part;
  }
  return result;
}

function nodeText(node: TemplateNode, scope: ScopeOfTemplateValue): string | undefined {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'action') return printed(pipelineValue(node.pipeline, scope));
  return branchText(node, scope);
}

function branchText(branch: BranchNode, scope: ScopeOfTemplateValue): string | undefined {
  const { kind, pipeline, body, otherwise } = branch;
  if (kind !== 'if' && kind !== 'with') return undefined;
  const value = pipelineValue(pipeline, scope);
  if (value === undefined) return undefined;
  if (!isTrue(value)) return textOf(otherwise, scope);
  return textOf(body, kind === 'with' ? { ...scope, dot: value } : scope);
}

function pipelineValue(
  { variables, commands }: Pipeline,
  scope: ScopeOfTemplateValue,
): Json | undefined {
  if (variables.length > 0) return undefined;
  let piped: Json | undefined;
  for (const [index, command] of commands.entries()) {
    piped = commandValue(command, scope, index === 0 ? [] : [piped]);
    if (piped === undefined || (typeof piped === 'string' && piped.length > LONGEST))
      return undefined;
  }
  return piped;
}

/** What comes through the pipe is the last that a function is given. */
function commandValue(
  [first, ...operands]: readonly Operand[],
  scope: ScopeOfTemplateValue,
  piped: readonly (Json | undefined)[],
): Json | undefined {
  if (first === undefined) return undefined;
  if (first.kind !== 'function')
    return operands.length + piped.length === 0 ? operandValue(first, scope) : undefined;
  const given = [...operands.map(operand => operandValue(operand, scope)), ...piped];
  const known = given.filter(value => value !== undefined);
  const call = Object.hasOwn(VALUE_FUNCTIONS, first.name) ? VALUE_FUNCTIONS[first.name] : undefined;
  return known.length === given.length && first.fields.length === 0 ? call?.(known) : undefined;
}

function operandValue(operand: Operand, { root, dot }: ScopeOfTemplateValue): Json | undefined {
  if (operand.kind === 'text') return operand.text;
  if (operand.kind === 'literal') return literalValue(operand.text);
  if (operand.kind === 'group')
    return fieldOf(pipelineValue(operand.pipeline, { root, dot }), operand.fields);
  if (operand.kind === 'dot') return fieldOf(dot, operand.fields);
  return operand.kind === 'variable' && operand.name === '$'
    ? fieldOf(root, operand.fields)
    : undefined;
}

function fieldOf(value: Json | undefined, fields: readonly string[]): Json | undefined {
  return fields.reduce<Json | undefined>(
    (found, field) => (isMap(found) && Object.hasOwn(found, field) ? found[field] : undefined),
    value,
  );
}

function literalValue(text: string): Json | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^-?\d{1,9}$/.test(text) ? Number(text) : undefined;
}
