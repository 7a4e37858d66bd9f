import { groupBy } from '../../ground/group-by.ts';
import type { Host } from '../../ground/host.ts';
import { HostError } from '../../ground/host-error.ts';
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
import type { CallAws } from '../aws/client.ts';
import { regionOf } from '../aws/endpoint.ts';
import type { AwsPlace } from '../aws/services.ts';
import { lookUpParameters } from './look-up-parameters.ts';
import { lookUpSecrets } from './look-up-secrets.ts';
import { stepsOf } from './steps.ts';

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
): Promise<FoundAt> {
  const foundAt = await lookUpSome(entries, call, host);
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
): Promise<FoundAt> {
  const asked = entries.filter(entry => cannotBeAsked(entry) === undefined);
  const found = new Map<string, LookedUp>();
  const places = groupBy(asked, entry => placeId(placeOf(entry, host)));
  const namesOf = (own: readonly RemoteEntry[]): string[] =>
    [...new Set(own.map(askedName))].sort();
  const total = [...places.values()].reduce((sum, own) => sum + namesOf(own).length, 0);
  const done = stepsOf(total, 'looked up', host);
  for (const [id, own] of places) {
    const [first] = own;
    if (first === undefined) continue;
    const names = namesOf(own);
    const place = placeOf(first, host);
    found.set(
      id,
      place.service === 'ParameterStore'
        ? await lookUpParameters(names, prefixesOf(own), place, call, done)
        : await lookUpSecrets(names, versionedIn(own), place, call, done),
    );
  }
  return entry =>
    cannotBeAsked(entry) === undefined ? found.get(placeId(placeOf(entry, host))) : undefined;
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

function placeId({ service, region }: AwsPlace): string {
  return `${service} ${region}`;
}
