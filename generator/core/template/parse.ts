import {
  MOST_NESTED,
  type Pipeline,
  parsePipeline,
  TEMPLATE_FUNCTIONS,
  tooDeep,
} from './evaluate.ts';
import { type TemplateFault, type Token, templatePieces } from './tokens.ts';

/** A template as a tree: text, actions, and branches with their bodies. */
export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipeline: Pipeline }
  | BranchNode;

export interface BranchNode {
  readonly kind: Branch;
  readonly pipeline: Pipeline;
  readonly body: readonly TemplateNode[];
  readonly otherwise: readonly TemplateNode[];
}

type Branch = 'if' | 'with' | 'range' | 'define' | 'block';

export interface Template {
  readonly nodes: readonly TemplateNode[];
  /** The first thing that Go does not parse; the nodes end before it. */
  readonly fault?: TemplateFault;
}

/** A branch whose end has not come yet. The outermost has none. */
interface Frame {
  readonly nodes: TemplateNode[];
  readonly branch?: Branch;
  /** Ends with the branch before it, as `else if` does. */
  readonly isElse?: boolean;
  hasElse?: boolean;
}

/** What is open, from the outside, and the variables so far; where they end is not looked at. */
interface State {
  readonly open: Frame[];
  readonly declared: Set<string>;
  readonly functions: ReadonlySet<string>;
}

/** Reads a template: Go's text/template with functions beside its own, by default those of ESO (v2). */
export function parseTemplate(
  template: string,
  functions: ReadonlySet<string> = TEMPLATE_FUNCTIONS,
): Template {
  const nodes: TemplateNode[] = [];
  const state: State = { open: [{ nodes }], declared: new Set(['$']), functions };
  for (const piece of templatePieces(template)) {
    const fault = 'fault' in piece ? piece.fault : addPiece(state, piece);
    if (fault !== undefined) return { nodes, fault };
  }
  const last = state.open.at(-1)?.branch;
  return last === undefined ? { nodes } : { nodes, fault: { message: `"${last}" has no "end"` } };
}

function addPiece(
  state: State,
  piece: { readonly text: string } | { readonly action: readonly Token[] },
): TemplateFault | undefined {
  const frame = state.open.at(-1);
  if ('text' in piece) {
    frame?.nodes.push({ kind: 'text', text: piece.text });
    return undefined;
  }
  const [first, ...rest] = piece.action;
  const word = first?.kind === 'word' ? first.text : '';
  if (word === 'end') return endBranch(state, rest);
  if (word === 'else') return addElse(state, rest);
  if (isBranch(word)) return openBranch(state, { branch: word, isElse: false }, rest);
  if (word === 'template' || word === 'break' || word === 'continue') return undefined;
  const pipeline = parsePipeline(piece.action, state.declared, state.functions);
  if ('message' in pipeline) return pipeline;
  frame?.nodes.push({ kind: 'action', pipeline });
  return undefined;
}

function isBranch(word: string): word is Branch {
  return ['if', 'with', 'range', 'define', 'block'].includes(word);
}

/** Each branch is two frames: what is done otherwise, and its body above it. */
function openBranch(
  { open, declared, functions }: State,
  { branch, isElse }: { readonly branch: Branch; readonly isElse: boolean },
  tokens: readonly Token[],
): TemplateFault | undefined {
  if (open.length > 2 * MOST_NESTED) return tooDeep;
  // A block and a definition have a name; what follows it is a pipeline or nothing.
  const isNamed = branch === 'define' || branch === 'block';
  const rest = isNamed ? tokens.slice(1) : tokens;
  const pipeline: Pipeline | TemplateFault =
    isNamed && rest.length === 0
      ? { variables: [], commands: [] }
      : parsePipeline(rest, declared, functions);
  if ('message' in pipeline) return pipeline;
  const body: TemplateNode[] = [];
  const otherwise: TemplateNode[] = [];
  open.at(-1)?.nodes.push({ kind: branch, pipeline, body, otherwise });
  open.push({ nodes: otherwise, branch, isElse }, { nodes: body, branch, isElse });
  return undefined;
}

function endBranch({ open }: State, rest: readonly Token[]): TemplateFault | undefined {
  if (rest.length > 0) return { message: 'there is more after "end"' };
  if (open.length === 1) return { message: '"end" has no beginning' };
  for (;;) {
    const frame = open.pop();
    if (frame?.hasElse !== true) open.pop();
    if (frame?.isElse !== true) return undefined;
  }
}

function addElse(state: State, rest: readonly Token[]): TemplateFault | undefined {
  const { open } = state;
  const frame = open.at(-1);
  if (frame?.branch === undefined || frame.hasElse === true)
    return { message: '"else" is in no "if", "with" or "range"' };
  open.pop();
  const outer = open.at(-1);
  if (outer !== undefined) outer.hasElse = true;
  const [first, ...tokens] = rest;
  if (first === undefined) return undefined;
  if (first.kind === 'word' && (first.text === 'if' || first.text === 'with'))
    return openBranch(state, { branch: first.text, isElse: true }, tokens);
  return { message: 'there is more after "else"' };
}
