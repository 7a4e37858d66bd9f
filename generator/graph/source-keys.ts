import { groupBy } from '../ground/group-by.ts';
import { mapAt } from '../ground/json.ts';
import { withKeys } from '../kinds/eso/external-secret-keys.ts';
import type {
  DataFromEntry,
  ExternalSecret,
  WrittenSecret,
} from '../kinds/eso/external-secret-spec.ts';
import { generatorKind } from '../kinds/eso/generators.ts';
import { specOf } from '../kinds/kind.ts';
import { externalSecretMakers } from './makers-and-readers.ts';
import {
  addMaker,
  type GrowingNode,
  type SecretGraph,
  type SecretNode,
  secretId,
} from './secret-graph.ts';
import { remoteOf } from './stores.ts';

type Find = SecretGraph['find'];

/**
 * Gives ExternalSecrets their keys. One that extracts a Secret through a kubernetes store has the
 * keys of that Secret, so what makes it goes first, wherever it is written; of what is copied in a
 * circle the keys are not known. `made` holds what other objects make.
 */
export function resolveKeys(
  written: readonly WrittenSecret[],
  find: Find,
  made: ReadonlyMap<string, SecretNode>,
): ExternalSecret[] {
  const taking = written.filter(({ dataFrom }) => dataFrom.length > 0);
  const sources = new Map(taking.map(secret => [secret, sourcesOf(secret, find)]));
  const copied = new Set([...sources.values()].flat());
  if (copied.size === 0) return written.map(secret => withOwnKeys(secret, find));
  const known = new Map([...made].map(([id, node]) => [id, grown(node)]));
  const resolved = new Map<WrittenSecret, ExternalSecret>();
  const { ordered, circular } = copyOrder(written, sources);
  const unknown = new Set(circular.filter(isMaking).map(targetOf));
  const keysOf = (source: string | undefined): ReadonlySet<string> | undefined => {
    const node = source === undefined || unknown.has(source) ? undefined : known.get(source);
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
    for (const maker of externalSecretMakers(full)) addMaker(known, maker);
  }
  return written.flatMap(secret => resolved.get(secret) ?? []);
}

/** The keys of one that copies no Secret of this cluster. */
function withOwnKeys(secret: WrittenSecret, find: Find): ExternalSecret {
  return withKeys(secret, ({ generator }) => generator && generatedKeys(generator, secret, find));
}

/** A node that grows apart from the one it begins as. */
function grown({ namespace, name, makers, keys, isOpen }: SecretNode): GrowingNode {
  return { namespace, name, makers: [...makers], keys, isOpen };
}

/** Each after those whose Secret it copies; `circular` wait for each other. */
function copyOrder(
  written: readonly WrittenSecret[],
  sources: ReadonlyMap<WrittenSecret, readonly string[]>,
): Readonly<Record<'ordered' | 'circular', readonly WrittenSecret[]>> {
  const unmade = counted(written.filter(isMaking).map(targetOf));
  const needs = (secret: WrittenSecret): readonly string[] =>
    [...new Set(sources.get(secret))].filter(id => unmade.has(id));
  const copies = written.flatMap(copier => needs(copier).map(id => ({ copier, id })));
  const copiers = groupBy(copies, ({ id }) => id);
  const needed = counted(copies.map(({ copier }) => copier));
  const ordered = written.filter(secret => !needed.has(secret));
  // It grows while it is gone through.
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

/** Counts one down, and tells whether it was the last. */
function isLast<T>(counts: Map<T, number>, thing: T): boolean {
  const left = (counts.get(thing) ?? 0) - 1;
  counts.set(thing, left);
  return left === 0;
}

/** Of a generator that is not in the set the keys are not known: it may name its own. */
function generatedKeys(
  { kind, name }: NonNullable<DataFromEntry['generator']>,
  { namespace }: WrittenSecret,
  find: Find,
): readonly string[] | undefined {
  const known = generatorKind(kind);
  const generator = known && find(known, namespace, name);
  return generator && known.generates?.(specOf(generator));
}

function isMaking({ creationPolicy }: WrittenSecret): boolean {
  return creationPolicy !== 'None';
}

function targetOf({ namespace, target }: WrittenSecret): string {
  return secretId(namespace, target);
}

/** The Secrets of this cluster that an ExternalSecret copies whole. */
function sourcesOf(secret: WrittenSecret, find: Find): string[] {
  return secret.dataFrom.flatMap(entry => sourceOf(entry, secret, find) ?? []);
}

/** With a property ESO takes apart one value, and metadata are others (kubernetes/client.go). */
function sourceOf(
  { extract, storeRef, spec }: DataFromEntry,
  { namespace }: WrittenSecret,
  find: Find,
): string | undefined {
  const { property = '', metadataPolicy } = mapAt(spec, 'extract');
  const isWhole = property === '' && metadataPolicy !== 'Fetch';
  if (extract === undefined || !isWhole) return undefined;
  const remote = remoteOf(find, storeRef, namespace);
  return remote === undefined ? undefined : secretId(remote, extract);
}
