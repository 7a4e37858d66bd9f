import type { Path } from '../../core/finding.ts';
import { groupBy, type JsonObject, listAt, mapAt, valueAt } from '../../core/json.ts';
import { oncePer } from '../../core/once.ts';
import { type Token, templatePieces } from '../../core/template/parse.ts';
import { templateFiles, templates } from '../../graph/keys.ts';
import { type Maker, remoteOf, type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import type { DataEntry, DataFromEntry } from '../../kinds/eso/external-secret-spec.ts';
import { type ExternalSecret, partsOf } from '../../kinds/eso/external-secret-spec.ts';
import type { StoreRef } from '../../kinds/eso/stores.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { faultsOf } from '../../lint/check.ts';
import type { RuleFault } from '../../lint/rule.ts';
import { storeConditions } from '../../lint/rules/store-conditions.ts';
import { unknownGenerator } from '../../lint/rules/unknown-generator.ts';
import { unknownStore } from '../../lint/rules/unknown-store.ts';
import type { Diff } from '../diff.ts';
import { effectiveForm } from '../field-changes.ts';
import { newFaults, notOnBase } from './moves.ts';

const formOf = oncePer(({ json }: PlacedObject) => effectiveForm(json));

export const externalByObject: (
  graph: SecretGraph,
) => ReadonlyMap<PlacedObject, readonly ExternalSecret[]> = oncePer(({ externalSecrets }) =>
  groupBy(externalSecrets, ({ object }) => object),
);

const sourcesById = oncePer((_: SecretGraph) => new Map<string, string>());

/** Where the value of a key comes from, as a text to compare, without the store, as another one is a risk of its own. Never shown: it may contain values. */
export function valueSource(
  graph: SecretGraph,
  namespace: string,
  secret: string,
  key: string,
): string {
  const sources = sourcesById(graph);
  const id = JSON.stringify([namespace, secret, key]);
  const found = sources.get(id);
  if (found !== undefined) return found;
  sources.set(id, 'a circle');
  const makers = graph.secrets.get(secretId(namespace, secret))?.makers ?? [];
  const giving = makers.filter(({ keys, isOpen }) => isOpen || keys.has(key));
  const source = JSON.stringify(giving.map(maker => ofMaker(graph, maker, key)));
  sources.set(id, source);
  return source;
}

function ofMaker(graph: SecretGraph, maker: Maker, key: string): unknown {
  const { object, namespace, secret } = maker;
  const { knownKind, kind, name } = object;
  const external = (externalByObject(graph).get(object) ?? []).find(
    entry => entry.namespace === namespace && entry.target === secret,
  );
  if (external !== undefined) return ofExternalSecret(graph, external, key);
  return knownKind?.secrets?.valueSource?.(formOf(object), key) ?? [kind, name, secret, key];
}

function ofExternalSecret(graph: SecretGraph, secret: ExternalSecret, key: string): unknown {
  const template = mapAt(secret.spec, 'target', 'template');
  const text = mapAt(template, 'data')[key];
  const fetched = (name: string): string => ofFetched(graph, secret, name);
  if (typeof text === 'string') return templateSource(text, fetched);
  const from = listAt(template, 'templateFrom');
  if (from.length === 0) return fetched(key);
  const files = templateFiles(secret);
  const named = files.filter(file => file.key === key);
  const paths = new Set(named.map(({ path }) => path.join('/')));
  const texts = templates({ ...graph, externalSecrets: [secret] })
    .filter(({ path }) => named.length === 0 || paths.has(path.join('/')))
    .map(file => templateSource(file.text, fetched));
  return [from, texts, fetched(key)];
}

/** An entry of data overrides those of dataFrom, whose keys are not in the manifest. */
function ofFetched(graph: SecretGraph, secret: ExternalSecret, key: string): string {
  const form = formOf(secret.object);
  const entry = secret.data.findLast(({ secretKey }) => secretKey === key);
  if (entry === undefined) {
    const all = secret.dataFrom.map(from => {
      return [valueAt(form, from.path), ofCopied(graph, secret, from, key)];
    });
    return ofExtracted(graph, secret, key) ?? JSON.stringify(all);
  }
  const { key: name, property, ...how } = mapAt(form, ...entry.path, 'remoteRef');
  return JSON.stringify([ofCopied(graph, secret, entry, entry.property) ?? [name, property], how]);
}

/** If one entry is fetched whole, a key is its property of that name, unless it has a dot, which leads further down. */
function ofExtracted(graph: SecretGraph, secret: ExternalSecret, key: string): string | undefined {
  const [from, ...others] = secret.dataFrom;
  if (from === undefined || others.length > 0 || !/^[\w-]+$/.test(key)) return undefined;
  const { extract, rewrite } = mapAt(formOf(secret.object), ...from.path);
  const { key: name, property, ...how } = mapAt(extract);
  if (name === undefined || property !== undefined || rewrite !== undefined) return undefined;
  return JSON.stringify([ofCopied(graph, secret, from, key) ?? [name, key], how]);
}

function ofCopied(
  graph: SecretGraph,
  { namespace }: ExternalSecret,
  entry: DataEntry | DataFromEntry,
  key: string | undefined,
): string | undefined {
  const name = 'key' in entry ? entry.key : entry.extract;
  const home = remoteOf(graph.find, namespace, entry.storeRef);
  if (name === undefined || home === undefined || key === undefined) return undefined;
  return graph.secrets.has(secretId(home, name)) ? valueSource(graph, home, name, key) : undefined;
}

/** What a template makes of its sources, however it names and reads them. One that Go cannot parse is compared as text. */
function templateSource(template: string, sourceOf: (key: string) => string): string {
  const pieces = templatePieces(template);
  if (pieces.some(piece => 'fault' in piece)) return template;
  const parts = pieces.map(piece =>
    'action' in piece ? actionParts(piece.action, sourceOf) : 'text' in piece ? [piece.text] : [],
  );
  const [only] = parts;
  return parts.length === 1 && only?.length === 1 ? String(only[0]) : JSON.stringify(parts);
}

function actionParts(tokens: readonly Token[], sourceOf: (key: string) => string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const read = keyAt(tokens, at);
    parts.push(read === undefined ? `${tokens[at]?.kind} ${tokens[at]?.text}` : sourceOf(read.key));
    at += read?.length ?? 1;
  }
  return parts;
}

