import { groupBy } from '../../ground/group-by.ts';
import type { Host } from '../../ground/host.ts';
import { HostError } from '../../ground/host-error.ts';
import { sum } from '../../ground/sum.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import type { Found } from '../../operate/params/facts.ts';
import {
  askedName,
  cannotBeAsked,
  type FoundAt,
  foundOf,
  type LookedUp,
} from '../../operate/params/looked-up.ts';
import { listedPrefix } from '../../operate/params/unused-entries.ts';
import { wantedVersions } from '../../operate/params/version-faults.ts';
import { type CallAws, callAt } from '../aws/client.ts';
import { type AwsPlace, regionOf } from '../aws/services.ts';
import { lookUpParameters } from './look-up-parameters.ts';
import { lookUpSecrets } from './look-up-secrets.ts';
import { type Asked, type NotesAt, notesOf, placeId, progressOf } from './notes.ts';

/** What entries AWS has, by metadata alone: no value is received. */
export async function lookUp(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
): Promise<FoundAt> {
  const foundAt = await lookUpSome(entries, call, host);
  const [refusal] = cutsIn(entries, foundAt);
  if (refusal !== undefined) throw new HostError(refusal);
  return foundAt;
}

/** Of each entry that AWS was too busy to tell of: what it said. */
function cutsIn(entries: readonly RemoteEntry[], foundAt: FoundAt): string[] {
  return entries.flatMap(entry => {
    const found = foundOf(entry, foundAt);
    return typeof found === 'object' && 'unknown' in found && isCut(found) ? [found.unknown] : [];
  });
}

/** The same if AWS has time to tell of any; what it has none for is not known. */
export async function lookUpAny(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
  notesAt: NotesAt,
): Promise<FoundAt> {
  const foundAt = await lookUpSome(entries, call, host, notesAt);
  const refusals = cutsIn(entries, foundAt);
  if (refusals[0] !== undefined && refusals.length === entries.length)
    throw new HostError(refusals[0]);
  return foundAt;
}

/** The same as far as AWS has time for it: what it has none for is not known. */
export async function lookUpSome(
  entries: readonly RemoteEntry[],
  call: CallAws,
  host: Host,
  notesAt: NotesAt = notesOf(),
): Promise<FoundAt> {
  const asked = entries.filter(entry => cannotBeAsked(entry) === undefined);
  const found = new Map<string, LookedUp>();
  const places = [...groupBy(asked, entry => placeId(placeOf(entry, host)))].flatMap(
    ([id, own]) => {
      const [first] = own;
      if (first === undefined) return [];
      const place = placeOf(first, host);
      const notes = notesAt(place);
      const names = [...new Set(own.map(askedName))].sort();
      return [{ id, own, place, notes, names: names.filter(name => !notes.fine.has(name)) }];
    },
  );
  const total = sum(places.map(({ names }) => names.length));
  const done = progressOf(total, 'looked up', host);
  for (const { id, own, place, names, notes } of places) {
    const looked = await lookUpAt(place, names, own, call, { done, notes });
    const { account } = notes;
    const same: Found = { hasValue: true, ...(account !== undefined && { account }) };
    const fine = [...notes.fine].map((name): [string, Found] => [name, same]);
    found.set(id, { ...looked, found: new Map([...fine, ...looked.found]) });
  }
  return entry =>
    cannotBeAsked(entry) === undefined ? found.get(placeId(placeOf(entry, host))) : undefined;
}

/** These names of one place. */
export function lookUpAt(
  place: AwsPlace,
  names: readonly string[],
  entries: readonly RemoteEntry[],
  call: CallAws,
  asked: Asked,
): Promise<LookedUp> {
  const there = callAt(place, call);
  return place.service === 'ParameterStore'
    ? lookUpParameters(names, prefixesOf(entries), there, asked)
    : lookUpSecrets(names, versionedIn(entries), there, asked);
}

/** Whether AWS was too busy to tell all of an entry that was asked for. */
export function isCut(found: Found): boolean {
  return found !== 'missing' && found.isCut === true;
}

function versionedIn(entries: readonly RemoteEntry[]): Set<string> {
  return new Set(entries.filter(entry => wantedVersions(entry).length > 0).map(askedName));
}

function prefixesOf(entries: readonly RemoteEntry[]): string[] {
  const prefixes = entries.flatMap(({ store }) => listedPrefix(store) ?? []);
  return [...new Set(prefixes)].sort();
}

/** Where an entry of AWS is. */
export function placeOf({ store: { aws } }: RemoteEntry, host: Host): AwsPlace {
  if (aws === undefined) throw new Error('the entry is none of AWS');
  return { service: aws.service, region: regionOf(aws.region, host) };
}
