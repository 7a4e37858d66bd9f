import type { Template } from './go-template.ts';
import type { Operand, Pipeline } from './template-pipeline.ts';

/** Functions in a row can make a text long without end. */
const LONGEST = 10_000;

/** Functions of sprig on texts, with the text that comes through the pipe last. */
const FUNCTIONS: Readonly<Record<string, (...texts: string[]) => string | undefined>> = {
  lower: text => text?.toLowerCase(),
  upper: text => text?.toUpperCase(),
  trim: text => text?.trim(),
  nospace: text => text?.replaceAll(/\s/g, ''),
  trimPrefix: (start = '', text) => (text?.startsWith(start) ? text.slice(start.length) : text),
  trimSuffix: (end = '', text) =>
    text?.endsWith(end) && end !== '' ? text.slice(0, -end.length) : text,
  replace: (old = '', fresh = '', text) => (old === '' ? undefined : text?.replaceAll(old, fresh)),
  printf: (format = '', text) =>
    format.split('%').length === 2 && text !== undefined
      ? format.replace('%s', () => text)
      : undefined,
};

/**
 * What a template makes of values that are texts; undefined where it does anything but to pass
 * them through functions that are known.
 */
export function templateValue(
  { nodes, fault }: Template,
  values: ReadonlyMap<string, string>,
): string | undefined {
  if (fault !== undefined) return undefined;
  let result = '';
  for (const node of nodes) {
    const part =
      node.kind === 'text'
        ? node.text
        : node.kind === 'action'
          ? pipelineValue(node.pipeline, values)
          : undefined;
    if (part === undefined) return undefined;
    result += part;
  }
  return result;
}

function pipelineValue(
  { variables, commands }: Pipeline,
  values: ReadonlyMap<string, string>,
): string | undefined {
  if (variables.length > 0) return undefined;
  let piped: string | undefined;
  for (const command of commands) {
    piped = commandValue(command, values, piped);
    if (piped === undefined || piped.length > LONGEST) return undefined;
  }
  return piped;
}

function commandValue(
  [first, ...operands]: readonly Operand[],
  values: ReadonlyMap<string, string>,
  piped: string | undefined,
): string | undefined {
  if (first === undefined) return undefined;
  if (first.kind !== 'function')
    return operands.length === 0 ? operandValue(first, values) : undefined;
  const texts = operands.map(operand => operandValue(operand, values));
  const known = texts.filter(text => text !== undefined);
  const isKnown = known.length === texts.length && Object.hasOwn(FUNCTIONS, first.name);
  const given = piped === undefined ? known : [...known, piped];
  return isKnown ? FUNCTIONS[first.name]?.(...given) : undefined;
}

function operandValue(operand: Operand, values: ReadonlyMap<string, string>): string | undefined {
  if (operand.kind === 'text') return operand.text;
  const [field, ...deeper] = operand.kind === 'dot' ? operand.fields : [];
  return field === undefined || deeper.length > 0 ? undefined : values.get(field);
}
