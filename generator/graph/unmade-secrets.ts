import type { Path } from '../ground/finding.ts';
import { calledOf, type Item } from '../kinds/kind.ts';
import { type SecretGraph, secretId } from './secret-graph.ts';

/** Why a Secret is not there: what to do, and what was meant to make it or makes it elsewhere. */
export interface Reason {
  readonly hint: string;
  readonly related: readonly { readonly item: Item; readonly path: Path; readonly note: string }[];
  /** The maker or the reader, when it has no namespace and so misses the other. */
  readonly stray?: Item;
}

/** Secrets that one would expect of an object, and why it does not make them. */
export function unmadeSecrets(graph: SecretGraph): Map<string, Reason> {
  const unmade = new Map<string, Reason>();
  for (const item of graph.items)
    for (const { secret, hint, path } of item.known?.omits?.(item) ?? [])
      unmade.set(secretId(item.namespace, secret), {
        hint,
        related: [{ item, path, note: `${calledOf(item)} "${item.name}"` }],
      });
  for (const { item, namespace, target, creationPolicy, path } of graph.externalSecrets) {
    if (creationPolicy !== 'None' && target !== item.name)
      unmade.set(secretId(namespace, item.name), {
        hint: `${item.kind} "${item.name}" makes a Secret of another name: read "${target}".`,
        related: [{ item, path: [...path, 'target', 'name'], note: 'the name of the Secret' }],
      });
  }
  return unmade;
}
