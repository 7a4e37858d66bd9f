import { objectIdentity } from '../../../graph/graph-of.ts';
import { missingKeys } from '../../../graph/missing-keys.ts';
import { findSecret, type Reader, type SecretGraph } from '../../../graph/secret-graph.ts';
import type { Path } from '../../../ground/finding.ts';
import { isMap, listAt, textAt } from '../../../ground/json.ts';
import { knownNames } from '../../../ground/suggest.ts';
import { LOGIN_KEYS } from '../../../kinds/core/secret.ts';
import { pushSecret } from '../../../kinds/eso/push-secret.ts';
import { type PlacedObject, specOf } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { formerRead, partnersOf } from '../../changes/former.ts';
import { type MissingVariable, missingVariableId, missingVariables } from './missing-variables.ts';
import { movedByStore } from './moved-by-store.ts';
import { isOwn } from './reads.ts';

/** A read of a key that its Secret has not, and that the reader cannot do without. */
export interface MissedRead {
  readonly object: PlacedObject;
  readonly path: Path;
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly hint: string;
}

/**
 * The reads that miss their key on head and do not on base. A variable of envFrom is only missing;
 * it counts where something expands it: `$(NAME)` (docs/facts/kubernetes.md#variables), or
 * `${env:NAME}` of a collector (docs/facts/opentelemetry.md#variables).
 */
export function newlyMissing(comparison: Comparison): MissedRead[] {
  const { base, head } = comparison;
  const isTold = isOwn(comparison);
  const isMoved = movedByStore(comparison);
  const partners = partnersOf(comparison);
  const found = namedReads(head).filter(isTold);
  const before = new Set(found.length === 0 ? [] : namedReads(base).map(keyOf));
  const expanded = missingVariables(head).filter(({ container }) => isTold(container));
  const known = new Set(expanded.length === 0 ? [] : missingVariables(base).map(missingVariableId));
  return [
    ...found.filter(read => !before.has(keyOf(formerRead(read, partners))) && !isMoved(read)),
    ...expanded
      .filter(variable => !known.has(missingVariableId(variable)))
      .flatMap(variable => missedKey(base, variable)),
  ];
}

/**
 * The key that a variable misses, in a Secret that its container takes whole: the one that had it
 * on base, else the first. A container that takes none misses no key.
 */
function missedKey(base: SecretGraph, variable: MissingVariable): MissedRead[] {
  const { container, path, name, known } = variable;
  const { object, envFrom } = container;
  const { namespace } = object;
  const sources = envFrom.flatMap(({ secret, prefix }) =>
    secret === undefined
      ? []
      : [{ secret, key: name.startsWith(prefix) ? name.slice(prefix.length) : name }],
  );
  const source =
    sources.find(({ secret, key }) => findSecret(base, namespace, secret)?.keys.has(key)) ??
    sources[0];
  if (source === undefined) return [];
  return [{ object, path, namespace, ...source, hint: knownNames('variables', name, known()) }];
}

function namedReads(graph: SecretGraph): MissedRead[] {
  const missing = missingKeys(graph).flatMap(({ isOptional, keys, hint, ...read }) => {
    const { object, path, namespace, secret } = read;
    return isOptional ? [] : keys.map(key => ({ object, path, namespace, secret, key, hint }));
  });
  return [
    ...missing,
    ...graph.readers.filter(({ how }) => how === 'pull').flatMap(read => pulledKey(graph, read)),
    ...graph.byKind(pushSecret).flatMap(object => pushedKeys(graph, object)),
  ];
}

/** The kubelet looks for a login in one of two keys (kubernetes.io, "Pull an Image"). */
function pulledKey(graph: SecretGraph, { object, path, namespace, secret }: Reader): MissedRead[] {
  const node = findSecret(graph, namespace, secret);
  if (node === undefined || node.isOpen) return [];
  const [key = '', ...older] = LOGIN_KEYS.values();
  if ([key, ...older].some(each => node.keys.has(each))) return [];
  const hint = knownNames(`keys of "${secret}"`, key, node.keys);
  return [{ object, path, namespace, secret, key, hint }];
}

/** The keys that a PushSecret pushes by name; a template may make others. */
function pushedKeys(graph: SecretGraph, object: PlacedObject): MissedRead[] {
  const { namespace } = object;
  const secret = textAt(specOf(object), 'selector', 'secret', 'name');
  const node = secret === undefined ? undefined : findSecret(graph, namespace, secret);
  if (node === undefined || node.isOpen || isMap(specOf(object)['template'] ?? null)) return [];
  return listAt(specOf(object), 'data').flatMap((entry, index): MissedRead[] => {
    const key = textAt(entry, 'match', 'secretKey');
    const isRenamed = (textAt(entry, 'conversionStrategy') ?? 'None') !== 'None';
    if (key === undefined || isRenamed || node.keys.has(key)) return [];
    const path = ['spec', 'data', index, 'match', 'secretKey'];
    const hint = knownNames(`keys of "${node.name}"`, key, node.keys);
    return [{ object, path, namespace, secret: node.name, key, hint }];
  });
}

function keyOf({ object, namespace, secret, key }: MissedRead): string {
  return JSON.stringify([objectIdentity(object), namespace, secret, key]);
}
