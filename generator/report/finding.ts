import type { Finding, Path } from '../core/finding.ts';
import { isMap, type Json, lastNotAbove, listAt, valueAt } from '../core/json.ts';
import { onceForLast, oncePer } from '../core/once.ts';
import { maskMessage } from '../core/shown.ts';
import { documentTexts, parseStream } from '../yaml/parse.ts';
import { lineStarts, type PlaceNode, readPlaces } from '../yaml/places.ts';
import { type Cause, furtherPlaces } from './causes.ts';
import type { SarifTool } from './sarif.ts';
import { shownAt } from './shown.ts';
import { firstAnd, flatFinding, jsonText, objectText, oneLine, placeText } from './text.ts';
export type TextOf = (file: string) => string | undefined;

type Colors = Readonly<Record<Finding['severity'] | 'place' | 'faint', (text: string) => string>>;

/** The colours for people at a terminal that has them, or none (Select Graphic Rendition, ECMA-48). */
export function colorsFor(hasColors: boolean): Colors {
  const sgr = (code: number) => (text: string) =>
    hasColors ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { error: sgr(31), warning: sgr(33), place: sgr(1), faint: sgr(2) };
}

/** A finding for people: with its line of the file, the hint, the second places, and where else it is. */
export function findingBlock({ finding, others }: Cause, textOf: TextOf, colors: Colors): string {
  const { rule, severity, message, hint, at, related = [] } = finding;
  const head = at === undefined ? objectAndField(finding) : placeText(at);
  const second = related.filter(place => place.at !== undefined);
  const lines = [
    `${colors.place(oneLine(head))}: ${colors[severity](severity)}: ${oneLine(message)} ${colors.faint(`[${rule}]`)}`,
    ...excerpt(finding, textOf, colors),
    ...(hint === undefined ? [] : [`  hint: ${oneLine(hint)}`]),
    // A base that is built in many overlays has as many second places.
    ...placeLines(second, 5, ''),
    ...placeLines(furtherPlaces({ finding, others }), 2, ' places'),
  ];
  return `${lines.join('\n')}\n`;
}

function placeLines(places: NonNullable<Finding['related']>, most: number, noun: string): string[] {
  const texts = places.map(
    ({ at, note }) => `  ${oneLine(at ? `${placeText(at)}: ${note}` : note)}`,
  );
  return firstAnd(texts, most, more => `  and ${more} more${noun}`);
}

function excerpt(finding: Finding, textOf: TextOf, colors: Colors): readonly string[] {
  const { at } = finding;
  if (at === undefined) return [];
  const file = textOf(at.file);
  if (file === undefined)
    return finding.object === undefined ? [] : [`  in ${oneLine(objectAndField(finding))}`];
  const { text = '', column = 1 } = excerptOf(finding, file) ?? {};
  if (/^[\s…]*$/.test(text)) return [];
  const number = String(at.line);
  const gutter = ' '.repeat(number.length);
  const caret = `${' '.repeat(column - 1)}${colors[finding.severity]('^')}`;
  return [`  ${colors.faint(`${number} |`)} ${text}`, `  ${colors.faint(`${gutter} |`)} ${caret}`];
}

/** `Deployment shop/web spec.replicas`: the object and the field of a finding, as far as it has them. */
export function fieldText({ object, field }: Finding): string {
  const parts = [object === undefined ? '' : objectText(object), field];
  return parts.filter(text => text !== '').join(' ');
}

function objectAndField(finding: Finding): string {
  return fieldText(finding) || 'the manifests';
}

/** The formats of a command by their names; the first is the default. */
export type Formats<Report> = Readonly<Record<string, (report: Report, shown: Shown) => string>>;

/** What a format may say of the tool, and of where it is read. */
export interface Shown extends SarifTool {
  /** Whether people read it on a terminal with colours. */
  readonly hasColors: () => boolean;
  /** The address of the files that this run leaves, where a forge tells it. */
  readonly page?: string;
}

/** A report in a format. The command line refuses names that are none. */
export function rendered<T>(formats: Formats<T>, name: string, report: T, shown: Shown): string {
  const format = formats[name];
  if (format === undefined) throw new Error(`there is no format ${name}`);
  return format(report, shown);
}

