import type { Host } from '../../ground/host.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import { askedName, cannotBeAsked } from '../../operate/params/looked-up.ts';
import { awsClient } from '../aws/client.ts';
import { wrongUsage } from '../usage.ts';
import { placeOf } from './look-up.ts';
import type { PutOptions } from './params-flags.ts';
import { keyOf, putOne } from './put-one.ts';
import { type WantedEntries, wantedEntries } from './wanted-entries.ts';

/** Writes the value of one entry that the manifests need. */
export async function putEntry(options: PutOptions, host: Host): Promise<number> {
  const wanted = wantedEntries(options, host);
  if (typeof wanted === 'number') return wanted;
  const entry = entryNamed(options.name, wanted, host);
  return putOne(
    entry,
    keyOf(entry, wanted, options),
    options,
    awsClient(options.profile, host),
    host,
  );
}

/** The entry of that name: one of two regions or services has to be chosen by its environment. */
function entryNamed(name: string, { lists }: WantedEntries, host: Host): RemoteEntry {
  const all = lists.flatMap(({ entries }) => [...entries]);
  const known = all.filter(entry => cannotBeAsked(entry) === undefined);
  const named = known.filter(entry => askedName(entry) === name);
  const [entry] = named;
  if (entry === undefined)
    return wrongUsage(
      `no manifest reads an entry of that name of AWS. ${knownNames('entries', name, new Set(known.map(askedName)))}`,
    );
  const places = new Set(named.map(one => JSON.stringify([placeOf(one, host), one.store.account])));
  if (places.size > 1) wrongUsage(`"${name}" is in several places: choose one by --environment`);
  return {
    ...entry,
    uses: named.flatMap(({ uses }) => [...uses]),
    properties: [...new Set(named.flatMap(({ properties }) => [...properties]))].sort(),
  };
}
