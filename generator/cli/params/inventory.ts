import type { Host } from '../../ground/host.ts';
import { inventoryFound, inventoryOf } from '../../operate/params/inventory.ts';
import { inOwnAccount } from '../../operate/params/looked-up.ts';
import { renderInventory } from '../../report/params/inventory.ts';
import { awsClient } from '../aws/client.ts';
import type { ExitCode } from '../command.ts';
import { tellUnseen } from '../unread.ts';
import { lookUp } from './look-up.ts';
import type { InventoryOptions } from './params-flags.ts';
import { readValues } from './read-values.ts';
import { entriesIn, type WantedEntries, wantedEntries } from './wanted-entries.ts';

/** Prints the entries of stores for lint: what the manifests say, or what AWS has. */
export function printInventory(options: InventoryOptions, host: Host): ExitCode {
  const wanted = wantedEntries(options, host);
  if (typeof wanted === 'number') return wanted;
  if (options.isOfAws === true) return printFound(wanted, options, host);
  host.stdout(renderInventory(inventoryOf(entriesIn(wanted.lists))));
  return tellUnseen(wanted, host);
}

async function printFound(
  wanted: WantedEntries,
  options: InventoryOptions,
  host: Host,
): Promise<number> {
  const entries = entriesIn(wanted.lists);
  const call = awsClient(options.profile, host);
  const foundAt = await lookUp(entries, call, host);
  const read = options.isReading === true;
  const known = read ? await readValues(entries, foundAt, call, host) : foundAt;
  host.stdout(renderInventory(inventoryFound(entries, inOwnAccount(entries, known))));
  return tellUnseen(wanted, host);
}
