import type { NamespacedName, ObjectName } from '../core/finding.ts';
import { groupBy, mapAt, sortBy, textAt } from '../core/json.ts';
import { type Pickup, pickups } from '../graph/keys.ts';
import type { Maker, Reader, SecretGraph, SecretNode } from '../graph/secret-graph.ts';
import { findSecret, secretId } from '../graph/secret-graph.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import { isFetched } from '../kinds/eso/group.ts';
import { storeName } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { writtenObject } from '../kinds/kinds.ts';
import { names, objectOf, shown, shownObject, sortKey, wrap } from './text.ts';

/** Where the Secrets of one set of manifests come from and go to: names only, sorted. */
export interface Flow {
  readonly name: string;
  readonly secrets: readonly FlowSecret[];
}

export interface FlowSecret extends NamespacedName {
  /** outside: declared to exist. missing: nothing makes it, and a reader needs it. optional: no reader needs it. */
  readonly state: 'made' | 'outside' | 'missing' | 'optional';
  readonly keys: readonly string[];
  /** Whether there are more keys, whose names the manifests do not tell. */
  readonly isOpen: boolean;
  /** Keys that are read, and that no maker gives. */
  readonly missingKeys: readonly string[];
  readonly makers: readonly FlowMaker[];
  readonly readers: readonly FlowReader[];
}

export interface FlowMaker extends ObjectName {
  /** How often it is fetched anew; absent where nothing is fetched. */
  readonly refresh?: string;
  readonly sources: readonly FlowSource[];
}
export interface FlowSource extends ObjectName {
  readonly remoteKeys: readonly string[];
}

export interface FlowReader extends ObjectName {
  readonly how: readonly string[];
  /** Absent: all keys. */
  readonly keys?: readonly string[];
  readonly pickup: Pickup;
}

/** How many characters of keys there are in a line. */
const WIDTH = 34;
export interface Chart {
  readonly name: string;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
}

export interface Box extends Required<ObjectName> {
  /** A letter and a number: safe in any notation. */
  readonly id: string;
  readonly role: Role;
  /** What else it says: keys of a Secret, remote keys of an ExternalSecret. */
  readonly lines: readonly BoxLine[];
  readonly isMissing: boolean;
  readonly mark?: Mark;
  /** The id of the part of the page that tells more of it. */
  readonly link?: string | undefined;
}

export interface BoxLine {
  readonly text: string;
  readonly isMissing: boolean;
  readonly mark?: Mark;
}

/** What a change does to a part of a chart; only charts of a diff have marks. */
export type Mark = 'added' | 'removed' | 'changed';

/** The columns from left to right. */
export type Role = 'store' | 'maker' | 'secret' | 'reader';
export interface Arrow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly isMissing: boolean;
  readonly mark?: Mark;
}

/** The boxes and arrows of a flow. `prefix` keeps ids of several charts apart; a map has of lines only what is missing. */
export function chartOf({ name, secrets }: Flow, options: Partial<Drawing> = {}): Chart {
  const parts = { ids: new Map(), boxes: new Map(), arrows: new Map() };
  const drawn: Drawing = { prefix: 'n', isMap: false, ...parts, ...options };
  for (const secret of secrets) drawSecret(drawn, secret);
  return { name, boxes: [...drawn.boxes.values()], arrows: [...drawn.arrows.values()] };
}

interface Drawing {
  readonly prefix: string;
  readonly isMap: boolean;
  /** The ids of boxes by `boxKey`. Charts that have them in common name the same objects alike. */
  readonly ids: Map<string, string>;
  readonly boxes: Map<string, Box>;
  readonly arrows: Map<string, Arrow>;
}

function drawSecret(drawn: Drawing, secret: FlowSecret): void {
  const { namespace, name, state, makers, readers } = secret;
  const isMissing = state === 'missing';
  const object = { kind: 'Secret', namespace, name };
  const lines = secretLines(secret).filter(line => line.isMissing || !drawn.isMap);
  const target = drawBox(drawn, 'secret', object, { lines, isMissing });
  // A plain Secret makes itself.
  for (const maker of makers) if (maker.kind !== 'Secret') drawMaker(drawn, maker, target);
  for (const reader of readers) {
    const label = drawn.isMap ? '' : reader.how.join(', ');
    const isBroken = isMissing || reader.keys?.some(key => secret.missingKeys.includes(key));
    drawArrow(drawn, target, drawBox(drawn, 'reader', reader), label, isBroken);
  }
}

