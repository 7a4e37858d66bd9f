import { goRegexp } from '#go-regexp';
import type { GoMatch } from '../../ground/go-regexp.ts';
import { isMap } from '../../ground/json.ts';

/** No key of a Secret is longer (validation.IsConfigMapKey of Kubernetes), nor one on its way. */
const LONGEST = 253;

/** How often expressions are tried at most: thousands on thousands of keys would take for ever. */
const MOST_TRIES = 20_000;

/**
 * Keys after `dataFrom[].rewrite`: each regexp in turn replaces what it matches in a key, as Go does.
 * Undefined when they are not known: a transform is a template, merge takes its keys from values, and
 * of an expression that Go refuses, or a key that no Secret can have, nothing is claimed.
 * ESO, runtime/esutils/utils.go (RewriteMap; keys that get empty are dropped by ValidateKeys).
 */
export function rewrittenKeys(
  keys: Iterable<string> | undefined,
  rewrite: unknown,
): readonly string[] | undefined {
  if (keys === undefined) return undefined;
  const steps = Array.isArray(rewrite) ? rewrite : [];
  let renamed = [...keys];
  if (renamed.length * steps.length > MOST_TRIES) return undefined;
  for (const step of steps) {
    const rename = replacer(step);
    if (rename === undefined || renamed.some(isTooLong)) return undefined;
    renamed = renamed.map(rename);
  }
  return renamed.some(isTooLong) ? undefined : renamed.filter(key => key !== '');
}

function isTooLong(key: string): boolean {
  return key.length > LONGEST;
}

type Rename = (key: string) => string;

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
