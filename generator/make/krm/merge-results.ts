import { isMap, isSame, scalarText } from '../../ground/json.ts';
import { metadataOf } from './resource-list.ts';
import type { Result } from './results.ts';

/** What a function of ours found, and its name in a pipeline. */
export interface OwnResults {
  readonly maker: string;
  readonly found: readonly Result[];
}

/** Results of the function that has this functionConfig: each of ours in a pipeline has its own. */
export function ownResults(functionConfig: unknown, found: readonly Result[]): OwnResults {
  const kind = isMap(functionConfig) ? functionConfig['kind'] : undefined;
  const { namespace, name } = metadataOf(functionConfig);
  const parts = ['rem-secrets', ...[kind, namespace, name].map(scalarText)];
  return { maker: parts.filter(part => part !== '').join('/'), found };
}

/** What becomes of the results that a ResourceList brings when ours join them. */
export interface MergedResults {
  /** Ours, which come first, and those of other functions. */
  readonly all: readonly unknown[];
  /** Ours of this run, when no run before has left any. */
  readonly added: readonly Result[];
  /** Ours of a run before say something else, and go. */
  readonly isReplaced: boolean;
}

/**
 * Puts our results beside those of the functions before us. What this function said in an earlier
 * run is told by a tag, so that a second run over its own output changes nothing.
 */
export function mergeResults(
  results: readonly unknown[],
  { maker, found }: OwnResults,
): MergedResults {
  const ours = found.map(result => ({ ...result, tags: { ...result.tags, [TAG]: maker } }));
  const before = results.filter(result => tagOf(result) === maker);
  const others = results.filter(result => tagOf(result) !== maker);
  const isReplaced = before.length > 0 && !isSame(before, ours);
  return {
    all: before.length > 0 && !isReplaced ? results : [...ours, ...others],
    added: before.length > 0 ? [] : ours,
    isReplaced,
  };
}

const TAG = 'function';

function tagOf(result: unknown): unknown {
  const tags = isMap(result) ? result['tags'] : undefined;
  return isMap(tags) && Object.hasOwn(tags, TAG) ? tags[TAG] : undefined;
}
