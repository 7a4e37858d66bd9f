import { expect, test } from 'vitest';
import { valueLines } from '../../generator/diff/formats/line-diff.ts';

test.for([
  ['a\nb\n', 'a\nb\n\n', [' a', ' b', '+']],
  ['a\n', 'a\n\n', ['-a', '+a', '+']],
  ['a', 'a\n', ['-a', '+a', '…base has no line break at the end']],
  ['a\nb\n', 'a\nc', [' a', '-b', '+c', '…head has no line break at the end']],
  [undefined, 'a\n', ['+a']],
  [undefined, 'a\n\n', ['+a', '+']],
  ['a\nb\n', undefined, ['-a', '-b']],
] as const)('a break at the end of a text is no line, nor missed: %j', ([base, head, said]) => {
  const sides = { ...(base !== undefined && { base }), ...(head !== undefined && { head }) };
  const shown = { what: 'changed', field: 'data.a', isHidden: false, ...sides } as const;
  expect(valueLines(shown).map(({ sign, text }) => sign + text)).toEqual(said);
});
