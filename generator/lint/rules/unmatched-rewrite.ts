import { goRegexp } from '#go-regexp';
import { type Json, listAt, mapAt, textsUnder } from '../../core/json.ts';
import { type Rule, warning } from '../rule.ts';

/** Entries of a `rewrite` that match no key that the entry before can give (docs/facts/eso.md#rewritten-keys). */
export const unmatchedRewrite: Rule = warning('unmatched-rewrite', 'specs', function* (secret) {
  for (const { spec, path: at } of secret.dataFrom) {
    const steps = listAt(spec, 'rewrite').slice(0, MOST).map(stepOf);
    for (const [index, step] of steps.entries()) {
      const before = steps[index - 1];
      if (step === undefined || before === undefined) continue;
      if (![isBeside, isWithoutCharacter, isRenamed].some(fails => fails(step, before))) continue;
      const path = [...at, 'rewrite', index - 1, 'regexp'];
      yield {
        path: [...at, 'rewrite', index, 'regexp', 'source'],
        message: `"${step.source}" matches no key after "${before.source}" has renamed them`,
        hint: 'Each entry works on the keys that the one before it left: change their order, or write what the keys are called by then.',
        related: [{ object: secret.object, path, note: 'the entry before it' }],
      };
    }
  }
});

const MOST = 100;

type Step = Readonly<Record<'source' | 'target', string>>;

function stepOf(entry: Json): Step | undefined {
  const [source, target] = textsUnder(mapAt(entry, 'regexp'), 'source', 'target');
  return source === undefined || target === undefined ? undefined : { source, target };
}

const WHOLE = /^\^?\(\.[*+]\)\$?$/;

function isBeside({ source }: Step, before: Step): boolean {
  const [, start] = /^([^$]{1,253})\$(?:1|\{1\})(?!\w)/.exec(before.target) ?? [];
  const first = startOf(source);
  if (start === undefined || first === undefined || !WHOLE.test(before.source)) return false;
  return !start.startsWith(first) && !first.startsWith(start);
}

function startOf(source: string): string | undefined {
  const text = /^\^((?:[\w/ -]|\\[./-])+)(?![?*{])/.exec(source)?.[1];
  return text === undefined || source.includes('|') ? undefined : text.replaceAll('\\', '');
}

/** An expression of one character or class, which is replaced everywhere. */
const CHARACTER = /^(?:\[[^\]]{1,99}\]|\\[./-]|[\w/-])\+?$/;

function isWithoutCharacter({ source }: Step, before: Step): boolean {
  if (!CHARACTER.test(before.source) || before.target.includes('$')) return false;
  const matches = goRegexp(before.source);
  return requiredCharacters(source).some(
    character => !before.target.includes(character) && matches?.(character).length === 1,
  );
}

function requiredCharacters(source: string): string[] {
  if (/[|]|\(\?|\\[^./-]/.test(source)) return [];
  const plain = source
    .replaceAll(/\[[^\]]{0,99}\]/g, '.')
    .replaceAll(/\([^()]{0,200}\)/g, '.')
    .replaceAll(/\\?[\w/.-](?=[?*{])/g, '');
  if (/[()[\]{]/.test(plain)) return [];
  return [...plain.replaceAll(/\\\.|[.^$+?*]/g, '')].filter(character => character !== '\\');
}

function isRenamed({ source }: Step, before: Step): boolean {
  const isWhole = /^\^[\w./-]+\$$/.test(source);
  if (!isWhole || source !== before.source || before.target.includes('$')) return false;
  return goRegexp(source)?.(before.target).length === 0;
}
