import type { JsonObject } from '../ground/json.ts';
import { asJson } from '../ground/kube-object.ts';
import { plainName, shortHash } from '../ground/plain-name.ts';
import { coreNamespace } from '../kinds/core/namespace.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { Alternative } from './forms/form.ts';
import { given } from './forms/given.ts';
import { type Marks, marksLacking, withoutMarks } from './marks.ts';
import type { Wanted } from './wanted.ts';

/**
 * An object as it is, under `resources`: without the namespace that all have, and first without the labels
 * and the wave that all are given.
 */
export function resourceWays(
  placed: PlacedObject,
  wanted: Wanted,
  marks: Marks,
): readonly Alternative[] {
  const whole = placeless(placed, wanted);
  const bare = withoutMarks(whole, marks);
  const scope = placed.known === undefined && hasNoNamespace(placed) ? 'Cluster' : undefined;
  const lacking = marksLacking(placed, marks);
  const way = (name: string, object: JsonObject): Alternative => ({
    way: name,
    entry: given({ scope, omit: lacking, object }),
    covers: [placed],
  });
  return bare === whole ? [way('whole', whole)] : [way('bare', bare), way('whole', whole)];
}

function hasNoNamespace({ json }: PlacedObject): boolean {
  return json.metadata.namespace === undefined;
}

function placeless({ json }: PlacedObject, { namespace: home }: Wanted): JsonObject {
  const { name, namespace, ...rest } = json.metadata;
  const metadata = {
    name,
    ...(namespace !== home && namespace !== undefined && { namespace }),
    ...(rest as JsonObject),
  };
  return { ...asJson(json), metadata };
}

/** The name of an object's entry under `resources`, the same in all environments. */
export type ResourceName = (object: PlacedObject, wanted: Wanted) => string;

/** Kind and name; with the namespace, or a hash, where several objects would have that. */
export function resourceNames(all: readonly Wanted[]): ResourceName {
  const taken = new Map<string, string>();
  const names = new Map<string, string>();
  const objects = all.flatMap(wanted => wanted.objects.map(object => ({ object, wanted })));
  for (const { object, wanted } of objects) {
    const id = relativeId(object, wanted);
    if (names.has(id)) continue;
    const name = candidates(object, id).find(one => !taken.has(one)) ?? id;
    taken.set(name, id);
    names.set(id, name);
  }
  return (object, wanted) => names.get(relativeId(object, wanted)) ?? '';
}

/** What makes objects of two environments one: their namespaces may differ. */
function relativeId(object: PlacedObject, wanted: Wanted): string {
  const { group, kind, namespace, name } = object;
  if (isHome(object, wanted)) return kind;
  return [group, kind, namespace === wanted.namespace ? '' : namespace, name].join('/');
}

/** The environment's own Namespace, whatever its name. */
function isHome({ known, name }: PlacedObject, { namespace }: Wanted): boolean {
  return known === coreNamespace && name === namespace;
}

function candidates({ kind, name, namespace }: PlacedObject, id: string): string[] {
  if (id === kind) return [kind.toLowerCase()];
  return [
    `${kind}-${name}`,
    `${kind}-${namespace}-${name}`,
    `${kind}-${name}-${shortHash(id)}`,
  ].map(legal);
}

/** Dots stay, with a plain name on both sides. */
function legal(name: string): string {
  const parts = name.split('.').map(plainName);
  return parts
    .filter(part => part !== '')
    .join('.')
    .slice(0, 200)
    .replace(/[-.]$/, '');
}
