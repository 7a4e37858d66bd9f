import type { TemplateNode } from '../../ground/go-template/go-template.ts';
import { numberedText } from '../../ground/go-template/numbered-text.ts';
import type { Operand, Pipeline } from '../../ground/go-template/template-pipeline.ts';

/** Functions that leave the characters of a text alone. */
const PASSING = new Set(
  'default index lower print quote squote toString trim trimAll trimPrefix trimSuffix upper'.split(
    ' ',
  ),
);

/** The keys that a template puts as they are where a URL has its password. */
export function rawUrlPasswords(nodes: readonly TemplateNode[]): string[] {
  const { text, keys } = numberedText(nodes, isPassing);
  return [...text.matchAll(/:\/\/[^\s/@:]*:\0(\d+)\0@/g)].flatMap(
    ([, index]) => keys[Number(index)] ?? [],
  );
}

function isPassing({ commands }: Pipeline): boolean {
  return commands.flat().every(passes);
}

function passes(operand: Operand): boolean {
  return operand.kind !== 'group' && (operand.kind !== 'function' || PASSING.has(operand.name));
}
