import type { Finding } from '../core/finding.ts';
import { groupBy } from '../core/json.ts';
import { knownNames, nearest } from '../core/names.ts';
import type { AwsStore } from '../kinds/eso/stores.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { firstOf } from '../report/text.ts';
import type { EntryFacts, EntryUse, Found, RemoteEntry, ValueFacts } from './entry.ts';
import { askedName, isNumber, wantedType, wantedVersions } from './entry.ts';

export interface Expected {
  readonly entry: RemoteEntry;
  readonly found: Found;
  readonly region: string;
  /** The environments in which the same entry exists, and its name there. */
  readonly elsewhere: readonly { readonly environment: string; readonly name: string }[];
}

/** What is known to be wrong with an entry, reported at its first use. */
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

type At = ReturnType<typeof faultsAt>;

function faultsAt(first: EntryUse) {
  return (id: string, severity: Finding['severity'], text: string, hint: string, use = first) => {
    const { object, path } = use;
    return { id, severity, object, path, message: text, hint };
  };
}

function missing(expected: Expected, at: At): ObjectFault[] {
  const { entry, region, elsewhere } = expected;
  const { account } = entry.store;
  // A PushSecret will write it.
  if (entry.uses.some(({ how }) => how === 'push')) return [];
  const others = elsewhere.map(({ environment, name }) => `${environment} ("${name}")`);
  const there = others.length === 0 ? '' : ` It is there for ${others.join(', ')}.`;
  const whose = account === undefined ? '' : ` in account ${account}`;
  const hint = `Put it${whose}: rem-secrets params put ${entry.name}.${there}`;
  return [at('missing-entry', 'error', `there is no ${called(expected)} in ${region}`, hint)];
}

function called({ entry: { store, name } }: Expected): string {
  return `${store.aws?.service === 'ParameterStore' ? 'parameter' : 'secret'} "${name}"`;
}

function* stateFaults(expected: Expected, facts: EntryFacts, at: At): Generator<ObjectFault> {
  const { entry } = expected;
  const { keys = [] } = entry.store;
  const name = called(expected);
  const { type, deleted, expires, hasValue, keyId } = facts;
  const isRead = entry.uses.some(({ how }) => how !== 'metadata');
  const isClear = type !== undefined && type !== 'SecureString' && isRead;
  const put = `rem-secrets params put ${entry.name}`;
  const error = (id: string, message: string, hint: string): ObjectFault =>
    at(id, 'error', `${name} ${message}`, hint);
  if (isClear && wantedType(entry) === 'SecureString') {
    const hint = `AWS changes no type: ${put} --replace deletes it and makes a SecureString.`;
    yield error('entry-type', `is a ${type}: its value is stored in clear`, hint);
  }
  if (deleted !== undefined) {
    const hint = 'Restore it: aws secretsmanager restore-secret.';
    yield error('deleted-entry', `is to be deleted after ${deleted}, and cannot be read`, hint);
  } else if (!hasValue)
    yield error('entry-without-value', 'is there and has no value', `Put one: ${put}.`);
  if (expires !== undefined) {
    const hint = 'Put a new version with another expiration, or none.';
    yield at('expiring-entry', 'warning', `AWS deletes ${name} on ${expires}`, hint);
  }
  if (isOtherKey(keyId, keys)) {
    const hint =
      'Put it again under the key that External Secrets may use, or name this one in `iam.keys`.';
    yield error('entry-key', `is encrypted by ${keyId}, not by ${keys.join()}`, hint);
  }
}

/** Whether another key encrypts it. Aliases are not compared with IDs, as both may name one key. */
function isOtherKey(keyId: string | undefined, keys: readonly string[]): boolean {
  if (keyId === undefined || keys.length === 0) return false;
  const [used = '', ...named] = [keyId, ...keys].map(key => key.replace(/^arn:.*:(?:key\/)?/, ''));
  const isAlias = used.startsWith('alias/');
  return named.every(key => key.startsWith('alias/') === isAlias) && !named.includes(used);
}

function versionFaults(expected: Expected, facts: EntryFacts, at: At): ObjectFault[] {
  return wantedVersions(expected.entry).flatMap(({ use, version, isId }) => {
    const message = missingText(version, facts, called(expected));
    if (message === undefined) return [];
    // AWS lists only versions with labels; another one may exist until AWS deletes it.
    if (isId) {
      const hint =
        'AWS deletes versions without a label: ask for a label, or for the current version.';
      return at('missing-version', 'warning', `${message} that has a label`, hint, use);
    }
    const hint = 'Ask for a version that is there, or for the current one: without `version`.';
    return at('missing-version', 'error', message, hint, use);
  });
}

