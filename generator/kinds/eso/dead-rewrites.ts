import { goRegexp } from '#go-regexp';
import { textAt } from '../../ground/json.ts';

/** An entry of `rewrite` that finds nothing, and the one before it that sees to that. */
interface DeadRewrite {
  readonly index: number;
  readonly by: number;
}

interface Step {
  readonly source: string;
  readonly target: string;
}

/**
 * The entries of a `rewrite` that match no key whatever the keys are, because each works on what the
 * one before it left (docs/facts/eso.md#rewritten-keys). What is not plain is taken to match.
 */
export function deadRewrites(rewrite: readonly unknown[]): DeadRewrite[] {
  const steps = rewrite.slice(0, MOST).map(stepOf);
  return steps.flatMap((step, index): DeadRewrite[] => {
    const before = steps[index - 1];
    return step !== undefined && before !== undefined && isDead(step, before)
      ? [{ index, by: index - 1 }]
      : [];
  });
}

/** Nobody writes more. */
const MOST = 100;

/** A merge or a transform makes keys that are not told. */
function stepOf(entry: unknown): Step | undefined {
  const [source, target] = ['source', 'target'].map(field => textAt(entry, 'regexp', field));
  return source === undefined || target === undefined ? undefined : { source, target };
}

function isDead(step: Step, before: Step): boolean {
  return isBeside(step, before) || isWithoutCharacter(step, before) || isRenamed(step, before);
}

/** All of a key, as a group. */
const WHOLE = /^\^?\(\.[*+]\)\$?$/;

/** Every key begins with a text, and the entry wants another beginning. */
function isBeside({ source }: Step, before: Step): boolean {
  const [, start] = /^([^$]{1,253})\$(?:1|\{1\})(?!\w)/.exec(before.target) ?? [];
  const wanted = startOf(source);
  if (start === undefined || wanted === undefined || !WHOLE.test(before.source)) return false;
  return !start.startsWith(wanted) && !wanted.startsWith(start);
}

/** The plain text that a key has to begin with: `^db_` of `^db_(.*)$`. */
function startOf(source: string): string | undefined {
  const text = /^\^((?:[\w/ -]|\\[./-])+)(?![?*{])/.exec(source)?.[1];
  return text === undefined || source.includes('|') ? undefined : text.replaceAll('\\', '');
}

/** One character or class, which is replaced wherever it stands. */
const CHARACTER = /^(?:\[[^\]]{1,99}\]|\\[./-]|[\w/-])\+?$/;

/** The character that the entry wants is in no key any more. */
function isWithoutCharacter({ source }: Step, before: Step): boolean {
  if (!CHARACTER.test(before.source) || before.target.includes('$')) return false;
  const matches = goRegexp(before.source);
  return requiredCharacters(source).some(
    character => !before.target.includes(character) && matches?.(character).length === 1,
  );
}

/** Characters without which a key cannot match: plain ones, outside of groups and classes. */
function requiredCharacters(source: string): string[] {
  if (/[|]|\(\?|\\[^./-]/.test(source)) return [];
  const plain = source
    .replaceAll(/\[[^\]]{0,99}\]/g, '.')
    .replaceAll(/\([^()]{0,200}\)/g, '.')
    .replaceAll(/\\?[\w/.-](?=[?*{])/g, '');
  if (/[()[\]{]/.test(plain)) return [];
  return [...plain.replaceAll(/\\\.|[.^$+?*]/g, '')].filter(character => character !== '\\');
}

/** The same whole key was renamed just before. */
function isRenamed({ source }: Step, before: Step): boolean {
  const isWhole = /^\^[\w./-]+\$$/.test(source);
  if (!isWhole || source !== before.source || before.target.includes('$')) return false;
  return goRegexp(source)?.(before.target).length === 0;
}
