import { expect, test } from 'vitest';
import { knownNames, nearest } from '../../generator/core/names.ts';

/** Of a name's letters a third may be wrong, of short names one. */
test.for<[given: string, known: string, meant: string | undefined]>([
  ['ab', 'ax', 'ax'],
  ['ab', 'xy', undefined],
  ['abcde', 'abcdx', 'abcdx'],
  ['abcde', 'abcxy', undefined],
  ['abcdef', 'abcdxy', 'abcdxy'],
  ['abcdef', 'abcxyz', undefined],
  ['abcdefghi', 'abcdefxyz', 'abcdefxyz'],
  ['abcdefghi', 'abcdewxyz', undefined],
  ['abcdefghi', 'abcdefghixyz', 'abcdefghixyz'],
  ['abcdef', 'abcd', 'abcd'],
  ['abde', 'edba', undefined],
  ['abc', 'bac', 'bac'],
  ['ABC', 'abd', 'abd'],
])('"%s" beside "%s"', ([given, known, meant]) => expect(nearest(given, [known])).toBe(meant));

test('of several the nearest is meant, of equally near ones the first', () => {
  expect(nearest('secrets', ['sacrats', 'secret', 'secrete'])).toBe('secret');
  expect(nearest('token', ['toke', 'tokens'])).toBe('toke');
});

test('a name that is a part of another is meant, the shortest; three letters are in too many', () => {
  expect(nearest('mail', ['mail-of-the-shop', 'mail-server'])).toBe('mail-server');
  expect(nearest('mail-of-the-shop', ['mail', 'x'])).toBe('mail');
  expect(nearest('api', ['the-api-of-all'])).toBeUndefined();
});

test('what is longer than any name is no slip of the pen', () => {
  expect(nearest('a'.repeat(500), ['a'.repeat(499)])).toBe('a'.repeat(499));
  expect(nearest('a'.repeat(501), ['a'.repeat(499)])).toBeUndefined();
  expect(nearest('a'.repeat(499), ['a'.repeat(501)])).toBeUndefined();
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `${index}-`.repeat(9));

test('a hint lists what there is, fewer names where it says which one is meant', () => {
  expect(knownNames('keys', 'a', [])).toBe('There are no keys.');
  expect(knownNames('keys', 'word', ['b', 'a'])).toBe('The keys are: a, b.');
  expect(knownNames('keys', 'word', ['b', 'ward'])).toBe(
    'The keys are: b, ward. Did you mean "ward"?',
  );
  expect(knownNames('keys', 'word', names(50))).toMatch(/^The keys are: 0-/);
  expect(knownNames('keys', 'word', names(51))).toBe('There are 51 keys.');
  expect(knownNames('keys', 'word', ['ward', ...names(19)])).toMatch(/^The keys are: 0-/);
  expect(knownNames('keys', 'word', ['ward', ...names(20)])).toBe(
    'There are 21 keys. Did you mean "ward"?',
  );
});
