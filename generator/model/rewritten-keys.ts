import { isMap } from '../spec/merge-environment.ts';

/**
 * Keys after `dataFrom[].rewrite`: each regexp in turn replaces what it matches in a key, as Go does.
 * Undefined when they are not known: a transform is a template, merge takes its keys from values, and
 * of an expression that Go and JavaScript may read otherwise nothing is claimed.
 * ESO, runtime/esutils/utils.go (RewriteMap; keys that get empty are dropped by ValidateKeys).
 */
export function rewrittenKeys(
  keys: Iterable<string> | undefined,
  rewrite: unknown,
): readonly string[] | undefined {
  if (keys === undefined) return undefined;
  const steps = Array.isArray(rewrite) ? rewrite : [];
  const functions = steps.map(replacer);
  if (!functions.every(step => step !== undefined)) return undefined;
  const renamed = [...keys].map(key => functions.reduce((name, step) => step(name), key));
  return renamed.filter(key => key !== '');
}

type Rename = (key: string) => string;

function replacer(step: unknown): Rename | undefined {
  const regexp = isMap(step) ? step['regexp'] : undefined;
  if (!isMap(regexp)) return undefined;
  const { source, target } = regexp;
  if (typeof source !== 'string' || typeof target !== 'string') return undefined;
  const expression = compiled(source);
  return expression && (key => replaceAll(key, expression, target));
}

/** What both languages read alike: no groups with flags or names, no escapes but of digits and words. */
const COMMON =
  /^(?:[^\\[(]|\\[dDwW]|\\[^\p{L}\p{N}]|\[\^?(?:[^\]\\[]|\\[dDwW]|\\[^\p{L}\p{N}])+\]|\((?!\?)|\(\?:)*$/u;
/** A repeated group that itself repeats can take JavaScript for ever, and Go no time. */
const REPEATED_REPEAT = /[*+}][^()]*\)+[*+{]/;

function compiled(source: string): RegExp | undefined {
  if (!COMMON.test(source) || REPEATED_REPEAT.test(source)) return undefined;
  try {
    return new RegExp(source, 'g');
  } catch {
    return undefined;
  }
}

/** In a target `$1x` is a group of the name 1x, and `$$` a dollar (Go, regexp.Expand). */
const REFERENCE = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/** Go, unlike JavaScript, takes no empty match right after another: `.*` matches once. */
function replaceAll(key: string, expression: RegExp, target: string): string {
  let result = '';
  let end = 0;
  for (const match of key.matchAll(expression)) {
    if (match[0] === '' && match.index === end && end > 0) continue;
    result += key.slice(end, match.index) + expanded(target, match);
    end = match.index + match[0].length;
  }
  return result + key.slice(end);
}

function expanded(target: string, match: RegExpExecArray): string {
  return target.replace(REFERENCE, (whole, braced?: string, plain?: string) => {
    if (whole === '$$') return '$';
    const name = braced ?? plain ?? '';
    return /^(?:0|[1-9]\d*)$/.test(name) ? (match[Number(name)] ?? '') : '';
  });
}