function drawMaker(drawn: Drawing, maker: FlowMaker, target: string): void {
  const { refresh, sources } = maker;
  const keys = sources.flatMap(({ remoteKeys }) => remoteKeys);
  const texts = refresh === undefined ? keys : [...keys, `refresh: ${refresh}`];
  const lines = texts.map(text => ({ text, isMissing: false }));
  const more = sources.length > 0 ? ({ role: 'maker', lines } as const) : {};
  const isPassed = drawn.isMap && sources.length > 0;
  const end = isPassed ? target : drawBox(drawn, 'maker', maker, more);
  for (const source of sources) drawArrow(drawn, drawBox(drawn, 'store', source), end);
  if (!isPassed) drawArrow(drawn, end, target);
}

/** The id of an object's box. An object that is drawn again keeps its box, which gets what is new. */
function drawBox(drawn: Drawing, role: Role, object: ObjectName, more: Partial<Box> = {}): string {
  const { prefix, ids, boxes } = drawn;
  const { kind, namespace = '', name } = object;
  const key = boxKey(object);
  const id = ids.get(key) ?? `${prefix}${ids.size}`;
  ids.set(key, id);
  const blank = { id, role, kind, namespace, name, lines: [], isMissing: false };
  boxes.set(id, { ...(boxes.get(id) ?? blank), ...more });
  return id;
}

export function boxKey({ kind, namespace = '', name }: ObjectName): string {
  return JSON.stringify([kind, namespace, name]);
}

function drawArrow({ arrows }: Drawing, from: string, to: string, label = '', isMissing = false) {
  arrows.set(`${from} ${to}`, { from, to, label, isMissing });
}

/** What a chart says of a Secret, by its state. */
export const STATES: Readonly<Record<FlowSecret['state'], string>> = {
  made: '',
  outside: 'from outside',
  missing: 'nothing makes it',
  optional: 'nothing makes it, all can do without',
};

function secretLines({ state, keys, isOpen, missingKeys }: FlowSecret): BoxLine[] {
  const more = isOpen ? ['…'] : [];
  const note = state === 'made' ? [] : [{ text: STATES[state], isMissing: state === 'missing' }];
  return [
    ...note,
    ...wrap([...keys, ...more], WIDTH).map(text => ({ text, isMissing: false })),
    ...missingKeys.map(key => ({ text: `${key} (missing)`, isMissing: true })),
  ];
}

export interface FlowOptions {
  /** The environment; absent when the manifests were named one by one. */
  readonly name?: string | undefined;
  /** Only Secrets that one of these objects makes or reads: those of the environment; absent: all. */
  readonly objects?: ReadonlySet<PlacedObject> | undefined;
  /** Only these Secrets, by `secretId`; absent: all. */
  readonly secretIds?: ReadonlySet<string> | undefined;
}

/** The flow of each Secret that is shown, with all its makers and readers. */
export function flowOf(graph: SecretGraph, { name = '', objects, secretIds }: FlowOptions): Flow {
  const external = groupBy(graph.externalSecrets, secret => secret.object);
  const pickupOf = pickups(graph);
  const secrets = usedSecrets(graph, { objects, secretIds }).map(({ node, reads }): FlowSecret => {
    const { keys, isOpen, makers } = node;
    const neededKeys = reads.flatMap(({ key = [], isOptional }) => (isOptional ? [] : key));
    const readers = [...groupBy(reads, ({ object }) => object)].map(([object, ofObject]) => ({
      ...readerOf(object, ofObject),
      pickup: pickupOf(ofObject, node),
    }));
    const made = makers.map(maker => makerOf(maker, external.get(maker.object) ?? []));
    return {
      namespace: shown(node.namespace),
      name: shown(node.name),
      state: stateOf(node, reads),
      keys: names(keys),
      isOpen,
      missingKeys: isOpen ? [] : names(neededKeys.filter(key => !keys.has(key))),
      makers: sortBy(made, sortKey),
      readers: sortBy(readers, sortKey),
    };
  });
  return { name: shown(name), secrets: sortBy(secrets, sortKey) };
}

