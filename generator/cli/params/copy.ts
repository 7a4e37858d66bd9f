import type { Host } from '../../ground/host.ts';
import type { RemoteEntry } from '../../operate/params/entry.ts';
import { askedName, cannotBeAsked, foundOf } from '../../operate/params/looked-up.ts';
import { siblingsAmong } from '../../operate/params/remote-entries.ts';
import { awsClient } from '../aws/client.ts';
import { exitCodes } from '../command.ts';
import { wrongUsage } from '../usage.ts';
import { lookUp } from './look-up.ts';
import type { CopyOptions } from './params-flags.ts';
import { keyOf, putOne } from './put-one.ts';
import { listOf, wantedEntries } from './wanted-entries.ts';

/**
 * Asks for the values that an environment lacks and another one names: names are copied, values never.
 * What was put is there, so that a run that was broken off goes on where it was.
 */
export async function copyEntries(options: CopyOptions, host: Host): Promise<number> {
  const { source, target, profile } = options;
  const wanted = wantedEntries({ ...options, paths: [], namespace: '' }, host);
  if (typeof wanted === 'number') return wanted;
  const siblingsOf = siblingsAmong(listOf(source, wanted.lists).entries);
  const alike = listOf(target, wanted.lists).entries.filter(
    entry => isAskable(entry) && siblingsOf(entry).length > 0,
  );
  const call = awsClient(profile, host);
  const foundAt = await lookUp(alike, call, host);
  const absent = alike.filter(entry => foundOf(entry, foundAt) === 'missing');
  host.stderr(
    `rem-secrets: of ${alike.length} entries that ${source} has too, ${absent.length} are missing in ${target}\n`,
  );
  for (const entry of absent) {
    const name = askedName(entry);
    const given = options.dryRun === true ? '' : askedValue(name, host);
    if (given === '') host.stderr(`rem-secrets: ${JSON.stringify(name)} is left out\n`);
    else await putOne(entry, keyOf(entry, wanted, options), { ...options, given }, call, host);
  }
  return exitCodes.ok;
}

/** What a PushSecret writes comes with it. */
function isAskable(entry: RemoteEntry): boolean {
  return cannotBeAsked(entry) === undefined && entry.uses.every(({ how }) => how !== 'push');
}

function askedValue(name: string, host: Host): string {
  const answer = host.ask(`The value of ${name} (it is not shown; empty: left out): `, true);
  return answer ?? wrongUsage('there is no terminal to ask for values: put them one by one');
}
