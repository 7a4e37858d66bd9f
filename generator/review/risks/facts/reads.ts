import type { Reader, SecretGraph } from '../../../graph/secret-graph.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';

/** The reads of a Secret. */
export function readsOf({ readers }: SecretGraph, namespace: string, secret: string): Reader[] {
  return readers.filter(reader => reader.namespace === namespace && reader.secret === secret);
}

/** The reads of a Secret by others than an object, which cannot do without it. */
export function needsOf(
  graph: SecretGraph,
  namespace: string,
  secret: string,
  except: PlacedObject,
): Reader[] {
  return readsOf(graph, namespace, secret).filter(
    ({ isOptional, object }) => !isOptional && object !== except,
  );
}

/** Whether an object is one of the compared environment, and not one around it. */
export function isOwn({ own }: Comparison): (place: { readonly object: PlacedObject }) => boolean {
  return ({ object }) => own.has(object);
}