/** What is wrong with the input of a command that makes something else than findings. */
export const findingFormats: Formats<{
  readonly findings: readonly Finding[];
  readonly textOf: TextOf;
}> = {
  text: ({ findings, textOf }, { hasColors }) => {
    const colors = colorsFor(hasColors());
    const causes = findings.map(finding => ({ finding, others: [] }));
    return causes.map(cause => findingBlock(cause, textOf, colors)).join('\n');
  },
  json: ({ findings }) => jsonText({ findings: findings.map(flatFinding) }),
};
const WIDTH = 120;

/** A longer name or value is not shown. */
const NEAR = 1000;

interface Excerpt {
  readonly text: string;
  readonly column: number;
}

/** The line a finding points at, of the values that begin on it, as far as these may be shown. */
export function excerptOf(finding: Finding, text: string): Excerpt | undefined {
  const { line = 1, column = 1 } = finding.at ?? {};
  const start = startsOf(text)[line - 1];
  if (start === undefined) return undefined;
  const documents = documentTexts(text) ?? [];
  const document = documents[lastNotAbove(documents, start, entry => entry.start)];
  const read = document && readDocument(document.text);
  if (document === undefined || read === undefined) return undefined;
  const { indent, tokens } = lineIn(read, start - document.start);
  if (tokens.every(({ text: token }) => token === '…')) return undefined;
  const target = start - document.start + column - 1;
  const at = lastNotAbove(tokens, target, token => token.offset);
  const show = showing(finding);
  const before = taken(tokens, at - 1, -1, show);
  const after = taken(tokens, at, 1, show);
  const lead = before.length < WIDTH ? indent : '';
  return around((lead + before + after).trimEnd(), lead.length + before.length);
}

const startsOf = onceForLast(lineStarts);

interface PlacedDocument {
  readonly text: string;
  readonly root: PlaceNode;
  readonly value: Json;
  /** The lines that were read, as many findings may point at one. */
  readonly lines: Map<number, DocumentLine>;
}

const readDocument = onceForLast((text: string): PlacedDocument | undefined => {
  const [value] = parseStream(text).value ?? [];
  const root = readPlaces(text).children.get(0);
  const list = listAt({ value }, 'value');
  return root && { text, root, value: isMap(value) ? value : list, lines: new Map() };
});

interface LineToken {
  readonly offset: number;
  readonly text: string;
  /** The whole text, in its quotes, of a value that is one. */
  readonly written?: { readonly value: string; readonly quote: string };
}

interface DocumentLine {
  readonly indent: string;
  readonly tokens: readonly LineToken[];
}

function lineIn(document: PlacedDocument, start: number): DocumentLine {
  const line = document.lines.get(start) ?? readLine(document, start);
  document.lines.set(start, line);
  return line;
}

function readLine(document: PlacedDocument, start: number): DocumentLine {
  const { text, root } = document;
  const next = text.indexOf('\n', start);
  const end = next < 0 ? text.length : next;
  const line = text.slice(start, Math.min(end, start + NEAR));
  const indent = / {0,999}/.exec(line)?.[0] ?? '';
  const tokens = tokensOf(root, [], { document, start, end });
  if (tokens.length > 0 || line.trim() === '' || line.trim().startsWith('#'))
    return { indent, tokens };
  const key = keyBefore(root, start);
  const inside = `… (a line of "${maskMessage(key)}")`;
  return { indent, tokens: key === '' ? [] : [{ offset: start, text: inside }] };
}

function keyBefore(root: PlaceNode, offset: number): string {
  let [node, key]: [PlaceNode, string] = [root, ''];
  while (!node.isScalar) {
    const below = childrenOf(node);
    const [step, child] = below[lastNotAbove(below, offset, nameOffset)] ?? [];
    if (child === undefined) return key;
    if (typeof step === 'string') key = step;
    node = child;
  }
  return key;
}

/** In the order of the text, without what is merged into a map. */
const childrenOf = oncePer(({ children, start }: PlaceNode) =>
  [...children].filter(([, { name }]) => name >= start).sort(([, a], [, b]) => a.name - b.name),
);

