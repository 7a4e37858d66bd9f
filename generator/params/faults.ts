import { groupBy } from '../core/json.ts';
import { knownNames, nearest } from '../core/words.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { type At, called, type Expected, faultsAt } from './entries.ts';
import { type EntryUse, type RemoteEntry, wantedType } from './entry.ts';
import type { EntryFacts, Found, ValueFacts } from './facts.ts';

/** What is wrong with an entry, at the first place that uses it, as far as it is known. */
export function entryFaults(expected: Expected): ObjectFault[] {
  const { entry, found } = expected;
  const [first] = entry.uses;
  if (first === undefined) return [];
  const at = faultsAt(first);
  if (found === 'missing') return missing(expected, at);
  if ('unknown' in found) return [];
  return [
    ...stateFaults(expected, found, at),
    ...versionFaults(expected, found, at),
    ...(found.value === undefined ? [] : valueFaults(expected, found, found.value, at)),
  ];
}

function missing(expected: Expected, at: At): ObjectFault[] {
  const { entry, region, elsewhere } = expected;
  const { account } = entry.store;
  // What a PushSecret writes comes with it.
  if (entry.uses.some(({ how }) => how === 'push')) return [];
  const others = elsewhere.map(({ environment, name }) => `${environment} ("${name}")`);
  const there = others.length === 0 ? '' : ` It is there for ${others.join(', ')}.`;
  const whose = account === undefined ? '' : ` in account ${account}`;
  const hint = `Put it${whose}: rem-secrets params put ${entry.name}.${there}`;
  return [at('missing-entry', 'error', `there is no ${called(expected)} in ${region}`, { hint })];
}

