import type { TemplateFault, Token } from './go-template-tokens.ts';

/** `$x := .a | f "b"`: the variables it sets, and commands of operands. */
export interface Pipeline {
  readonly variables: readonly string[];
  readonly commands: readonly (readonly Operand[])[];
}

/** A value in a command, with the fields that are read of it, as in `.a.b` or `(f .a).b`. */
export type Operand =
  | {
      readonly kind: 'dot' | 'variable' | 'function';
      readonly name: string;
      readonly fields: readonly string[];
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'group'; readonly pipeline: Pipeline; readonly fields: readonly string[] };

/** The place in an action that is read. */
interface Cursor {
  readonly tokens: readonly Token[];
  /** The variables so far. */
  readonly declared: Set<string>;
  /** The functions that there are. */
  readonly functions: ReadonlySet<string>;
  at: number;
  /** How many parentheses are open. */
  depth: number;
}

/** How deep a template is followed: beyond what anyone writes, and far from the end of the stack. */
export const MOST_NESTED = 500;

/** It is nested deeper than that. */
export const tooDeep: TemplateFault = { message: `it is nested more than ${MOST_NESTED} deep` };

/** Reads what an action does, as Go does (text/template/parse, parse.go); notes the variables it sets. */
export function parsePipeline(
  tokens: readonly Token[],
  declared: Set<string>,
  functions: ReadonlySet<string>,
): Pipeline | TemplateFault {
  const cursor: Cursor = { tokens, declared, functions, at: 0, depth: 0 };
  const pipeline = pipelineAt(cursor);
  if ('message' in pipeline || cursor.at >= tokens.length) return pipeline;
  return { message: '")" has no "("' };
}

function pipelineAt(cursor: Cursor): Pipeline | TemplateFault {
  const variables = variablesAt(cursor);
  const commands: Operand[][] = [];
  for (;;) {
    const command = commandAt(cursor);
    if (!Array.isArray(command)) return command;
    const fault = commandFault(command, commands.length);
    // A "|" at the end is let through.
    const isOver = commands.length > 0 && cursor.at >= cursor.tokens.length;
    if (fault !== undefined)
      return isOver && command.length === 0 ? { variables, commands } : fault;
    commands.push(command);
    if (signAt(cursor) !== '|') return { variables, commands };
    cursor.at += 1;
  }
}

function commandFault([first]: readonly Operand[], stage: number): TemplateFault | undefined {
  if (first === undefined) return { message: 'a value is missing in an action' };
  return stage === 0 || isCallable(first)
    ? undefined
    : { message: 'what follows "|" is no function' };
}

function isCallable(operand: Operand): boolean {
  if (operand.kind === 'dot') return operand.fields.length > 0;
  return operand.kind !== 'text' && operand.kind !== 'literal';
}

/** `$k, $v :=`, which may stand before a pipeline. */
function variablesAt(cursor: Cursor): string[] {
  const names: string[] = [];
  for (let at = cursor.at; ; at += 2) {
    const [variable, sign] = cursor.tokens.slice(at, at + 2);
    if (variable?.kind !== 'variable' || sign?.kind !== 'sign') return [];
    names.push(variable.text);
    if (sign.text === ',') continue;
    if (sign.text !== ':=' && sign.text !== '=') return [];
    cursor.at = at + 2;
    for (const name of names) cursor.declared.add(name);
    return names;
  }
}

function signAt({ tokens, at }: Cursor): string | undefined {
  const token = tokens[at];
  return token?.kind === 'sign' ? token.text : undefined;
}

function commandAt(cursor: Cursor): Operand[] | TemplateFault {
  const command: Operand[] = [];
  for (;;) {
    const sign = signAt(cursor);
    if (cursor.at >= cursor.tokens.length || sign === '|' || sign === ')') return command;
    const operand = operandAt(cursor);
    if ('message' in operand) return operand;
    command.push(operand);
  }
}

function operandAt(cursor: Cursor): Operand | TemplateFault {
  const token = cursor.tokens[cursor.at];
  cursor.at += 1;
  switch (token?.kind) {
    case 'text':
      return { kind: 'text', text: token.text };
    case 'literal':
      return { kind: 'literal', text: token.text };
    case 'dot':
      return { kind: 'dot', name: '.', fields: [] };
    case 'field':
      return { kind: 'dot', name: '.', fields: [token.text, ...fieldsAt(cursor)] };
    case 'variable':
      return variableOperand(token.text, cursor);
    case 'word':
      return wordOperand(token.text, cursor);
    default:
      return token?.text === '('
        ? groupAt(cursor)
        : { message: `"${token?.text ?? ''}" cannot stand here` };
  }
}

function variableOperand(name: string, cursor: Cursor): Operand | TemplateFault {
  if (!cursor.declared.has(name)) return { message: `there is no variable "${name}"` };
  return { kind: 'variable', name, fields: fieldsAt(cursor) };
}

function wordOperand(name: string, cursor: Cursor): Operand | TemplateFault {
  if (['true', 'false', 'nil'].includes(name)) return { kind: 'literal', text: name };
  if (!cursor.functions.has(name))
    return { message: `there is no function "${name}"`, unknownFunction: name };
  return { kind: 'function', name, fields: fieldsAt(cursor) };
}

function groupAt(cursor: Cursor): Operand | TemplateFault {
  cursor.depth += 1;
  const pipeline = cursor.depth > MOST_NESTED ? tooDeep : pipelineAt(cursor);
  cursor.depth -= 1;
  if ('message' in pipeline) return pipeline;
  if (signAt(cursor) !== ')') return { message: '"(" is not closed' };
  cursor.at += 1;
  return { kind: 'group', pipeline, fields: fieldsAt(cursor) };
}

function fieldsAt(cursor: Cursor): string[] {
  const fields: string[] = [];
  for (;;) {
    const token = cursor.tokens[cursor.at];
    if (token?.kind !== 'field' || !token.isJoined) return fields;
    fields.push(token.text);
    cursor.at += 1;
  }
}
