import {
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml';

/** What `--format json` says of a place. */
export interface ToldPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Of related places none is told. */
  readonly field?: string;
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly side?: 'base' | 'head';
}

type Path = readonly (string | number)[];

/** The places of a JSON document, those of related objects too. */
export function toldPlaces(told: unknown): ToldPlace[] {
  if (Array.isArray(told)) return told.flatMap(toldPlaces);
  if (typeof told !== 'object' || told === null) return [];
  const below = Object.values(told).flatMap(toldPlaces);
  const isPlace = 'file' in told && 'line' in told && 'kind' in told;
  return isPlace && typeof told.file === 'string' ? [told as ToldPlace, ...below] : below;
}

/** What is wrong with a place; undefined: the file has the named thing there. `text`: that of its file. */
export function faultOfPlace(told: ToldPlace, text: string | undefined): string | undefined {
  if (text === undefined) return 'there is no such file';
  const lines = text.split('\n');
  const line = lines[told.line - 1];
  if (line === undefined || told.column > line.length + 1) return 'the file has no such line';
  if (told.kind === null) return undefined;
  if (isTemplate(text)) return undefined;
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: counter,
    uniqueKeys: false,
    logLevel: 'silent',
    version: '1.1',
  });
  const offset = (counter.lineStarts[told.line - 1] ?? 0) + told.column - 1;
  const roots = [...documents].flatMap(({ contents }) =>
    contents === null ? [] : [contents as Node],
  );
  const root = roots.findLast(({ range }) => (range?.[0] ?? 0) <= offset) ?? roots[0];
  if (root === undefined) return 'the file has no document';
  return faultIn(root, offset, told);
}

/** Templates of charts are no YAML. */
function isTemplate(text: string): boolean {
  return /^\s*\{\{|: \{\{|\{\{-/m.test(text);
}

function faultIn(root: Node, offset: number, told: ToldPlace): string | undefined {
  const way = wayTo(root, offset);
  if (isSeq(root)) return faultInOperations(root, way, told);
  const kind = scalarAt(root, ['kind']);
  if (kind === 'List' || kind?.endsWith('List')) {
    const item = nodeAt(root, way.slice(0, 2));
    return item === undefined ? 'the place is in no item of the list' : faultIn(item, offset, told);
  }
  if (kind === 'RemSecrets' || scalarAt(root, ['apiVersion'])?.startsWith('rem-secrets.io/'))
    return faultInSpec(way, told);
  if (isKustomization(told.file)) return faultInKustomization(root, way, told);
  if (kind !== told.kind) return `it is a ${kind ?? 'document without a kind'}`;
  const name = scalarAt(root, ['metadata', 'name']) ?? '';
  if (!isNameOf(name, told.name ?? '')) return `it is the ${kind} "${name}"`;
  const namespace = scalarAt(root, ['metadata', 'namespace']);
  if (namespace !== undefined && told.namespace !== null && !isNameOf(namespace, told.namespace))
    return `it is the ${kind} "${name}" of the namespace "${namespace}"`;
  if (told.field === undefined) return undefined;
  const expected = deepest(root, pathOf(told.field));
  const steps = expected.path;
  const isAt = steps.every((step, index) => String(way[index]) === String(step));
  // An item of a list begins where its first field does.
  const isItem = way.length === steps.length + 1 && typeof steps.at(-1) === 'number';
  return isAt && (way.length === steps.length || isItem || expected.isText)
    ? undefined
    : `it is the field "${way.join('.')}", and not "${steps.join('.')}"`;
}

function isKustomization(file: string): boolean {
  return /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(file);
}

/** A patch, a generator or charts; the whole for what kustomize makes of it all. */
function faultInKustomization(
  root: Node,
  way: Path,
  { name, field }: ToldPlace,
): string | undefined {
  void root;
  void name;
  void field;
  return way.length <= 1 ? 'TOP' : undefined;
}

function faultInOperations(root: Node, way: Path, { field = '' }: ToldPlace): string | undefined {
  const pointer = scalarAt(root, [...way.slice(0, 1), 'path']);
  if (pointer === undefined) return 'it is no operation';
  const last = pointer.split('/').findLast(step => /[a-z]/i.test(step)) ?? '';
  return field.includes(last.replaceAll('~1', '/'))
    ? undefined
    : `the operation is about ${pointer}`;
}

function faultInSpec(way: Path, { name }: ToldPlace): string | undefined {
  return way.some(step => (name ?? '').includes(String(step)))
    ? undefined
    : `SPEC ${way.join('.')}`;
}

/** Prefixes and suffixes of kustomize, and variables of Flux. */
function isNameOf(written: string, name: string): boolean {
  return written.includes('${') || name.includes(written);
}

/** `spec.data[0]["a.b"]` as steps. */
export function pathOf(field: string): Path {
  const steps = field.matchAll(/\["([^\]]*)"\]|\[(\d+)\]|([^.[\]]+)/g);
  return [...steps].map(
    ([, quoted, index, name]) => quoted ?? (index === undefined ? (name ?? '') : Number(index)),
  );
}

/** As much of a path as there is. */
function deepest(root: Node, path: Path): { readonly path: Path; readonly isText: boolean } {
  const length = path.findIndex((_, index) => nodeAt(root, path.slice(0, index + 1)) === undefined);
  const found = length < 0 ? path : path.slice(0, length);
  return { path: found, isText: isScalar(nodeAt(root, found)) };
}

function childOf(node: unknown, step: string | number): unknown {
  if (isSeq(node)) return node.items[Number(step)];
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair?.value ?? pair?.key;
}

function nodeAt(root: Node, path: Path): Node | undefined {
  let node: unknown = root;
  for (const step of path) node = childOf(node, step);
  return isCollection(node) || isScalar(node) || isAlias(node) ? node : undefined;
}

function scalarAt(root: Node, path: Path): string | undefined {
  const node = nodeAt(root, path);
  return isScalar(node) ? String(node.value) : undefined;
}

/** The path to the field, or the item of a list, whose name or value begins at an offset, or whose text it is in. */
function wayTo(node: Node, offset: number): Path {
  if (isMap(node)) {
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      if (!isPair(pair) || !isScalar(pair.key)) continue;
      const name = String(pair.key.value);
      if (pair.key.range?.[0] === offset) return [name];
      if (pair.value !== null && isWithin(pair.value, offset))
        return [name, ...wayTo(pair.value, offset)];
    }
  }
  if (isSeq(node)) {
    for (const [index, item] of (node.items as Node[]).entries())
      if (isWithin(item, offset))
        return item.range?.[0] === offset && !isMap(item)
          ? [index]
          : [index, ...wayTo(item, offset)];
  }
  return [];
}

function isWithin({ range }: Node, offset: number): boolean {
  return range != null && range[0] <= offset && offset < Math.max(range[1], range[0] + 1);
}