/** The parts of a node that are on a line, in the order of the text. */
function tokensOf(
  node: PlaceNode,
  path: Path,
  line: { readonly document: PlacedDocument; readonly start: number; readonly end: number },
): LineToken[] {
  const { document, start, end } = line;
  const isOn = (offset: number): boolean => offset >= start && offset < end;
  if (node.isScalar) {
    const isHere = isOn(node.name) && isOn(node.start) && !isAbsent(node, path.at(-1));
    return isHere ? [valueToken(document, node, path)] : [];
  }
  const sign = document.text.charAt(node.start);
  const close = CLOSING[sign];
  const below = childrenOf(node);
  const first = lastNotAbove(below, start, nameOffset);
  const onLine = below.slice(first, lastNotAbove(below, end - 1, nameOffset) + 1);
  const inside = onLine.flatMap(([step, child], index): LineToken[] => [
    ...(index > 0 && close ? [{ offset: child.name - 1, text: ', ' }] : []),
    ...(isOn(child.name) ? [{ offset: child.name, text: lead(step, child, close) }] : []),
    ...tokensOf(child, [...path, step], line),
  ]);
  if (close === undefined || !isOn(node.start)) return inside;
  const space = sign === '{' && below.length > 0 ? ' ' : '';
  const last = (inside.at(-1)?.offset ?? node.start) + 1;
  return [
    { offset: node.start, text: sign + space },
    ...inside,
    { offset: last, text: space + close },
  ];
}

function isAbsent({ isScalar, start, name }: PlaceNode, step: string | number = ''): boolean {
  return isScalar && typeof step === 'string' && start === name;
}

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']' };

function lead(step: string | number, node: PlaceNode, close: string | undefined): string {
  if (typeof step === 'number') return close === undefined ? '- ' : '';
  return `${nameText(step)}:${isAbsent(node, step) ? '' : ' '}`;
}

function nameOffset([, { name }]: readonly [unknown, PlaceNode]): number {
  return name;
}

function nameText(name: string): string {
  const isPlain = /^[\w./<-][^"':#{}[\],\\\p{C}]{0,200}$/u.test(name);
  return isPlain ? maskMessage(name) : name.length > NEAR ? '…' : JSON.stringify(maskMessage(name));
}

function valueToken({ value, text }: PlacedDocument, { start }: PlaceNode, path: Path): LineToken {
  const written = valueAt(value, path);
  const shown = shownAt(value, path, { hide: () => '…' });
  // Of a document with errors there are no values.
  if (written === null) return { offset: start, text: 'null' };
  const isScalar = typeof shown === 'number' || typeof shown === 'boolean';
  // A number as it is written, as `1.10` and `0644` are read as others.
  const plain = isScalar && /^[\w.:+-]{1,40}/.exec(text.slice(start, start + 40))?.[0];
  if (typeof shown !== 'string') return { offset: start, text: plain || '…' };
  const quote = /["']/.exec(text[start] ?? '')?.[0] ?? '';
  const isText = typeof written === 'string' && !/^\d+$/.test(written);
  return {
    offset: start,
    text: shown.length > NEAR ? '…' : shown === written ? quote + shown + quote : shown,
    ...(isText && { written: { value: written, quote } }),
  };
}

/** Rules that find something in the place of a name: nobody knows what it is, so it is not shown. */
const MISTAKEN = new Set(['wrong-type', 'unreadable']);

type Show = (token: LineToken) => string;

/** How a token of an excerpt is shown: a value that the message or hint quotes is a name, and is shown as it is. */
function showing({ rule, message, hint = '' }: Finding): Show {
  const quoted = new Set(
    [...`${message} ${hint}`.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name),
  );
  return ({ text, written }) => {
    if (written === undefined) return text;
    const { value, quote } = written;
    if (quoted.has(value)) return quote + maskMessage(value) + quote;
    return MISTAKEN.has(rule) ? '…' : text;
  };
}

function taken(tokens: readonly LineToken[], from: number, step: 1 | -1, show: Show): string {
  let text = '';
  for (let at = from; text.length < WIDTH; at += step) {
    const token = tokens[at];
    if (token === undefined) break;
    text = step > 0 ? text + show(token) : show(token) + text;
  }
  return text;
}

function around(line: string, start: number): Excerpt {
  const from = start < WIDTH * 0.8 ? 0 : Math.max(0, Math.min(start - 20, line.length - WIDTH));
  const before = from > 0 ? '…' : '';
  const after = from + WIDTH < line.length ? '…' : '';
  const show = (to: number): string => oneLine(before + line.slice(from, to).replaceAll('\t', ' '));
  return { text: show(from + WIDTH) + after, column: show(start).length + 1 };
}
