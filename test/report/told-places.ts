import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { oncePerText } from '../../generator/core/once.ts';

/** What `--format json` says of a place. A notice is about no object, and of related places no field is told. */
export interface ToldPlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly field?: string;
  readonly kind: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  /** Of a risk, and what it names. */
  readonly side?: 'base' | 'head';
  readonly rule?: string;
}

type Path = readonly (string | number)[];

/** What is wrong with the places of a JSON document, those of related objects too. `textOf`: undefined without a file. */
export function faultsOfPlaces(
  told: unknown,
  textOf: (place: ToldPlace) => string | undefined,
): string[] {
  return toldPlaces(told).flatMap(place => {
    const fault = faultOfPlace(place, textOf(place));
    const { file, line, column, kind, name, field = '' } = place;
    return fault === undefined
      ? []
      : [`${file}:${line}:${column} (${kind} ${name} ${field}): ${fault}`];
  });
}

/** The text of a file below a folder; undefined: there is no such file. */
export function textBelow(folder: string, file: string): string | undefined {
  const path = join(folder, file);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() === true;
  return isFile ? readFileSync(path, 'utf8') : undefined;
}

function toldPlaces(told: unknown): ToldPlace[] {
  if (typeof told !== 'object' || told === null) return [];
  return [
    ...(isToldPlace(told) ? [told] : []),
    ...Object.values(told).flatMap(below => toldPlaces(below)),
  ];
}

function isToldPlace(told: object): told is ToldPlace {
  return 'line' in told && 'kind' in told && 'file' in told && typeof told.file === 'string';
}

/**
 * What is wrong with a place in a text; undefined: the named thing is there. Read with another parser than the program's.
 * `undefined` for a text: there is no such file.
 */
function faultOfPlace(told: ToldPlace, text: string | undefined): string | undefined {
  if (text === undefined) return 'there is no such file';
  const line = text.split('\n')[told.line - 1];
  if (line === undefined || told.column > line.length + 1) return 'the file has no such place';
  // What fails with a broken build is its applier, wherever the build breaks.
  const isElsewhere = told.kind === null || (told.rule === 'build-broken' && told.field === '');
  if (isElsewhere || isTemplate(text)) return undefined;
  const { starts, roots } = parsed(text);
  const offset = (starts[told.line - 1] ?? 0) + told.column - 1;
  const root = roots.findLast(({ range }) => range[0] <= offset) ?? roots[0];
  return root === undefined ? 'the file has no document' : faultIn(root, offset, told);
}

/** Where the lines of a text start, and its documents. */
const parsed = oncePerText(text => {
  const lineCounter = new LineCounter();
  const documents = parseAllDocuments(text, { ...OPTIONS, lineCounter });
  const roots = [...documents].flatMap(({ contents }) => (contents === null ? [] : [contents]));
  return { starts: lineCounter.lineStarts, roots };
});

/** As kustomize reads: what is broken or comes twice is not judged here. */
const OPTIONS = { version: '1.1', uniqueKeys: false, logLevel: 'silent' } as const;

