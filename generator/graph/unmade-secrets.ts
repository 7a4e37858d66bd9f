import type { Path } from '../ground/finding.ts';
import { calledOf, type PlacedObject } from '../kinds/kind.ts';
import { type SecretGraph, secretId } from './secret-graph.ts';

/** Why a Secret is not there: what to do, and what was meant to make it or makes it elsewhere. */
export interface Reason {
  readonly hint: string;
  readonly related: readonly {
    readonly object: PlacedObject;
    readonly path: Path;
    readonly note: string;
  }[];
  /** The maker or the reader, when it has no namespace and so misses the other. */
  readonly stray?: PlacedObject;
}

/** Secrets that one would expect of an object, and why it does not make them. */
export function unmadeSecrets(graph: SecretGraph): Map<string, Reason> {
  const unmade = new Map<string, Reason>();
  for (const object of graph.objects)
    for (const { secret, hint, path } of object.known?.omits?.(object) ?? [])
      unmade.set(secretId(object.namespace, secret), {
        hint,
        related: [{ object, path, note: `${calledOf(object)} "${object.name}"` }],
      });
  for (const { object, namespace, target, creationPolicy, path } of graph.externalSecrets) {
    if (creationPolicy !== 'None' && target !== object.name)
      unmade.set(secretId(namespace, object.name), {
        hint: `${object.kind} "${object.name}" makes a Secret of another name: read "${target}".`,
        related: [{ object, path: [...path, 'target', 'name'], note: 'the name of the Secret' }],
      });
  }
  return unmade;
}
