import type { JsonObject } from '../ground/json.ts';
import { asJson } from '../ground/kube-object.ts';
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
