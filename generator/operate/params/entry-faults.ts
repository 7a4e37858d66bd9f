import type { NamedFault } from '../../lint/locate-findings.ts';
import { wantedType } from './entry.ts';
import { type At, called, type Expected, faultsAt } from './expected.ts';
import type { EntryFacts, Found } from './facts.ts';
import { valueFaults } from './value-faults.ts';
import { versionFaults } from './version-faults.ts';

/** What is wrong with an entry, at the first place that uses it, as far as it is known. */
export function entryFaults(expected: Expected): NamedFault[] {
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

function missing(expected: Expected, at: At): NamedFault[] {
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

function stateFaults(expected: Expected, facts: EntryFacts, at: At): NamedFault[] {
  const { entry, keys } = expected;
  const name = called(expected);
  const { type, deleted, expires, hasValue, keyId } = facts;
  const isRead = entry.uses.some(({ how }) => how !== 'metadata');
  const isClear = type !== undefined && type !== 'SecureString' && isRead;
  const error = (id: string, message: string, hint: string): NamedFault =>
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
