import { COLLECTION_STYLE, EVENT_ID, type Event, SCALAR_STYLE } from 'js-yaml';
import { type Fault, type Outcome, outcome } from '../core/finding.ts';
import { isMap, listAt, scalarText } from '../core/json.ts';
import { annotationsOf } from '../core/kube-object.ts';
import { knownNames } from '../core/names.ts';
import { KRM, LOCAL_CONFIG } from '../kinds/krm.ts';
import { readEvents } from '../yaml/parse.ts';
import { type EventNode, entriesOf, eventTrees, offsetOf } from '../yaml/scalars.ts';
import { isSameObject, type Merge, type MergedResults } from './results.ts';

/** The text of a ResourceList with objects and results put in; undefined when its layout leaves no place for them. */
export function editedList(text: string, merge: Merge, results: MergedResults): string | undefined {
  const source = listPlaces(text);
  if (source === undefined) return undefined;
  const { start, fields } = source;
  const edits = [
    // The specification demands a version, and some callers leave it out.
    fields.has('apiVersion') ? [] : fieldEdit(source, start, 'apiVersion', emptyList.apiVersion),
    results.added?.length === 0 ? [] : listEdit(source, 'results', results),
    listEdit(source, 'items', { all: merge.added, added: merge.added }),
    replacedItems(source, merge.replaced),
  ];
  const possible = edits.filter(edit => edit !== undefined);
  return possible.length === edits.length ? edited(text, possible.flat()) : undefined;
}

type Edit = Span & { readonly text: string };

