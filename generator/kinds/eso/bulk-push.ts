import { goRegexp } from '#go-regexp';
import { type JsonObject, listAt, textAt } from '../../core/json.ts';
import type { KeySet } from '../kind.ts';
import { resultKeys, rewrittenKeys } from './external-secret-spec.ts';

/** One name that an entry of `dataTo` writes, and the keys of the Secret that it holds. */
export interface BulkName {
  readonly remoteKey: string;
  /** Undefined: not known, as of a bundle of a Secret that is not known. */
  readonly secretKeys?: readonly string[];
}

/** The keys of the Secret that is pushed and of the template over it (docs/facts/eso.md#pushed-secrets). */
export function pushedKeySet(source: KeySet | undefined, template: JsonObject): KeySet {
  const made = resultKeys(template, { keys: new Set(), isOpen: false });
  const keys = new Set([...(source?.keys ?? []), ...made.keys]);
  return { keys, isOpen: source === undefined || source.isOpen || made.isOpen };
}

/**
 * The names that an entry of `dataTo` writes (docs/facts/eso.md#bulk-pushes): one for all keys
 * together with `remoteKey`, else one for each key that `match` fits and no entry of `data` has;
 * undefined where the keys, or what becomes of them, are not known.
 */
export function bulkNames(
  entry: unknown,
  { keys, isOpen }: KeySet,
  spec: unknown,
): readonly BulkName[] | undefined {
  const bundle = textAt(entry, 'remoteKey') ?? '';
  const matched = isOpen ? undefined : matchedKeys(entry, keys);
  if (bundle !== '') return [{ remoteKey: bundle, ...(matched && { secretKeys: matched }) }];
  const own = new Set(
    listAt(spec, 'data').flatMap(other => textAt(other, 'match', 'secretKey') ?? []),
  );
  const pushed = matched?.filter(key => !own.has(key));
  const renamed = rewrittenKeys(pushed, listAt(entry, 'rewrite'));
  // An empty name fails the push; without it the other names cannot be matched with their keys.
  if (pushed === undefined || renamed?.length !== pushed.length) return undefined;
  return renamed.map((remoteKey, index) => ({ remoteKey, secretKeys: [pushed[index] ?? ''] }));
}

/** The keys that an expression matches; undefined: ReverseUnicode changes keys with `_U` before that. */
function matchedKeys(entry: unknown, keys: ReadonlySet<string>): string[] | undefined {
  const all = [...keys].sort();
  const isConverted = textAt(entry, 'conversionStrategy') === 'ReverseUnicode';
  if (isConverted && all.some(key => key.includes('_U'))) return undefined;
  const regexp = textAt(entry, 'match', 'regexp') ?? '';
  if (regexp === '') return all;
  const matches = goRegexp(regexp);
  return matches && all.filter(key => matches(key).length > 0);
}