/** How many versions of a parameter AWS keeps (docs/facts/aws.md#parameters). */
const KEPT = 100;

function missingText(version: string, { newest, labels, versions }: EntryFacts, name: string) {
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

const TOO_LARGE = 'is an advanced parameter, which costs, and would fit a standard one';

const NO_WAY_BACK =
  'AWS takes none back: delete it and put it again, unless it is shared with other accounts.';

/** Faults of the value of an entry. None of it is quoted. */
function valueFaults(expected: Expected, { tier, expires }: EntryFacts, value: ValueFacts, at: At) {
  const { entry } = expected;
  const name = called(expected);
  const put = `Put it again: rem-secrets params put ${entry.name}.`;
  if (value.isEmpty) return [at('empty-entry', 'error', `${name} is empty`, put)];
  const warn = (id: string, message: string, hint = put): ObjectFault =>
    at(id, 'warning', `${name} ${message}`, hint);
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

function useFaults(name: string, use: EntryUse, value: ValueFacts, at: At): ObjectFault[] {
  const { how, property, isBase64 } = use;
  if (how === 'value' && isBase64 && !value.isBase64) {
    const hint = 'Encode it, or take decodingStrategy away.';
    return [at('entry-base64', 'error', `${name} is no Base64`, hint, use)];
  }
  if (how !== 'property' && how !== 'properties') return [];
  const { properties } = value;
  if (properties === undefined) {
    const hint = 'External Secrets takes properties from JSON alone.';
    return [at('entry-json', 'error', `${name} is no JSON object`, hint, use)];
  }
  if (property === undefined || value.has.has(property)) return [];
  const ofProperty = { ...use, path: [...use.path.slice(0, -1), 'property'] };
  const hint =
    nearest(property, properties) === undefined
      ? `It has ${properties.length} properties, none with a name like it.`
      : knownNames('properties', property, properties);
  const message = `${name} has no property "${property}"`;
  return [at('missing-property', 'error', message, hint, ofProperty)];
}

const MOST = 3;

/** A fault for each reason why entries could not be checked, at the first entry that it concerns. */
export function unseenFaults(all: readonly Expected[]): ObjectFault[] {
  const unseen = all.flatMap(expected => {
    const reason = unseenText(expected.found);
    const [use] = expected.entry.uses;
    return reason && use ? [{ name: called(expected), reason, use }] : [];
  });
  return [...groupBy(unseen, ({ reason }) => JSON.stringify(reason)).values()].map(group => {
    const [{ use, reason }] = group;
    const names = [...new Set(group.map(({ name }) => name))];
    const who = firstOf(names, MOST);
    const [was, what] = names.length === 1 ? ['was', reason.of[0]] : ['were', reason.of[1]];
    const at = faultsAt(use);
    const hint = `Nothing is known of ${what}.`;
    return at('unseen-entry', 'warning', `${who} ${was} ${reason.why}`, hint);
  });
}

function unseenText(found: Found) {
  if (found === 'missing') return undefined;
  if ('unknown' in found) return { why: `not looked at: ${found.unknown}`, of: ['it', 'them'] };
  const { unread, value } = found;
  if (unread === undefined) return undefined;
  const why = `not read: ${unread}`;
  if (value === undefined) return { why, of: ['its value', 'their values'] };
  return { why, of: ['its labels', 'their labels'] };
}

const MOST_UNUSED = 10;

/** Parameters below the prefix of a store that no environment reads. */
export function unusedFaults(
  store: AwsStore,
  prefix: string,
  names: readonly string[],
  entries: readonly RemoteEntry[],
): ObjectFault[] {
  // A search may find any of them.
  if (entries.some(({ isSearch }) => isSearch)) return [];
  const used = new Set(entries.map(askedName));
  const unused = names.filter(name => !used.has(name)).sort();
  if (unused.length === 0) return [];
  const quoted = unused.map(name => `"${name}"`);
  const message = `nothing reads ${firstOf(quoted, MOST_UNUSED)}, below "${prefix}"`;
  const hint = 'Delete what nothing else reads either: a secret that is kept can be lost.';
  const at = { object: store.object, path: [...store.path, 'prefix'] };
  return [{ id: 'unused-entry', severity: 'warning', ...at, message, hint }];
}
