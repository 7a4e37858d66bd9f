import type { Operand, Pipeline } from './evaluate.ts';
import type { TemplateNode } from './parse.ts';
import { templateReads } from './template-reads.ts';

/** A template as one text: `\0n\0` stands for its nth action, whose keys are beside it. */
export interface NumberedText {
  readonly text: string;
  readonly keys: readonly (readonly string[])[];
}

/** The text of a template; of actions that `isTaken` passes over no keys are told. */
export function numberedText(
  nodes: readonly TemplateNode[],
  isTaken: (pipeline: Pipeline) => boolean = () => true,
): NumberedText {
  const keys: (readonly string[])[] = [];
  const textOf = (node: TemplateNode): string => {
    if (node.kind === 'text') return node.text;
    if (node.kind !== 'action') return node.body.map(textOf).join('');
    const parts = spelledOut(node.pipeline);
    if (parts !== undefined) return parts.map(textOf).join('');
    const { reads } = templateReads([node]);
    keys.push(isTaken(node.pipeline) ? reads.map(({ key }) => key) : []);
    return node.pipeline.variables.length > 0 ? '' : `\0${keys.length - 1}\0`;
  };
  return { text: nodes.map(textOf).join(''), keys };
}

type Node = Extract<TemplateNode, { kind: 'text' | 'action' }>;

/** An action that only puts texts together (print, printf, join of a list) as those texts; undefined: it does more. */
function spelledOut({ variables, commands }: Pipeline): Node[] | undefined {
  const [command = [], next, ...others] = commands;
  if (variables.length > 0 || others.length > 0) return undefined;
  if (next !== undefined) return joined(next, nameOf(command[0]) === 'list' ? command : undefined);
  const [name, ...operands] = command;
  switch (nameOf(name)) {
    case 'print':
      return operands.map(nodeOf);
    case 'printf':
      return formatted(operands);
    case 'join':
      return operands.length === 2 ? joined(command.slice(0, 2), listOf(operands[1])) : undefined;
    default:
      return undefined;
  }
}

function nameOf(operand: Operand | undefined): string | undefined {
  return operand?.kind === 'function' ? operand.name : undefined;
}

/** `(list "a" .b)` as a command. */
function listOf(operand: Operand | undefined): readonly Operand[] | undefined {
  const [command = [], ...others] = operand?.kind === 'group' ? operand.pipeline.commands : [];
  return nameOf(command[0]) === 'list' && others.length === 0 ? command : undefined;
}

/** What `join ","` makes of a list. */
function joined(
  [name, separator, ...others]: readonly Operand[],
  list: readonly Operand[] | undefined,
): Node[] | undefined {
  if (nameOf(name) !== 'join' || separator?.kind !== 'text' || others.length > 0) return undefined;
  return list
    ?.slice(1)
    .flatMap((operand, index) => (index === 0 ? [] : [nodeOf(separator)]).concat(nodeOf(operand)));
}

/** A format whose verbs are only those that put a text as it is. */
function formatted([format, ...operands]: readonly Operand[]): Node[] | undefined {
  if (format?.kind !== 'text') return undefined;
  const pieces = format.text.split(/%[sv]/);
  if (pieces.length !== operands.length + 1 || pieces.some(piece => piece.includes('%')))
    return undefined;
  return pieces.flatMap((text, index): Node[] => {
    const operand = operands[index];
    return [{ kind: 'text', text }, ...(operand === undefined ? [] : [nodeOf(operand)])];
  });
}

function nodeOf(operand: Operand): Node {
  if (operand.kind === 'text') return { kind: 'text', text: operand.text };
  const isWhole = operand.kind === 'group' && operand.fields.length === 0;
  const pipeline = isWhole ? operand.pipeline : { variables: [], commands: [[operand]] };
  return { kind: 'action', pipeline };
}
