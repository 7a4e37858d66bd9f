import type { JsonObject } from '../ground/json.ts';
import { asJson } from '../ground/kube-object.ts';
import type { Item } from '../kinds/kind.ts';
import type { Alternative } from './forms/form.ts';
import { given } from './forms/given.ts';
import { type Marks, marksLacking, withoutMarks } from './marks.ts';
import type { Wanted } from './wanted.ts';

/**
 * An object as it is, under `resources`: without the namespace that all have, and first without the labels
 * and the wave that all are given.
 */
export function resourceWays(item: Item, wanted: Wanted, marks: Marks): readonly Alternative[] {
  const whole = placeless(item, wanted);
  const bare = withoutMarks(whole, marks);
  const scope = item.known === undefined && hasNoNamespace(item) ? 'Cluster' : undefined;
  const lacking = marksLacking(item, marks);
  const way = (name: string, object: JsonObject): Alternative => ({
    way: name,
    entry: given({ scope, omit: lacking, object }),
    covers: [item],
  });
  return bare === whole ? [way('whole', whole)] : [way('bare', bare), way('whole', whole)];
}

function hasNoNamespace({ object }: Item): boolean {
  return object.metadata.namespace === undefined;
}

function placeless({ object }: Item, { namespace: home }: Wanted): JsonObject {
  const { name, namespace, ...rest } = object.metadata;
  const metadata = {
    name,
    ...(namespace !== home && namespace !== undefined && { namespace }),
    ...(rest as JsonObject),
  };
  return { ...asJson(object), metadata };
}