function keyAt(tokens: readonly Token[], at: number) {
  const [first, second, third] = tokens.slice(at, at + 3);
  const isData = second?.kind === 'dot' || second?.text === '$';
  const isIndex = first?.kind === 'word' && first.text === 'index' && isData;
  if (isIndex && third?.kind === 'text') return { key: third.text, length: 3 };
  if (first?.text === '$' && second?.kind === 'field' && second.isJoined)
    return { key: second.text, length: 2 };
  return first?.kind === 'field' && !first.isJoined ? { key: first.text, length: 1 } : undefined;
}

/** Uses of stores and generators that are missing on head alone, and of stores whose conditions do not admit a namespace. */
export const storeFaults: (
  diff: Diff,
) => Readonly<Record<'missing' | 'refused', readonly RuleFault[]>> = oncePer(diff => {
  const messageOf = ({ message }: RuleFault): string => message;
  const missingStores = notOnBase(newFaults(diff, unknownStore), messageOf, () =>
    faultsOf(diff.base, unknownStore).map(messageOf),
  );
  return {
    missing: [...missingStores, ...newFaults(diff, unknownGenerator)],
    refused: newFaults(diff, storeConditions),
  };
});

/** The stores of the parts of an ExternalSecret's spec, by part. */
export function storeRefs(spec: JsonObject, path: Path): Map<string, StoreRef> {
  const { storeRef, data, dataFrom } = partsOf(spec, path);
  const refs = new Map([['spec', storeRef]]);
  for (const { secretKey, storeRef: ref } of data) refs.set(`data/${secretKey}`, ref);
  for (const [index, { generator, storeRef: ref }] of dataFrom.entries())
    if (generator === undefined) refs.set(`dataFrom/${index}`, ref);
  return new Map([...refs].flatMap(([part, ref]) => (ref === undefined ? [] : [[part, ref]])));
}