function stateFaults(expected: Expected, facts: EntryFacts, at: At): ObjectFault[] {
  const { entry, keys } = expected;
  const name = called(expected);
  const { type, deleted, expires, hasValue, keyId } = facts;
  const isRead = entry.uses.some(({ how }) => how !== 'metadata');
  const isClear = type !== undefined && type !== 'SecureString' && isRead;
  const error = (id: string, message: string, hint: string): ObjectFault =>
    at(id, 'error', `${name} ${message}`, { hint });
  const faults = [
    isClear &&
      wantedType(entry) === 'SecureString' &&
      error(
        'entry-type',
        `is a ${type}: its value is stored in clear`,
        `AWS changes no type: rem-secrets params put ${entry.name} --replace deletes it and makes a SecureString.`,
      ),
    deleted !== undefined &&
      error(
        'deleted-entry',
        `is to be deleted after ${deleted}, and cannot be read`,
        'Restore it: aws secretsmanager restore-secret.',
      ),
    deleted === undefined &&
      !hasValue &&
      error(
        'entry-without-value',
        'is there and has no value',
        `Put one: rem-secrets params put ${entry.name}.`,
      ),
    expires !== undefined &&
      at('expiring-entry', 'warning', `AWS deletes ${name} on ${expires}`, {
        hint: 'Put a new version with another expiration, or none.',
      }),
    isOtherKey(keyId, keys) &&
      error(
        'entry-key',
        `is encrypted by ${keyId}, not by ${keys.join()}`,
        'Put it again under the key that External Secrets may use, or name this one in `iam.keys`.',
      ),
  ];
  return faults.filter(fault => fault !== false);
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

/** Whether something was found out about an entry and is there. */
export function isThere(found: Found): found is EntryFacts {
  return found !== 'missing' && !('unknown' in found);
}

/** What is wrong with the value of an entry. None of it is told. */
function valueFaults(
  expected: Expected,
  { tier, expires }: EntryFacts,
  value: ValueFacts,
  at: At,
): ObjectFault[] {
  const { entry } = expected;
  const name = called(expected);
  const put = `Put it again: rem-secrets params put ${entry.name}.`;
  if (value.isEmpty) return [at('empty-entry', 'error', `${name} is empty`, { hint: put })];
  const warn = (id: string, message: string, hint = put): ObjectFault =>
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

/** What is told of an entry, or why not. */
type Known = Exclude<Found, 'missing'>;

/** Why something of an entry is not known. */
interface Unseen {
  /** `was not looked at: AWS …` */
  readonly why: string;
  /** Of one, and of several. */
  readonly of: readonly [string, string];
}

const VALUE = ['its value', 'their values'] as const;
const LABELS = ['its labels', 'their labels'] as const;

function unseenText(found: Known): Unseen | undefined {
  if ('unknown' in found) return { why: `not looked at: ${found.unknown}`, of: ['it', 'them'] };
  const { unread, value } = found;
  if (unread === undefined) return undefined;
  const of = value === undefined ? VALUE : LABELS;
  return { why: `not read: ${unread}`, of };
}

/** How many names a message has. */
const MOST = 3;

/** What of entries is not known: once for each reason, at the first of them. */
export function unseenFaults(all: readonly Expected[]): ObjectFault[] {
  const unseen = all.flatMap(expected => {
    const { found, entry } = expected;
    const reason = found === 'missing' ? undefined : unseenText(found);
    const [use] = entry.uses;
    return reason === undefined || use === undefined ? [] : [{ expected, reason, use }];
  });
  return [...groupBy(unseen, ({ reason }) => JSON.stringify(reason)).values()].flatMap(group => {
    const [first] = group;
    if (first === undefined) return [];
    const { use, reason } = first;
    const names = [...new Set(group.map(({ expected }) => called(expected)))];
    const rest = names.length - MOST;
    const who = names.slice(0, MOST).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
    const [was, what] = names.length === 1 ? ['was', reason.of[0]] : ['were', reason.of[1]];
    const hint = `Nothing is known of ${what}.`;
    const at = faultsAt(use);
    return [at('unseen-entry', 'warning', `${who} ${was} ${reason.why}`, { hint })];
  });
}

/** A version that a use asks for, as the provider calls it. */
interface WantedVersion {
  readonly use: EntryUse;
  /** A number or a label of a parameter; an ID or a label of a secret. */
  readonly version: string;
  /** Whether it is the ID of a secret's version, and no label. */
  readonly isId: boolean;
}

/** What ESO takes an ID by, where else it takes a label. */
const UUID = 'uuid/';

/** The versions of an entry that are asked for, each once (docs/facts/eso.md#calls-to-aws). */
export function wantedVersions({ store: { aws }, name, uses }: RemoteEntry): WantedVersion[] {
  const isParameter = aws?.service === 'ParameterStore' && !name.startsWith('arn:');
  const ofName = isParameter ? /:(.+)$/.exec(name)?.[1] : undefined;
  const wanted = new Map<string, WantedVersion>();
  for (const use of uses) {
    const given = use.version ?? ofName;
    const isId = !isParameter && given?.startsWith(UUID) === true;
    const version = isId ? given?.slice(UUID.length) : given;
    if (version !== undefined && !wanted.has(version)) wanted.set(version, { use, version, isId });
  }
  return [...wanted.values()];
}

/** Whether a parameter is asked for a version by a number: what else it may be is a label. */
export function isNumber(version: string): boolean {
  return /^\d{1,15}$/.test(version);
}

/** AWS keeps so many versions of a parameter (docs/facts/aws.md#parameters). */
const KEPT = 100;

/** The versions that are asked for and are not there. */
function versionFaults(expected: Expected, facts: EntryFacts, at: At): ObjectFault[] {
  return wantedVersions(expected.entry).flatMap(({ use, version, isId }) => {
    const said = missingText(version, facts, expected);
    if (said === undefined) return [];
    // AWS lists versions with labels alone; another may be there until AWS deletes it.
    if (isId)
      return [
        at('missing-version', 'warning', `${said} that has a label`, {
          hint: 'AWS deletes versions without a label: ask for a label, or for the current version.',
          use,
        }),
      ];
    const hint = 'Ask for a version that is there, or for the current one: without `version`.';
    return [at('missing-version', 'error', said, { hint, use })];
  });
}

function missingText(
  version: string,
  { newest, labels, versions }: EntryFacts,
  expected: Expected,
): string | undefined {
  const name = called(expected);
  if (versions !== undefined)
    return versions.has(version) ? undefined : `${name} has no version "${version}"`;
  if (!isNumber(version))
    return labels?.get(version) === false ? `${name} has no label "${version}"` : undefined;
  if (newest === undefined) return undefined;
  if (Number(version) > newest) return `${name} has no version ${version}: the newest is ${newest}`;
  return Number(version) <= newest - KEPT
    ? `${name} has no version ${version} any more: the newest is ${newest}, and AWS keeps ${KEPT}`
    : undefined;
}
