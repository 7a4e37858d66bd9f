import { goRegexp } from '#go-regexp';
import type { GoMatch } from '../../ground/go-regexp.ts';
import { parseTemplate } from '../../ground/go-template/go-template.ts';
import { templateValue } from '../../ground/go-template/template-value.ts';
import { isMap, mapAt, textAt } from '../../ground/json.ts';

/** No key of a Secret is longer (validation.IsConfigMapKey of Kubernetes), nor one on its way. */
const LONGEST = 253;

/** A template that only renames is short. */
const LONGEST_TEMPLATE = 1000;

/** How often expressions are tried at most: thousands on thousands of keys would take for ever. */
const MOST_TRIES = 20_000;

/**
 * Keys after `dataFrom[].rewrite`, each step on what the one before has made (docs/facts/eso.md#rewrite).
 * Undefined when they are not known: merge takes keys from values unless it puts all into one, and
 * of an expression that Go refuses, a template that does more than rename, or a key that no Secret
 * can have, nothing is claimed. Keys that get empty are dropped.
 */
export function rewrittenKeys(
  keys: Iterable<string> | undefined,
  rewrite: unknown,
): readonly string[] | undefined {
  const steps = Array.isArray(rewrite) ? rewrite : [];
  let renamed = keys === undefined ? undefined : [...keys];
  if ((renamed?.length ?? 1) * steps.length > MOST_TRIES) return undefined;
  for (const step of steps) renamed = mergedKey(step) ?? renamedBy(step, renamed);
  const isKnown = renamed !== undefined && !renamed.some(isTooLong);
  return isKnown ? renamed?.filter(key => key !== '') : undefined;
}

/** With the strategy JSON all values are one. */
function mergedKey(step: unknown): string[] | undefined {
  const merge = mapAt(step, 'merge');
  const into = textAt(merge, 'into');
  return into !== undefined && merge['strategy'] === 'JSON' ? [into] : undefined;
}

function renamedBy(step: unknown, keys: readonly string[] | undefined): string[] | undefined {
  const isMerge = isMap(step) && isMap(step['merge']);
  const rename = isMerge ? undefined : (replacer(step) ?? transformer(step));
  if (keys === undefined || rename === undefined || keys.some(isTooLong)) return undefined;
  const renamed = keys.map(rename);
  return renamed.some(key => key === undefined)
    ? undefined
    : renamed.filter(key => key !== undefined);
}

function isTooLong(key: string): boolean {
  return key.length > LONGEST;
}

type Rename = (key: string) => string | undefined;

function transformer(step: unknown): Rename | undefined {
  const text = textAt(step, 'transform', 'template');
  if (text === undefined || text.length > LONGEST_TEMPLATE) return undefined;
  const template = parseTemplate(text);
  return key => templateValue(template, { value: key });
}

function replacer(step: unknown): Rename | undefined {
  const regexp = isMap(step) ? step['regexp'] : undefined;
  if (!isMap(regexp)) return undefined;
  const { source, target } = regexp;
  if (typeof source !== 'string' || typeof target !== 'string') return undefined;
  const matches = target.length > LONGEST ? undefined : goRegexp(source);
  return matches && (key => replaceAll(key, matches(key), target));
}

/** In a target `$1x` is a group of the name 1x, and `$$` a dollar (Go, regexp.Expand). */
const REFERENCE = /\$(?:\$|\{(\w{1,253})\}|(\w{1,253}))/g;

/** Go takes no empty match right after another: `.*` matches once. */
function replaceAll(key: string, matches: readonly GoMatch[], target: string): string {
  let result = '';
  let done = 0;
  for (const match of matches) {
    const { start, end } = match;
    if (start === end && start === done && done > 0) continue;
    result += key.slice(done, start) + expanded(target, match);
    done = end;
  }
  return result + key.slice(done);
}

function expanded(target: string, { groups, named }: GoMatch): string {
  return target.replace(REFERENCE, (whole, braced?: string, plain?: string) => {
    if (whole === '$$') return '$';
    const name = braced ?? plain ?? '';
    const isNumber = /^(?:0|[1-9]\d{0,9})$/.test(name);
    return (isNumber ? groups[Number(name)] : named.get(name)) ?? '';
  });
}