/** Templates of charts are no YAML. */
const isTemplate = (text: string): boolean => /^\s*\{\{|\{\{-/m.test(text);

function faultIn(root: Node, offset: number, told: ToldPlace): string | undefined {
  const at = wayTo(root, offset);
  const kind = textAt(root, ['kind']);
  if (kind?.endsWith('List') === true && isSeq(nodeAt(root, ['items']))) {
    const item = nodeAt(root, at.slice(0, 2));
    return item === undefined ? 'it is no item of the list' : faultIn(item, offset, told);
  }
  if (isSeq(root)) return faultInOperation(textAt(root, [...at.slice(0, 1), 'path']), told);
  if (isKustomization(told.file)) return faultInKustomization(at, told);
  const isSpec = textAt(root, ['apiVersion'])?.startsWith('rem-secrets.io/') === true;
  return isSpec ? faultInSpec(at, told) : faultInObject(root, at, told);
}

function faultInObject(root: Node, at: Path, told: ToldPlace): string | undefined {
  const kind = textAt(root, ['kind']);
  // A patch that an applier lays over what it applies.
  if (kind !== told.kind && at.includes('patches')) return undefined;
  const isData = pathOf(told.field ?? '')[1] === basename(told.file);
  if (kind !== undefined && nodeAt(root, ['apiVersion']) !== undefined && !isData)
    return faultOfObject(root, told) ?? faultOfField(root, at, told.field);
  // Values of a chart, and files that a generator takes as a key, are no objects.
  return faultOfField(root, at, told.field?.replace(/^data(?:\["[^"]*"\]|\.[^.]*)\.?/, ''));
}

function isKustomization(file: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(file);
}

function faultOfObject(root: Node, told: ToldPlace): string | undefined {
  const kind = textAt(root, ['kind']);
  if (kind !== told.kind) return `it is a ${kind}`;
  const name = textAt(root, ['metadata', 'name']) ?? '';
  return isNameOf(name, told.name ?? '') ? undefined : `it is the ${kind} "${name}"`;
}

/** A name with the prefixes and suffixes of kustomize, and with the variables of Flux. */
function isNameOf(written: string, name: string): boolean {
  return written.includes('${') || name.includes(written);
}

/** The value at the path, or as much of the path as there is. */
function faultOfField(root: Node, at: Path, field: string | undefined): string | undefined {
  const path = pathOf(field ?? '');
  if (path.length === 0) return undefined;
  const missing = path.findIndex(
    (_, index) => nodeAt(root, path.slice(0, index + 1)) === undefined,
  );
  const steps = missing < 0 ? path : path.slice(0, missing);
  const last = nodeAt(root, steps);
  // Behind an alias is what its anchor holds, wherever that is.
  if (isAlias(last) || nodeAt(root, [...steps, '<<']) !== undefined) return undefined;
  // What kustomize merged has other indexes than what is written.
  const isThere = steps.every(
    (step, index) =>
      typeof at[index] === typeof step && (typeof step === 'number' || at[index] === step),
  );
  // An item of a list begins where its first field does; and a text may hold a document.
  const isWhole = at.length === steps.length || typeof steps.at(-1) === 'number';
  if (isThere && (isWhole || isScalar(last))) return undefined;
  return `it is the field "${at.join('.')}"`;
}

/** It sets the value, or lists what does: never only the file. */
function faultInKustomization(at: Path, { field }: ToldPlace): string | undefined {
  return at.length > 0 || field === undefined || field === '' ? undefined : 'it is the whole file';
}

function faultInOperation(pointer: string | undefined, told: ToldPlace): string | undefined {
  if (pointer === undefined) return 'it is no operation of a JSON patch';
  const { field } = told;
  const name = pointer.split('/').findLast(step => /[a-z]/i.test(step)) ?? '';
  const isAbout = field === undefined || field.includes(name.replaceAll('~1', '/'));
  return isAbout ? undefined : `the operation is about ${pointer}`;
}

/** An entry is named as its objects are, and an environment as no other. */
function faultInSpec(at: Path, { name }: ToldPlace): string | undefined {
  const isNamed = at.some(step => (name ?? '').includes(String(step)));
  return isNamed || at.includes('environments') ? undefined : `it is "${at.join('.')}" of the spec`;
}

/** `spec.data[0]["a.b"]` as steps. */
function pathOf(field: string): Path {
  return [...field.matchAll(/\["([^\]]*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name = '']) => (index === undefined ? (quoted ?? name) : Number(index)),
  );
}

/** The fields and the items of a node; an item has no name of its own. */
function childrenOf(node: unknown): { step: string | number; start: number; value: Node | null }[] {
  if (isSeq<Node>(node))
    return node.items.map((value, step) => ({ step, start: value.range?.[0] ?? 0, value }));
  if (!isMap<Node, Node | null>(node)) return [];
  return node.items.flatMap(({ key, value }) =>
    isScalar(key) ? [{ step: String(key.value), start: key.range?.[0] ?? 0, value }] : [],
  );
}

function nodeAt(root: Node, path: Path): Node | undefined {
  let node: Node | null | undefined = root;
  for (const step of path)
    node = childrenOf(node).find(child => String(child.step) === String(step))?.value;
  return node ?? undefined;
}

function textAt(root: Node, path: Path): string | undefined {
  const node = nodeAt(root, path);
  return isScalar(node) ? String(node.value) : undefined;
}

/** The path to the field whose name or value begins at an offset, or whose text it is in. */
function wayTo(node: Node | null, offset: number): Path {
  for (const { step, start, value } of childrenOf(node)) {
    const [from, , end] = value?.range ?? [start, start, start];
    if (start === offset && typeof step === 'string') return [step];
    if (from <= offset && offset < Math.max(end, from + 1)) return [step, ...wayTo(value, offset)];
  }
  return [];
}
