import { groupBy } from '../../ground/group-by.ts';
import type { Host } from '../../ground/host.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import { wantedType } from '../../operate/params/entry.ts';
import { entryFaults } from '../../operate/params/entry-faults.ts';
import type { EntryFacts } from '../../operate/params/facts.ts';
import { askedName } from '../../operate/params/looked-up.ts';
import { isNumber, wantedVersions } from '../../operate/params/version-faults.ts';
import { endpointOf } from '../aws/services.ts';
import { placeOf } from './look-up.ts';
import type { PlaceNotes } from './notes.ts';

/** An entry, and the keys that should encrypt it. */
export interface HeldEntry {
  readonly entry: RemoteEntry;
  readonly keys: readonly string[];
}

/** The names whose entries are as they should be, as far as notes tell: what is wrong is asked for again. */
export function fineNames(
  own: readonly HeldEntry[],
  { fine, told }: PlaceNotes,
  isReading: boolean,
): string[] {
  const byName = groupBy(own, ({ entry }) => askedName(entry));
  return [...byName].flatMap(([name, all]) => {
    const facts = told.get(name);
    const isFine = fine.has(name) || (facts !== undefined && areFine(all, facts, isReading));
    return isFine ? [name] : [];
  });
}

/** Whether one name has what all entries of it want. */
export function areFine(
  held: readonly HeldEntry[],
  found: EntryFacts,
  isReading: boolean,
): boolean {
  return held.every(
    ({ entry, keys }) =>
      (!isReading || isRead(entry, found)) &&
      entryFaults({ entry, found, region: '', keys, elsewhere: [] }).length === 0,
  );
}

function isRead(entry: RemoteEntry, { value, labels }: EntryFacts): boolean {
  const isParameter = entry.store.aws?.service === 'ParameterStore';
  const wanted = isParameter ? wantedVersions(entry) : [];
  const isLabelled = wanted.every(({ version }) => isNumber(version) || labels?.has(version));
  return value !== undefined && isLabelled;
}

/** The names that AWS is asked for. */
export function namesIn(own: readonly HeldEntry[]): Set<string> {
  return new Set(own.map(({ entry }) => askedName(entry)));
}

/** Raised when what is kept comes to mean something else. */
const FORM = 1;

/** What has to be the same for the answers to be: where AWS is, and all that is asked of the entries. */
export function askedParts(held: readonly HeldEntry[], isReading: boolean, host: Host): string[] {
  const all = held.map(({ entry, keys }) => {
    const { service, region } = placeOf(entry, host);
    const versions = wantedVersions(entry).map(({ version, isId }) => [version, isId]);
    const uses = entry.uses.map(({ how, isBase64 }) => [how, isBase64]);
    return [
      ...[service, endpointOf(service, region, host), region, askedName(entry), entry.store.prefix],
      ...[wantedType(entry), entry.properties, versions, uses, keys],
    ];
  });
  return ['params check', JSON.stringify([FORM, isReading, all])];
}
