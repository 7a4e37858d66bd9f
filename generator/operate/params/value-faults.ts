import { knownNames, nearest } from '../../ground/suggest.ts';
import type { NamedFault } from '../../lint/locate-findings.ts';
import type { EntryUse } from './entry.ts';
import { type At, called, type Expected } from './expected.ts';
import type { EntryFacts, ValueFacts } from './facts.ts';

/** What is wrong with the value of an entry. None of it is told. */
export function valueFaults(
  expected: Expected,
  { tier, expires }: EntryFacts,
  value: ValueFacts,
  at: At,
): NamedFault[] {
  const { entry } = expected;
  const name = called(expected);
  const put = `Put it again: rem-secrets params put ${entry.name}.`;
  if (value.isEmpty) return [at('empty-entry', 'error', `${name} is empty`, { hint: put })];
  const warn = (id: string, message: string, hint = put): NamedFault =>
    at(id, 'warning', `${name} ${message}`, { hint });
  const space = value.hasFinalNewline ? 'ends with a newline' : 'begins or ends with white space';
  const isWasted = tier === 'Advanced' && expires === undefined && value.isSmall;
  const doubts = [
    value.isPlaceholder && warn('placeholder-entry', 'looks like a placeholder'),
    value.hasCarriageReturns && warn('entry-line-ends', 'has line ends of Windows'),
    value.hasNull && warn('entry-null', 'has a null byte'),
    value.hasOuterSpace && warn('entry-space', space),
    isWasted && warn('entry-tier', TOO_LARGE, NO_WAY_BACK),
  ];
  const ofUses = entry.uses.flatMap(use => useFaults(name, use, value, at));
  return [...doubts.filter(fault => fault !== false), ...ofUses];
}

const TOO_LARGE = 'is an advanced parameter, which costs, and would fit a standard one';
const NO_WAY_BACK =
  'AWS takes none back: delete it and put it again, unless it is shared with other accounts.';

/** What the uses of an entry need its value to be. */
function useFaults(name: string, use: EntryUse, value: ValueFacts, at: At): NamedFault[] {
  const { how, property, isBase64 } = use;
  const error = (id: string, message: string, hint: string): NamedFault[] => [
    at(id, 'error', message, { hint, use }),
  ];
  if (how === 'value' && isBase64 && !value.isBase64)
    return error(
      'entry-base64',
      `${name} is no Base64`,
      'Encode it, or take decodingStrategy away.',
    );
  if (how !== 'property' && how !== 'properties') return [];
  const { properties } = value;
  if (properties === undefined)
    return error(
      'entry-json',
      `${name} is no JSON object`,
      'External Secrets takes properties from JSON alone.',
    );
  if (property === undefined || value.has.has(property)) return [];
  return [
    at('missing-property', 'error', `${name} has no property "${property}"`, {
      hint: propertyHint(property, properties),
      use: { ...use, path: [...use.path.slice(0, -1), 'property'] },
    }),
  ];
}

/** Of many properties only the one that is meant. */
function propertyHint(property: string, properties: readonly string[]): string {
  return nearest(property, properties) === undefined
    ? `It has ${properties.length} properties, none with a name like it.`
    : knownNames('properties', property, properties);
}