function listEdit(source: Text, name: 'items' | 'results', { all, added }: MergedResults) {
  const field = source.fields.get(name);
  const { start } = source.fields.get('items')?.key ?? source;
  if (field === undefined) return fieldEdit(source, start, name, all);
  const { event, below } = field.value;
  if (event.type !== EVENT_ID.SEQUENCE || added === undefined) return valueEdit(source, field, all);
  const { text } = source;
  const lines = added.map(member => JSON.stringify(member));
  if (event.style === COLLECTION_STYLE.FLOW) {
    const comma = below.length === 0 || lines.length === 0 ? '' : ',';
    const at = event.start + 1;
    return [{ start: at, end: at, text: lines.join() + comma }];
  }
  const line = text.indexOf('\n', field.key.end) + 1;
  const between = /^(?:[ \t]*(?:#.*)?\r?\n)*( *)$/.exec(text.slice(line, event.start));
  if (between === null || line === 0 || line > event.start) return undefined;
  return [{ start: line, end: line, text: lines.map(item => `${between[1]}- ${item}\n`).join('') }];
}

function replacedItems({ fields, text }: Text, replaced: Merge['replaced']): Edit[] | undefined {
  const { event, below } = fields.get('items')?.value ?? {};
  const members = event?.type === EVENT_ID.SEQUENCE ? (below ?? []) : [];
  const found = [...replaced].flatMap(([index, object]) => {
    const member = members[index];
    return member === undefined ? [] : [{ member, object }];
  });
  if (found.some(({ member }) => isAnywhere(member, isAnchored))) return undefined;
  return found.map(({ member, object }) => {
    return { ...spanOf(text, member), text: JSON.stringify(object) };
  });
}

function valueEdit({ text }: Text, { key, value: old }: FieldPlace, value: unknown) {
  const start = text.indexOf(':', key.end) + 1;
  const isShared = [isAlias, isAnchored].some(test => isAnywhere(old, test));
  if (isShared || text.slice(key.end, start - 1).trim() !== '') return undefined;
  const end = Math.max(start, spanOf(text, old).end);
  return [{ start, end, text: ` ${JSON.stringify(value)}` }];
}

function fieldEdit({ isFlow, start, text }: Text, before: number, name: string, value: unknown) {
  const json = JSON.stringify(value);
  if (isFlow) return [{ start: start + 1, end: start + 1, text: `"${name}":${json},` }];
  const indent = text.slice(text.lastIndexOf('\n', before - 1) + 1, before);
  if (!/^ *$/.test(indent)) return undefined;
  return [{ start: before, end: before, text: `${name}: ${json}\n${indent}` }];
}

function edited(text: string, edits: readonly Edit[]): string {
  let [result, at] = ['', 0];
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

type Span = Readonly<Record<'start' | 'end', number>>;

interface FieldPlace {
  readonly key: Span;
  readonly value: EventNode;
}

type Text = NonNullable<ReturnType<typeof listPlaces>>;

function listPlaces(text: string) {
  const root = eventTrees(readEvents(text).value ?? [])[0]?.below[0];
  if (root?.event.type !== EVENT_ID.MAPPING) return undefined;
  const { start, style } = root.event;
  const fields = fieldsOf(text, root.below);
  // As in JSON, the list may be one flow map.
  return fields && { text, isFlow: style === COLLECTION_STYLE.FLOW, start, fields };
}

/** The field of a ResourceList that an offset of its text is in. */
export function fieldAt(text: string): (offset: number) => string | undefined {
  const fields = [...(listPlaces(text)?.fields ?? [])];
  return offset => fields.findLast(([, { key }]) => key.start <= offset)?.[0];
}

/** A block map without the lines of a field; empty where that is not possible, as an alias may refer to them. */
export function withoutField(text: string, name: string): string {
  const source = listPlaces(text);
  const fields = [...(source?.fields ?? [])];
  const isShared = fields.some(([, { value }]) => isAnywhere(value, isAlias));
  if (source === undefined || source.isFlow || isShared) return '';
  const lines = fields.map(([, { key }]) => text.lastIndexOf('\n', key.start) + 1);
  const at = fields.findIndex(([field]) => field === name);
  return at < 0 ? text : text.slice(0, lines[at]) + text.slice(lines[at + 1] ?? text.length);
}

function isAlias({ type }: Event): boolean {
  return type === EVENT_ID.ALIAS;
}

/** The key that merges the fields of another map into this one. */
const MERGE = '<<';

/** The fields of the document's map, by their key; undefined when some of them are merged from elsewhere. */
function fieldsOf(text: string, below: readonly EventNode[]): Map<string, FieldPlace> | undefined {
  const entries = entriesOf(below, text);
  if (entries.some(({ name = MERGE }) => name === MERGE)) return undefined;
  return new Map(
    entries.map(({ key, name = MERGE, value }) => [name, { key: ownSpan(key.event, text), value }]),
  );
}

function isAnywhere(node: EventNode, test: (event: Event) => boolean): boolean {
  return test(node.event) || node.below.some(inner => isAnywhere(inner, test));
}

function isAnchored(event: Event): boolean {
  return event.type !== EVENT_ID.ALIAS && 'anchorStart' in event && event.anchorStart >= 0;
}

function spanOf(text: string, node: EventNode): Span {
  const { start } = ownSpan(node.event, text);
  const end = endOf(text, node);
  return { start, end: start + text.slice(start, end).trimEnd().length };
}

function endOf(text: string, { event, below }: EventNode): number {
  const end = below.reduce(
    (last, inner) => Math.max(last, endOf(text, inner)),
    ownSpan(event, text).end,
  );
  const isFlow =
    event.type !== EVENT_ID.SCALAR && 'style' in event && event.style === COLLECTION_STYLE.FLOW;
  if (!isFlow) return end;
  CLOSER.lastIndex = end;
  return end + (CLOSER.exec(text)?.[0].length ?? 0);
}

const CLOSER = /(?:[\s,:?]|#.*\n)*[}\]]/y;

function ownSpan(event: Event, text: string): Span {
  const start = offsetOf(event, text) ?? -1;
  if (event.type === EVENT_ID.ALIAS) return { start, end: event.anchorEnd };
  if (event.type !== EVENT_ID.SCALAR) return { start, end: start + 1 };
  if (event.valueEnd < 0) return { start, end: Math.max(event.tagEnd, event.anchorEnd) };
  const isQuoted =
    event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  return { start, end: event.valueEnd + (isQuoted ? 1 : 0) };
}

/* The KRM function protocol (kustomize, cmd/config/docs/api-conventions/functions-spec.md): lists on stdin, stdout. */

/** What a KRM function reads and writes; `items` are the objects of its caller. */
export interface ResourceList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly unknown[];
  readonly functionConfig?: unknown;
  /** What functions before this one found. */
  readonly results?: readonly unknown[];
  /** Fields that the specification does not know go out as they came. */
  readonly [field: string]: unknown;
}

/** A list of nothing, for a caller whose input was none. */
export const emptyList: ResourceList = { apiVersion: `${KRM}/v1`, kind: 'ResourceList', items: [] };

/** kustomize and kpt send v1; v1beta1 is the same by the specification, and older kyaml sent v1alpha1. */
const VERSIONS: readonly string[] = [`${KRM}/v1`, `${KRM}/v1beta1`, `${KRM}/v1alpha1`];

/** The input as a ResourceList. Its lists may be missing, or null, as Go writes an empty list. */
export function resourceListOf(value: unknown): Outcome<ResourceList> {
  if (!isMap(value) || value['kind'] !== emptyList.kind) return { faults: [notResourceList] };
  const { apiVersion = emptyList.apiVersion } = value;
  const version = scalarText(apiVersion);
  const faults = [
    ...(VERSIONS.includes(version) ? [] : [unknownVersion(version)]),
    ...['items', 'results'].filter(name => !Array.isArray(value[name] ?? [])).map(noList),
  ];
  const lists = { items: listAt(value, 'items'), results: listAt(value, 'results') };
  return outcome({ ...value, apiVersion: version, kind: emptyList.kind, ...lists }, faults);
}

const notResourceList: Fault = {
  id: 'no-resource-list',
  message: 'stdin is not a ResourceList',
  hint: 'Run it through kustomize or another KRM caller; by hand, use `rem-secrets render`.',
  path: [],
  offset: 0,
};

function unknownVersion(version: string): Fault {
  const message = `"${version}" is no apiVersion of a ResourceList that is known`;
  const hint = knownNames('apiVersions', version, VERSIONS);
  return { id: 'unknown-list-version', message, hint, path: ['apiVersion'] };
}

function noList(field: string): Fault {
  const message = `stdin is not a ResourceList: its ${field} are no list`;
  const hint = `Write ${field} as a list, or leave them out.`;
  return { id: 'no-resource-list', message, hint, path: [field] };
}

/** Whether we are called as a generator: all items are copies of functionConfig, without a path. */
export function isGeneratorCall({ items, functionConfig }: ResourceList): boolean {
  return items.every(item => {
    const annotations = annotationsOf(item);
    return (
      isSameObject(item, functionConfig) &&
      annotations[LOCAL_CONFIG] === 'true' &&
      !Object.keys(annotations).some(key => key.endsWith(`${KRM}/path`))
    );
  });
}
