import type { BranchNode, Operand, Pipeline, TemplateNode } from './parse.ts';

/** A place in a template of ESO that reads one of the fetched keys. */
export interface TemplateRead {
  readonly key: string;
  /** `{{ .tls.crt }}` reads a part of the key `tls`, and a text has none: the whole path. */
  readonly nested?: string;
  /** Without the key the template goes on: a default or a test follows index. */
  readonly isOptional: boolean;
}

interface Found {
  readonly reads: TemplateRead[];
  /** It takes all keys, or some whose names are not in the text. */
  isOpen: boolean;
  /** A function that does not take the fetched keys as a whole: `{{ get . "a" }}`. */
  refusedBy: string | undefined;
  /** A part of a value that is read in a way that Go only refuses when the template runs: `.a | fromJson.host`. */
  unread: string | undefined;
}

/** What a template reads. With ESO's missingkey=error a key after a dot has to be there; one of index need not. */
export function templateReads(nodes: readonly TemplateNode[]): Readonly<Found> {
  const found: Found = { reads: [], isOpen: false, refusedBy: undefined, unread: undefined };
  visit(nodes, { roots: new Set(['.', '$']), guarded: new Set() }, found);
  return found;
}

interface Scope {
  /** What stands for the data: `$`, the dot outside of range and with, and variables set to them. */
  readonly roots: ReadonlySet<string>;
  /** Keys that a condition around has tested for. */
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
  const tested = isTest ? found.reads.slice(before).map(({ key }) => key) : [];
  // A block or definition is given its data by its callers.
  if (kind === 'define' || kind === 'block') found.isOpen = true;
  const scope = declare(pipeline, outer);
  const isDotKept = kind === 'if' || (kind === 'with' && isData(pipeline, outer));
  const roots = isDotKept ? scope.roots : without(scope.roots, '.');
  visit(body, { roots, guarded: new Set([...scope.guarded, ...tested]) }, found);
  visit(otherwise, outer, found);
}

function without(names: ReadonlySet<string>, name: string): Set<string> {
  return new Set([...names].filter(each => each !== name));
}

function declare(pipeline: Pipeline, scope: Scope): Scope {
  const [name] = pipeline.variables;
  if (name === undefined) return scope;
  const others = without(scope.roots, name);
  return { ...scope, roots: isData(pipeline, scope) ? others.add(name) : others };
}

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

/** Functions that go on when index gives nothing. */
const FORGIVING = new Set('default coalesce empty or and not eq ne ternary'.split(' '));

function readPipeline(pipeline: Pipeline, scope: Scope, isTest: boolean, found: Found): void {
  const isOptional =
    isTest ||
    pipeline.commands.some(([first]) => first?.kind === 'function' && FORGIVING.has(first.name));
  for (const command of pipeline.commands) readCommand(command, scope, isOptional, found);
  found.unread ??= pipeline.commands.map(partAfterPipe).find(part => part !== undefined);
  // `$d := .` takes nothing yet; `. | toJson` takes all.
  const [operand, ...others] = pipeline.commands[0] ?? [];
  const isAlias = pipeline.variables.length === 1 && isData(pipeline, scope);
  if (others.length === 0 && isRoot(operand, scope) && !isAlias) found.isOpen = true;
}

function partAfterPipe([first]: readonly Operand[], index: number): string | undefined {
  if (first?.kind !== 'dot' && first?.kind !== 'function') return undefined;
  const [part] = first.fields;
  const isParser = first.kind === 'function' && /^(?:must)?from(?:json|yaml)$/i.test(first.name);
  return isParser || (first.kind === 'dot' && index > 0) ? part : undefined;
}

function readCommand(command: readonly Operand[], scope: Scope, isOptional: boolean, found: Found) {
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

/** A template as one text: `\0n\0` stands for its nth action, which reads the nth of `keys`. `isTaken` says of which actions the keys are listed. */
export function numberedText(
  nodes: readonly TemplateNode[],
  isTaken: (pipeline: Pipeline) => boolean = () => true,
): { readonly text: string; readonly keys: readonly (readonly string[])[] } {
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

function spelledOut({ variables, commands }: Pipeline): Node[] | undefined {
  const [command = [], next, ...others] = commands;
  if (variables.length > 0 || others.length > 0) return undefined;
  if (next !== undefined)
    return joinedNodes(next, nameOf(command[0]) === 'list' ? command : undefined);
  const [name, ...operands] = command;
  const called = nameOf(name);
  if (called === 'print') return operands.map(nodeOf);
  if (called === 'printf') return formattedNodes(operands);
  if (called !== 'join' || operands.length !== 2) return undefined;
  return joinedNodes(command.slice(0, 2), listOf(operands[1]));
}

function nameOf(operand: Operand | undefined): string | undefined {
  return operand?.kind === 'function' ? operand.name : undefined;
}

function listOf(operand: Operand | undefined): readonly Operand[] | undefined {
  const [command = [], ...others] = operand?.kind === 'group' ? operand.pipeline.commands : [];
  return nameOf(command[0]) === 'list' && others.length === 0 ? command : undefined;
}

function joinedNodes(
  [name, separator, ...others]: readonly Operand[],
  list: readonly Operand[] | undefined,
): Node[] | undefined {
  if (nameOf(name) !== 'join' || separator?.kind !== 'text' || others.length > 0) return undefined;
  return list
    ?.slice(1)
    .flatMap((operand, index) => (index === 0 ? [] : [nodeOf(separator)]).concat(nodeOf(operand)));
}

function formattedNodes([format, ...operands]: readonly Operand[]): Node[] | undefined {
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
