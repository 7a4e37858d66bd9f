import type { Path } from '../ground/finding.ts';
import { valueAt } from '../ground/json.ts';
import type { KubeObject } from '../ground/kube-object.ts';

/** The keys of a Secret. An open set may hold more than those named. */
export interface KeySet {
  readonly keys: ReadonlySet<string>;
  readonly isOpen: boolean;
}

/** A Secret that an object makes, or some keys of it. */
export interface Made extends KeySet {
  readonly secret: string;
  /** Where it is not in the object's own namespace. */
  readonly namespace?: string;
  /** The field that names the Secret, from the object. */
  readonly path: Path;
  readonly type?: string;
  /** Adds keys to a Secret that something else makes. */
  readonly isMerging?: true;
  /** Makes the Secret where there is none, and leaves to others what they make of it. */
  readonly isShared?: true;
  /** Made for the maker itself: of no interest unless something else reads it. */
  readonly isInternal?: true;
}

/** A Secret that an object does not make, though its like do. */
export interface Omitted {
  readonly secret: string;
  /** What to do. */
  readonly hint: string;
  /** The field that is the reason. */
  readonly path: Path;
}

/** A read of a Secret, of one key or of all. */
export interface Read {
  readonly secret: string;
  /** Where it is not in the object's own namespace. */
  readonly namespace?: string;
  readonly key?: string;
  /** The field with the name, and the one with the key, from the object. */
  readonly path: Path;
  readonly keyPath?: Path;
  readonly isOptional: boolean;
  readonly how: How;
  /** In a namespace that no manifest tells: one of that name is meant, wherever it is. */
  readonly isAnywhere?: true;
  /** Keys that the reader looks for without naming them. */
  readonly needs?: readonly string[];
  /** What reads the key is not known, and may pass over it: the chart of a value. */
  readonly mayPassOver?: true;
  /** The field says that the Secret is there before: the reader's own release does not make it. */
  readonly isGiven?: true;
}

/** `ref`: a field of an operator's object. */
export type How =
  | 'env'
  | 'envFrom'
  | 'volume'
  | 'projected'
  | 'csi'
  | 'pull'
  | 'tls'
  | 'cnpg'
  | 'eso'
  | 'store'
  | 'keda'
  | 'helm'
  | 'ref';

type More = Omit<Partial<Made>, 'secret' | 'keys'>;

/** A Secret that is named after the object that makes it, with all of its keys. */
export function namedAfter(secret: string, keys: Iterable<string>, more: More = {}): Made {
  return { secret, path: ['metadata', 'name'], keys: new Set(keys), isOpen: false, ...more };
}

/** The Secret that a field names, if it names one, with the keys that are known to be all or `isOpen`. */
export function madeAt(
  { json }: { readonly json: KubeObject },
  path: Path,
  keys: Iterable<string>,
  more: More = {},
): Made[] {
  const secret = valueAt(json, path);
  if (typeof secret !== 'string' || secret === '') return [];
  return [namedAfter(secret, keys, { ...more, path })];
}
