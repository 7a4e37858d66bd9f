import type { Json, JsonObject } from '../json.ts';
import { isMap } from '../json.ts';
import type { BranchNode, Template, TemplateNode } from './go-template.ts';
import type { Operand, Pipeline } from './template-pipeline.ts';
import { isTrue, printed, VALUE_FUNCTIONS } from './value-functions.ts';

/** Functions in a row can make a text long without end. */
const LONGEST = 10_000;

/** What a template is filled in with: all of it, and what the dot stands for. */
interface Scope {
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

function textOf(nodes: readonly TemplateNode[], scope: Scope): string | undefined {
  let result = '';
  for (const node of nodes) {
    const part = nodeText(node, scope);
    if (part === undefined) return undefined;
    result += part;
  }
  return result;
}

function nodeText(node: TemplateNode, scope: Scope): string | undefined {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'action') return printed(pipelineValue(node.pipeline, scope));
  return branchText(node, scope);
}

function branchText(branch: BranchNode, scope: Scope): string | undefined {
  const { kind, pipeline, body, otherwise } = branch;
  if (kind !== 'if' && kind !== 'with') return undefined;
  const value = pipelineValue(pipeline, scope);
  if (value === undefined) return undefined;
  if (!isTrue(value)) return textOf(otherwise, scope);
  return textOf(body, kind === 'with' ? { ...scope, dot: value } : scope);
}

function pipelineValue({ variables, commands }: Pipeline, scope: Scope): Json | undefined {
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
  scope: Scope,
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

function operandValue(operand: Operand, { root, dot }: Scope): Json | undefined {
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
