import type { Path, Related } from '../core/finding.ts';
import { groupBy, isMap, type JsonObject, mapAt, mapsAt, textAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { parseTemplate, type Template } from '../core/template/parse.ts';
import { templateReads } from '../core/template/reads.ts';
import { hasReloadLabel } from '../kinds/cnpg/group.ts';
import { configMap } from '../kinds/core/secret.ts';
import type { ExternalSecret, WrittenSecret } from '../kinds/eso/external-secret-spec.ts';
import { type SecretEntry, withKeys } from '../kinds/eso/external-secret-spec.ts';
import { type GeneratorRef, generatorOf } from '../kinds/eso/generators.ts';
import { type Find, type ObjectField, type PlacedObject, specOf } from '../kinds/kind.ts';
import { frozenReads, isLasting, type Pod } from '../kinds/pods.ts';
import { isReloadedAnyway, isWatched } from '../kinds/reloader.ts';
import type { GrowingNode, Maker, Reader, SecretGraph, SecretNode } from './secret-graph.ts';
import { addMaker, externalSecretMakers, remoteOf, secretId } from './secret-graph.ts';

/** Says whether a password may hold characters that mean something in a URL. */
export interface PasswordOrigin {
  /** The password is a key of a Secret. */
  readonly ofSecret: (namespace: string, secret: string, key: string) => boolean;
  /** The password is what an ExternalSecret fetches for a key, before its template. */
  readonly ofFetched: (secret: ExternalSecret, key: string) => boolean;
}

const MOST_COPIES = 5;

/** Answers whether a password may need escaping in a URL. CNPG's (docs/facts/cnpg.md#made-passwords) and UUIDs do not; those of stores, people and generators may; a Secret that is not in the set counts as safe. */
export function passwordOrigin(graph: SecretGraph): PasswordOrigin {
  const { find, secrets } = graph;
  const sources = new Map(
    graph.externalSecrets.map(made => [makerId(made.object, made.namespace, made.target), made]),
  );

  const ofSecret = (namespace: string, name: string, key: string, copies = 0): boolean => {
    const makers = secrets.get(secretId(namespace, name))?.makers ?? [];
    return makers.some(
      maker => (maker.isOpen || maker.keys.has(key)) && ofMaker(maker, key, copies),
    );
  };

  const ofMaker = ({ object, namespace, secret }: Maker, key: string, copies: number): boolean => {
    if (object.knownKind?.secrets?.mayHoldSymbols?.(object)) return true;
    const source = sources.get(makerId(object, namespace, secret));
    if (source === undefined || copies >= MOST_COPIES) return false;
    const template = textAt(source.spec, 'target', 'template', 'data', key);
    const fetched = template === undefined ? key : keyAsItIs(template);
    return fetched !== undefined && ofFetched(source, fetched, copies + 1);
  };

  const ofFetched = (secret: ExternalSecret, key: string, copies = 0): boolean => {
    const { data, dataFrom, namespace } = secret;
    const entry = data.find(({ secretKey }) => secretKey === key);
    if (entry !== undefined) {
      const remote = remoteOf(find, namespace, entry.storeRef);
      if (remote === undefined) return true;
      return entry.property !== undefined && ofSecret(remote, entry.key, entry.property, copies);
    }
    return dataFrom.some(({ extract, generator, storeRef }) => {
      if (generator !== undefined) {
        const object = generatorOf(find, generator, namespace);
        return object?.knownKind?.secrets?.mayHoldSymbols?.(object) ?? false;
      }
      const remote = remoteOf(find, namespace, storeRef);
      if (remote === undefined) return true;
      return extract !== undefined && ofSecret(remote, extract, key, copies);
    });
  };

  return { ofSecret, ofFetched };
}

function makerId({ kind, name }: PlacedObject, namespace: string, target: string): string {
  return `${kind}/${name}/${secretId(namespace, target)}`;
}

function keyAsItIs(template: string): string | undefined {
  const { nodes } = parseTemplate(template);
  const [node, ...others] = nodes;
  const { reads } = templateReads(nodes);
  const isPlain = node?.kind === 'action' && node.pipeline.commands.length === 1;
  return isPlain && others.length === 0 && reads.length === 1 ? reads[0]?.key : undefined;
}

/** How a reader gets a changed value; `never`: only when somebody restarts it. */
export type Pickup = 'reloader' | 'files' | 'next run' | 'reload label' | 'at use' | 'never';

/** How one object, with these reads, gets a changed Secret. */
export function pickups(
  graph: SecretGraph,
): (reads: readonly Reader[], node: SecretNode) => Pickup {
  const pods = new Map(graph.pods.map(pod => [pod.object, pod]));
  const external = new Map(graph.externalSecrets.map(secret => [secret.object, secret]));
  const isReloading = isReloadedAnyway(graph.pods);
  return (reads, node) => {
    if (reads.some(({ how }) => how === 'cnpg')) {
      const [maker] = node.makers;
      const isReloaded = maker && isReloadedByCnpg(maker, external.get(maker.object));
      return isReloaded ? 'reload label' : 'never';
    }
    const kept = reads.filter(({ how }) => how !== 'pull');
    const pod = kept[0] && pods.get(kept[0].object);
    return pod === undefined ? 'at use' : pickupOfPod(pod, kept, node.name, isReloading);
  };
}

function pickupOfPod(pod: Pod, reads: readonly Reader[], secret: string, isReloading: boolean) {
  if (!isLasting(pod)) return 'next run';
  if (isReloading || isWatched(pod, secret)) return 'reloader';
  if (frozenReads(pod).some(read => read.secret === secret)) return 'never';
  return reads.every(({ how }) => how === 'volume' || how === 'projected') ? 'files' : 'at use';
}

/** CNPG reloads a labelled Secret (docs/facts/cnpg.md#reload-label). */
function isReloadedByCnpg(maker: Maker, secret?: ExternalSecret): boolean {
  return hasReloadLabel(labelsMade(maker.object, secret));
}

/** The labels of a Secret: without a template an ExternalSecret gives it its own (docs/facts/eso.md#labels-of-the-secret). */
export function labelsMade(maker: PlacedObject, secret?: ExternalSecret): JsonObject {
  const { template } = mapAt(secret?.spec, 'target');
  return mapAt(isMap(template) ? template : maker.json, 'metadata', 'labels');
}

/** Gives ExternalSecrets their keys, copied ones first; in a circle they are unknown. `made`: Secrets of other makers. */
export function resolveKeys(
  written: readonly WrittenSecret[],
  find: Find,
  made: ReadonlyMap<string, SecretNode>,
): ExternalSecret[] {
  const taking = written.filter(({ dataFrom }) => dataFrom.length > 0);
  const sourcesOf = (secret: WrittenSecret): string[] =>
    secret.dataFrom.flatMap(entry => sourceOf(entry, secret, find) ?? []);
  const sources = new Map(taking.map(secret => [secret, sourcesOf(secret)]));
  const copied = new Set([...sources.values()].flat());
  const byId = new Map<string, GrowingNode>(
    [...made]
      .filter(([id]) => copied.has(id))
      .map(([id, node]) => [id, { ...node, makers: [...node.makers] }]),
  );
  const resolved = new Map<WrittenSecret, ExternalSecret>();
  const { ordered, circular } = copyOrder(written, sources);
  const unknown = new Set(circular.filter(isMaking).map(targetOf));
  const keysOf = (source: string | undefined): ReadonlySet<string> | undefined => {
    const node = source === undefined || unknown.has(source) ? undefined : byId.get(source);
    return node?.isOpen === false ? node.keys : undefined;
  };
  for (const secret of [...ordered, ...circular]) {
    const full = withKeys(secret, entry =>
      entry.generator === undefined
        ? keysOf(sourceOf(entry, secret, find))
        : generatedKeys(entry.generator, secret, find),
    );
    resolved.set(secret, full);
    if (!copied.has(targetOf(secret))) continue;
    for (const maker of externalSecretMakers(full)) addMaker(byId, maker);
  }
  return written.flatMap(secret => resolved.get(secret) ?? []);
}

function copyOrder(written: readonly WrittenSecret[], sources: Map<WrittenSecret, string[]>) {
  const unmade = counted(written.filter(isMaking).map(targetOf));
  const needs = (secret: WrittenSecret): readonly string[] =>
    [...new Set(sources.get(secret))].filter(id => unmade.has(id));
  const copies = written.flatMap(copier => needs(copier).map(id => ({ copier, id })));
  const copiers = groupBy(copies, ({ id }) => id);
  const needed = counted(copies.map(({ copier }) => copier));
  const ordered = written.filter(secret => !needed.has(secret));
  for (const secret of ordered) {
    if (!isMaking(secret) || !isLast(unmade, targetOf(secret))) continue;
    for (const { copier } of copiers.get(targetOf(secret)) ?? [])
      if (isLast(needed, copier)) ordered.push(copier);
  }
  const done = new Set(ordered);
  return { ordered, circular: written.filter(secret => !done.has(secret)) };
}

function counted<T>(things: readonly T[]): Map<T, number> {
  return new Map([...groupBy(things, thing => thing)].map(([thing, all]) => [thing, all.length]));
}

function isLast<T>(counts: Map<T, number>, thing: T): boolean {
  const left = (counts.get(thing) ?? 0) - 1;
  counts.set(thing, left);
  return left === 0;
}

function generatedKeys(ref: GeneratorRef, { namespace }: WrittenSecret, find: Find) {
  const generator = generatorOf(find, ref, namespace);
  return generator?.knownKind?.secrets?.generatedKeys?.(specOf(generator));
}

function isMaking({ creationPolicy }: WrittenSecret): boolean {
  return creationPolicy !== 'None';
}

function targetOf({ namespace, target }: WrittenSecret): string {
  return secretId(namespace, target);
}

/** The Secret that an entry copies whole: with no property, nor metadataPolicy Fetch (kubernetes/client.go). */
function sourceOf({ ref, storeRef }: SecretEntry, { namespace }: WrittenSecret, find: Find) {
  const { property = '', metadataPolicy } = ref?.map ?? {};
  if (ref === undefined || property !== '' || metadataPolicy === 'Fetch') return undefined;
  const remote = remoteOf(find, namespace, storeRef);
  return remote === undefined ? undefined : secretId(remote, ref.key);
}

/** A template of an ExternalSecret: in its spec, or in a ConfigMap that its spec names. */
export interface SecretTemplate extends ObjectField {
  readonly secret: ExternalSecret;
  readonly text: string;
  readonly parsed: Template;
  readonly source?: Related<ObjectField>;
}

/** All templates whose text is in the set. Templates in Secrets are values, which are not read. */
export const templates: (graph: SecretGraph) => readonly SecretTemplate[] = oncePer(graph =>
  graph.specs.flatMap(secret => [...specTemplates(secret), ...configMapTemplates(secret, graph)]),
);

/** The place of a template in its ExternalSecret, with the ConfigMap that it stands in. */
export function templateField({ path, source }: SecretTemplate): Pick<ObjectField, 'path'> & {
  readonly related?: readonly Related<ObjectField>[];
} {
  return { path, ...(source !== undefined && { related: [source] }) };
}

const TEMPLATE_FIELDS = [['data'], ['metadata', 'labels'], ['metadata', 'annotations']] as const;

/** ESO renders data, labels and annotations, and texts under templateFrom. */
function specTemplates(secret: ExternalSecret): SecretTemplate[] {
  const path = [...secret.path, 'target', 'template'];
  const template = mapAt(secret.spec, 'target', 'template');
  const fields = TEMPLATE_FIELDS.flatMap(place => {
    const entries = Object.entries(mapAt(template, ...place));
    return entries.map(([key, text]) => ({ text, path: [...path, ...place, key] }));
  });
  const literals = mapsAt(template, path, 'templateFrom').map(({ map, path: at }) => ({
    text: textAt(map, 'literal'),
    path: [...at, 'literal'],
  }));
  const { object } = secret;
  return [...fields, ...literals].flatMap(({ text, path: at }) =>
    typeof text === 'string' && text.includes('{{')
      ? [{ secret, object, text, parsed: parseTemplate(text), path: at }]
      : [],
  );
}

function configMapTemplates(secret: ExternalSecret, { find }: SecretGraph): SecretTemplate[] {
  return templateFiles(secret).flatMap(({ kind, name, key, path }): SecretTemplate[] => {
    const map = kind === 'ConfigMap' ? find(configMap, secret.namespace, name) : undefined;
    const text = textAt(map?.json, 'data', key);
    if (map === undefined || text === undefined) return [];
    const source = { object: map, path: ['data', key], note: 'the template stands here' };
    return [{ secret, object: secret.object, text, parsed: parseTemplate(text), path, source }];
  });
}

/** A key of a ConfigMap or Secret that `templateFrom` names. */
export interface TemplateFile {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  readonly key: string;
  readonly path: Path;
  readonly namePath: Path;
}

const FILE_SOURCES = { configMap: 'ConfigMap', secret: 'Secret' } as const;

export function templateFiles({ spec, path }: ExternalSecret): TemplateFile[] {
  return mapsAt(spec, path, 'target', 'template', 'templateFrom').flatMap(({ map, path: at }) =>
    Object.entries(FILE_SOURCES).flatMap(([field, kind]) => {
      const name = textAt(map, field, 'name');
      return mapsAt(map, at, field, 'items').flatMap((item): TemplateFile[] => {
        const key = textAt(item.map, 'key');
        if (name === undefined || key === undefined) return [];
        return [{ kind, name, key, path: [...item.path, 'key'], namePath: [...at, field, 'name'] }];
      });
    }),
  );
}

/** Secrets that hold templates are read as well. */
export function templateReaders(secret: ExternalSecret): Reader[] {
  const { object, namespace } = secret;
  const base = { object, namespace, isOptional: false, how: 'store' } as const;
  return templateFiles(secret).flatMap(({ kind, name, key, path, namePath }) =>
    kind === 'Secret' ? [{ ...base, secret: name, key, path: namePath, keyPath: path }] : [],
  );
}