/** A Secret that is nowhere has no keys. */
type FlowNode = SecretNode & { readonly isNowhere?: boolean };

/** The Secrets of a flow. One that its maker makes for itself is noise, unless something reads it. */
export function usedSecrets(
  graph: SecretGraph,
  { objects, secretIds }: Omit<FlowOptions, 'name'>,
): { readonly id: string; readonly node: FlowNode; readonly reads: readonly Reader[] }[] {
  const readers = groupBy(graph.readers, read => secretId(read.namespace, read.secret));
  const ids = secretIds ?? new Set([...graph.secrets.keys(), ...readers.keys()]);
  const isOwn = ({ object }: { readonly object: PlacedObject }): boolean =>
    objects?.has(writtenObject(object)) ?? true;
  return [...ids].flatMap(id => {
    const reads = readers.get(id) ?? [];
    const node = graph.secrets.get(id) ?? unmade(graph, reads);
    if (node === undefined || ![...node.makers, ...reads].some(isOwn)) return [];
    const { makers } = node;
    const isMade = makers.length > 0 && reads.length === 0;
    return isMade && makers.every(({ isInternal }) => isInternal) ? [] : [{ id, node, reads }];
  });
}

function unmade(graph: SecretGraph, [read]: readonly Reader[]): FlowNode | undefined {
  if (read === undefined) return undefined;
  const { namespace, secret: name } = read;
  const nowhere = { namespace, name, makers: [], keys: new Set<string>(), isOpen: false };
  return findSecret(graph, namespace, name) ?? { ...nowhere, isNowhere: true };
}

function stateOf({ makers, isNowhere }: FlowNode, reads: readonly Reader[]): FlowSecret['state'] {
  if (makers.length > 0) return 'made';
  if (isNowhere !== true) return 'outside';
  return reads.every(({ isOptional }) => isOptional) ? 'optional' : 'missing';
}

function readerOf(object: PlacedObject, reads: readonly Reader[]): Omit<FlowReader, 'pickup'> {
  const isWhole = reads.some(({ key }) => key === undefined);
  return {
    ...objectOf(object),
    how: names(reads.map(({ how }) => how)),
    ...(!isWhole && { keys: names(reads.flatMap(({ key = [] }) => key)) }),
  };
}

function makerOf({ object, secret, namespace }: Maker, external: readonly ExternalSecret[]) {
  const made = external.find(entry => entry.target === secret && entry.namespace === namespace);
  const refresh = made && refreshText(made);
  const refreshed = refresh !== undefined && { refresh };
  return { ...objectOf(object), ...refreshed, sources: made === undefined ? [] : sourcesOf(made) };
}

function refreshText(secret: ExternalSecret): string | undefined {
  if (!isFetched(secret.spec)) return undefined;
  const { policy, interval = '1h', seconds, isImmutable } = secret.refresh;
  if (isImmutable || policy === 'CreatedOnce') return 'once';
  if (policy === 'OnChange') return 'on change';
  return seconds === 0 ? 'once' : shown(interval);
}

/** The stores and generators that an ExternalSecret reads, with the keys that it reads there. */
export function sourcesOf({ namespace, data, dataFrom }: ExternalSecret): FlowSource[] {
  const reads: { readonly source: ObjectName; readonly key: string[] }[] = [];
  for (const { storeRef, key } of data)
    if (storeRef) reads.push({ source: storeName(storeRef, namespace), key: [key] });
  for (const { storeRef, generator, extract, spec } of dataFrom) {
    const key = extract ?? found(mapAt(spec, 'find'));
    if (generator) reads.push({ source: { ...generator, namespace }, key: [] });
    else if (storeRef) reads.push({ source: storeName(storeRef, namespace), key: [key] });
  }
  const bySource = groupBy(reads, ({ source: { kind, name } }) => `${kind}/${name}`);
  const list = [...bySource.values()].map(all => ({
    ...shownObject(all[0].source),
    remoteKeys: names(all.flatMap(({ key }) => key)),
  }));
  return sortBy(list, sortKey);
}

function found(find: unknown): string {
  const path = textAt(find, 'path') ?? '';
  return `${path}${path === '' ? '' : '/'}*${textAt(find, 'name', 'regexp') ?? ''}*`;
}
