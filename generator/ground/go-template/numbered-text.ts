import type { TemplateNode } from './go-template.ts';
import { spelledOut } from './spelled-out.ts';
import type { Pipeline } from './template-pipeline.ts';
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
