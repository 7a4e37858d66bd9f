import { parseAst } from 'vitest/node';

/** One wrong way to write a part of a file. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
  /** It is not in a function: a worker evaluates it once, whichever test loads the file first. */
  readonly isOfModule: boolean;
}

/** A file in which each mutant can be switched on, and its mutants. */
export interface Mutated {
  readonly text: string;
  readonly mutants: readonly Mutant[];
}

/** The function of `reach.ts` that says whether a mutant is on. */
const SWITCH = 'globalThis.remMutant';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  // biome-ignore lint/suspicious/noExplicitAny: the tree of ESTree, by the names of its fields.
  readonly [field: string]: any;
}

const OPERATORS: Readonly<Record<string, string>> = {
  '===': '!==',
  '!==': '===',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '&&': '||',
  '||': '&&',
};

/** Calls of methods, as another method; empty: what the method is called on. */
const METHODS: Readonly<Record<string, string>> = {
  filter: '',
  sort: '',
  reverse: '',
  slice: '',
  trim: '',
  toLowerCase: '',
  some: 'every',
  every: 'some',
  startsWith: 'endsWith',
  endsWith: 'startsWith',
  max: 'min',
  min: 'max',
};

/** Writes a file so that each mutant of it can be switched on; ids begin at `first`. */
export function mutated(file: string, source: string, first: number): Mutated {
  const mutants: Mutant[] = [];
  const textOf = ({ start, end }: Node): string => source.slice(start, end);
  const write = (node: Node, place: Place): string => {
    const all = isReplaceable(node, place) ? variantsOf(node, place, textOf) : [];
    const ids = all.map(to => {
      const id = first + mutants.length;
      const line = source.slice(0, node.start).split('\n').length;
      mutants.push({ id, file, line, from: textOf(node), to, isOfModule: !place.isInFunction });
      return [id, to] as const;
    });
    let [text, at] = ['', node.start];
    for (const [child, childPlace] of childrenOf(node, place)) {
      text += source.slice(at, child.start) + write(child, childPlace);
      at = child.end;
    }
    text += source.slice(at, node.end);
    return ids.length === 0
      ? text
      : `(${ids.map(([id, to]) => `${SWITCH}(${id}) ? (${to}) : `).join('')}(${text}))`;
  };
  const program = parseAst(source, { lang: 'ts' }) as unknown as Node;
  const body = write(program, {
    isInFunction: false,
    isInChain: false,
    field: '',
    parent: program,
  });
  return { text: source.slice(0, program.start) + body + source.slice(program.end), mutants };
}

interface Place {
  readonly parent: Node;
  readonly field: string;
  readonly isInFunction: boolean;
  /** Between the parts of `a?.b.c` nothing can be put. */
  readonly isInChain: boolean;
}

/** The parts of a node that run, in the order of the text. */
function childrenOf(node: Node, { isInFunction, isInChain }: Place): (readonly [Node, Place])[] {
  const isFunction = /Function/.test(node.type);
  return Object.entries(node)
    .flatMap(([field, value]) =>
      [value].flat().map((child): readonly [Node, Place] | undefined => {
        if (!isNode(child) || isSkipped(child, field, node)) return undefined;
        const isLink = field === 'callee' || field === 'object' || field === 'expression';
        const place = {
          parent: node,
          field,
          isInFunction: isInFunction || isFunction,
          isInChain: node.type === 'ChainExpression' || (isInChain && isLink),
        };
        return [child, place];
      }),
    )
    .filter(child => child !== undefined)
    .sort(([a], [b]) => a.start - b.start);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

const WITH_EXPRESSION = ['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression'];

function isSkipped(child: Node, field: string, parent: Node): boolean {
  if (child.type.startsWith('TS')) return !WITH_EXPRESSION.includes(child.type);
  if (/^(Import|ExportAll|ExportSpecifier)/.test(parent.type) || field === 'source') return true;
  // `{ a }` has its name twice at one place.
  if (parent.type === 'Property' && (parent['shorthand'] === true || field === 'key'))
    return parent['shorthand'] === true ? field === 'key' : parent['computed'] !== true;
  return field === 'property' && parent['computed'] !== true;
}

/** Whether an expression may stand here in brackets. */
function isReplaceable({ type }: Node, { parent, field, isInChain }: Place): boolean {
  if (isInChain && ['CallExpression', 'MemberExpression'].includes(type)) return false;
  const isTarget =
    field === 'left' && ['AssignmentExpression', 'AssignmentPattern'].includes(parent.type);
  return !isTarget && parent.type !== 'TemplateLiteral' && field !== 'id';
}

function variantsOf(node: Node, place: Place, textOf: (node: Node) => string): string[] {
  const isCondition = place.field === 'test' && place.parent.type === 'IfStatement';
  if (isCondition) return ['true', 'false'];
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const [left, right] = [textOf(node['left']), textOf(node['right'])];
      if (node['operator'] === '??') return [left];
      const operator = OPERATORS[node['operator']];
      return operator === undefined ? [] : [`(${left}) ${operator} (${right})`];
    }
    case 'UnaryExpression':
      return node['operator'] === '!' ? [textOf(node['argument'])] : [];
    case 'ConditionalExpression':
      return [textOf(node['consequent']), textOf(node['alternate'])];
    case 'ArrayExpression':
      return node['elements'].length > 0 ? ['[]'] : [];
    case 'Literal':
      return literalVariants(node['value']);
    case 'CallExpression':
      return callVariants(node, textOf);
    default:
      return [];
  }
}

function literalVariants(value: unknown): string[] {
  if (typeof value === 'boolean') return [String(!value)];
  if (typeof value === 'number') return [String(value + 1)];
  if (typeof value === 'string') return [value === '' ? "'mutant'" : "''"];
  return [];
}

function callVariants(call: Node, textOf: (node: Node) => string): string[] {
  const callee: Node = call['callee'];
  if (callee.type !== 'MemberExpression' || callee['computed'] === true) return [];
  const { name } = callee['property'];
  const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined;
  const object = textOf(callee['object']);
  if (method === undefined || call['optional'] === true) return [];
  if (method === '') return [object];
  const rest = textOf(call).slice(callee.end - call.start);
  return [`(${object}).${method}${rest}`];
}
