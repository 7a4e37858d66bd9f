import { knownNames, nearest } from '../../ground/suggest.ts';
import type { ObjectFault } from '../../lint/locate-findings.ts';
import type { EntryUse, RemoteEntry } from './entry.ts';
import type { EntryFacts, Found, ValueFacts } from './facts.ts';
import { wantedType } from './wanted-type.ts';

/** What an entry is held against. */
export interface Expected {
  readonly entry: RemoteEntry;
  readonly found: Found;
  /** In which region. */
  readonly region: string;
  /** A customer's keys that should encrypt it; none: it is not said. */
  readonly keys: readonly string[];
  /** The same entry of other environments, where it is there. */
  readonly elsewhere: readonly { readonly environment: string; readonly name: string }[];
}

type Severity = ObjectFault['rule']['severity'];

/** What is wrong with an entry, at the first place that uses it. */
export function entryFaults(expected: Expected): ObjectFault[] {
  const { entry, found } = expected;
  const [first] = entry.uses;
  if (first === undefined) return [];
  const at = placed(first);
  if (found === 'missing') return missing(expected, at);
  if ('unknown' in found)
    return [
      at('unseen-entry', 'warning', `${called(expected)} was not looked at: ${found.unknown}`, {
        hint: 'Nothing is known of it.',
      }),
    ];
  return [
    ...stateFaults(expected, found, at),
    ...(found.unread === undefined
      ? []
      : [
          at('unseen-entry', 'warning', `${called(expected)} was not read: ${found.unread}`, {
            hint: 'Nothing is known of its value.',
          }),
        ]),
    ...(found.value === undefined ? [] : valueFaults(expected, found, found.value, at)),
  ];
}

type At = (
  id: string,
  severity: Severity,
  message: string,
  more: { readonly hint: string; readonly use?: EntryUse },
) => ObjectFault;

function placed(first: EntryUse): At {
  return (id, severity, message, { hint, use = first }) => {
    const { item, path } = use;
    return { rule: { id, severity }, item, path, message, hint };
  };
}

/** `parameter "/rem/llm/key"`. */
function called({ entry: { store, name } }: Expected): string {
  return `${nounOf(store.aws?.service)} "${name}"`;
}

function nounOf(service: string | undefined): string {
  return service === 'ParameterStore' ? 'parameter' : 'secret';
}

function missing(expected: Expected, at: At): ObjectFault[] {
  const { entry, region, elsewhere } = expected;
  // What a PushSecret writes comes with it.
  if (entry.uses.some(({ how }) => how === 'push')) return [];
  const others = elsewhere.map(({ environment, name }) => `${environment} ("${name}")`);
  const there = others.length === 0 ? '' : ` It is there for ${others.join(', ')}.`;
  const hint = `Put it: rem-secrets params put ${entry.name}.${there}`;
  return [at('missing-entry', 'error', `there is no ${called(expected)} in ${region}`, { hint })];
}

function stateFaults(expected: Expected, facts: EntryFacts, at: At): ObjectFault[] {
  const name = called(expected);
  const faults: ObjectFault[] = [];
  const wanted = wantedType(expected.entry);
  const { type, deleted, expires, hasValue, keyId } = facts;
  const isRead = expected.entry.uses.some(({ how }) => how !== 'metadata');
  if (type !== undefined && wanted === 'SecureString' && type !== wanted && isRead)
    faults.push(
      at('entry-type', 'error', `${name} is a ${type}: its value is stored in clear`, {
        hint: `AWS changes no type: rem-secrets params put ${expected.entry.name} --replace deletes it and makes a SecureString.`,
      }),
    );
  if (deleted !== undefined)
    faults.push(
      at(
        'deleted-entry',
        'error',
        `${name} is to be deleted after ${deleted}, and cannot be read`,
        {
          hint: 'Restore it: aws secretsmanager restore-secret.',
        },
      ),
    );
  else if (!hasValue)
    faults.push(
      at('entry-without-value', 'error', `${name} is there and has no value`, {
        hint: `Put one: rem-secrets params put ${expected.entry.name}.`,
      }),
    );
  if (expires !== undefined)
    faults.push(
      at('expiring-entry', 'warning', `AWS deletes ${name} on ${expires}`, {
        hint: 'Put a new version with another expiration, or none.',
      }),
    );
  if (isOtherKey(keyId, expected.keys))
    faults.push(
      at('entry-key', 'error', `${name} is encrypted by ${keyId}, not by ${expected.keys.join()}`, {
        hint: 'Put it again under the key that External Secrets may use, or name this one in `iam.keys`.',
      }),
    );
  return faults;
}

/** An alias and an ID may be of one key: only likes are compared. */
function isOtherKey(keyId: string | undefined, keys: readonly string[]): boolean {
  if (keyId === undefined || keys.length === 0) return false;
  const own = shortKey(keyId);
  const wanted = keys.map(shortKey);
  return wanted.every(key => isAlias(key) === isAlias(own)) && !wanted.includes(own);
}

function shortKey(key: string): string {
  return key.replace(/^arn:.*:(?:key\/)?/, '');
}

function isAlias(key: string): boolean {
  return key.startsWith('alias/');
}

function valueFaults(
  { entry, ...expected }: Expected,
  { tier, expires }: EntryFacts,
  value: ValueFacts,
  at: At,
): ObjectFault[] {
  const name = called({ entry, ...expected });
  const put = `Put it again: rem-secrets params put ${entry.name}.`;
  const warn = (id: string, message: string, hint = put): ObjectFault =>
    at(id, 'warning', `${name} ${message}`, { hint });
  if (value.isEmpty) return [at('empty-entry', 'error', `${name} is empty`, { hint: put })];
  return [
    ...(value.isPlaceholder ? [warn('placeholder-entry', 'looks like a placeholder')] : []),
    ...(value.hasCarriageReturns ? [warn('entry-line-ends', 'has line ends of Windows')] : []),
    ...(value.hasNull ? [warn('entry-null', 'has a null byte')] : []),
    ...(value.hasOuterSpace
      ? [
          warn(
            'entry-space',
            value.hasFinalNewline ? 'ends with a newline' : 'begins or ends with white space',
          ),
        ]
      : []),
    ...(tier === 'Advanced' && expires === undefined && value.isSmall
      ? [
          warn(
            'entry-tier',
            'is an advanced parameter, which costs, and would fit a standard one',
            'AWS takes none back: delete it and put it again, unless it is shared with other accounts.',
          ),
        ]
      : []),
    ...entry.uses.flatMap(use => useFaults(name, use, value, at)),
  ];
}

/** What the uses of an entry need its value to be. */
function useFaults(name: string, use: EntryUse, value: ValueFacts, at: At): ObjectFault[] {
  const { how, property, isBase64 } = use;
  const error = (id: string, message: string, hint: string): ObjectFault[] => [
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

/** Whether something was found out about an entry and is there. */
export function isThere(found: Found): found is EntryFacts {
  return found !== 'missing' && !('unknown' in found);
}
