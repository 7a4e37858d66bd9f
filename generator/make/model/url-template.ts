import type { TemplateNode } from '../../ground/go-template/go-template.ts';
import type { Operand } from '../../ground/go-template/template-pipeline.ts';
import { templateReads } from '../../ground/go-template/template-reads.ts';

/** Functions that leave the characters of a text alone. */
const PASSING = new Set(
  'default index lower print quote squote toString trim trimAll trimPrefix trimSuffix upper'.split(
    ' ',
  ),
);

/** The keys that a template puts as they are where a URL has its password. */
export function rawUrlPasswords(nodes: readonly TemplateNode[]): string[] {
  const actions: (readonly string[])[] = [];
  const text = nodes.map(node => textOf(node, actions)).join('');
  return [...text.matchAll(/:\/\/[^\s/@:]*:\0(\d+)\0@/g)].flatMap(
    ([, index]) => actions[Number(index)] ?? [],
  );
}

/** A template's text with a number for each action, whose raw keys are noted. */
function textOf(node: TemplateNode, actions: (readonly string[])[]): string {
  if (node.kind === 'text') return node.text;
  if (node.kind !== 'action') return node.body.map(child => textOf(child, actions)).join('');
  const isPassing = node.pipeline.commands.flat().every(passes);
  const { reads } = templateReads([node]);
  actions.push(isPassing ? reads.map(({ key }) => key) : []);
  return node.pipeline.variables.length > 0 ? '' : `\0${actions.length - 1}\0`;
}

function passes(operand: Operand): boolean {
  return operand.kind !== 'group' && (operand.kind !== 'function' || PASSING.has(operand.name));
}
