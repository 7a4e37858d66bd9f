import { isMap, isSame, type Json, type JsonObject } from '../../ground/json.ts';
import type { WantedSource } from './wanted.ts';

/** Sources of variables, and which of them are ours. */
export interface InjectedSources {
  readonly list: readonly Json[];
  readonly ours: readonly JsonObject[];
}

/**
 * The sources without those that are recorded as ours, and with those that are wanted, at either end. One that
 * is there already is not ours.
 */
export function envFromAfter(
  list: readonly Json[],
  recorded: readonly JsonObject[],
  wanted: readonly WantedSource[],
): InjectedSources {
  const others = withoutOnce(list, recorded);
  const fresh: WantedSource[] = [];
  for (const one of wanted)
    if (![...others, ...fresh.map(({ source }) => source)].some(has => isSame(has, one.source)))
      fresh.push(one);
  const at = (isFirst: boolean): JsonObject[] =>
    fresh.filter(one => one.isFirst === isFirst).map(({ source }) => source);
  return { list: [...at(true), ...others, ...at(false)], ours: fresh.map(({ source }) => source) };
}

/** Without one of each. */
function withoutOnce(list: readonly Json[], gone: readonly JsonObject[]): readonly Json[] {
  const left = [...gone];
  return list.filter(entry => {
    const index = isMap(entry) ? left.findIndex(one => isSame(one, entry)) : -1;
    if (index < 0) return true;
    left.splice(index, 1);
    return false;
  });
}
