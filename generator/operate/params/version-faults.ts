import type { NamedFault } from '../../lint/locate-findings.ts';
import type { EntryUse, RemoteEntry } from './entry.ts';
import { type At, called, type Expected } from './expected.ts';
import type { EntryFacts } from './facts.ts';

/** A version that a use asks for, as the provider calls it. */
export interface WantedVersion {
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
export function versionFaults(expected: Expected, facts: EntryFacts, at: At): NamedFault[] {
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
