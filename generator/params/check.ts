import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy } from '../core/json.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { counted } from '../report/text.ts';
import { type ExitCode, exitCodes, wrongUsage } from '../shell/command.ts';
import { beforeEnd } from '../shell/host.ts';
import { withKept } from '../shell/kept.ts';
import { printFindings, tellUnseen } from '../shell/print.ts';
import { locateFaults } from '../world/places.ts';
import { awsClient, type CallAws } from './aws.ts';
import { type Expected, listedPrefix, unusedFaults } from './entries.ts';
import type { RemoteEntry } from './entry.ts';
import { type EntryList, inventoryFound, inventoryOf, siblingsAmong } from './entry-uses.ts';
import type { Found } from './facts.ts';
import { entryFaults, isThere, unseenFaults } from './faults.ts';
import type { CheckOptions, InventoryOptions } from './flags.ts';
import { renderInventory } from './formats.ts';
import { isCut, lookUp, lookUpAny, lookUpSome, placeOf } from './look-up.ts';
import type { NotesAt } from './notes.ts';
import { readValues } from './put.ts';
import { cannotBeAsked, type FoundAt, foundOf, inOwnAccount } from './values.ts';
import { entriesIn, listOf, resumedCheck, type WantedEntries, wantedEntries } from './wanted.ts';

/** Holds what the manifests need against what is in AWS. */
export async function checkEntries(options: CheckOptions, machine: Host): Promise<number> {
  const { environment, format } = options;
  const host = withKept(machine, options);
  if (format === 'csv') wrongUsage('params check has no --format csv, only text, json');
  const { environment: _, ...everywhere } = options;
  // What other environments need is used too, and tells where an entry is that is missing here.
  const all = wantedEntries(everywhere, host);
  if (typeof all === 'number') return all;
  const wanted = environment === undefined ? all.lists : [listOf(environment, all.lists)];
  const { found, isWhole } = await findOut(wanted, all, options, host);
  const findings = locateFaults(faultsOf(wanted, all, found, host), all.placeOf);
  const told = [...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values()];
  const read = tellUnseen(all, host);
  printFindings(told, { format }, host);
  host.stderr(summary(wanted, found, told));
  if (told.some(({ severity }) => severity === 'error')) return exitCodes.findings;
  return isWhole ? read : exitCodes.usage;
}

function faultsOf(
  wanted: readonly EntryList[],
  { lists, specStoreOf, used, unread, broken }: WantedEntries,
  foundAt: FoundAt,
  host: Host,
): ObjectFault[] {
  const held = wanted.flatMap(({ environment, entries }) => {
    const others = lists
      .filter(list => list.environment !== environment)
      .map(list => ({ of: list.environment, siblingsOf: siblingsAmong(list.entries) }));
    return entries.flatMap((entry): Expected[] => {
      const found = foundOf(entry, foundAt);
      if (found === undefined) return [];
      const { region } = placeOf(entry, host);
      const elsewhere = others.flatMap(({ of, siblingsOf }) =>
        siblingsOf(entry)
          .filter(other => isSeen(foundOf(other, foundAt)))
          .map(({ name }) => ({ environment: of, name })),
      );
      const { keys } = specStoreOf(environment, entry.store.name.name);
      return [{ entry, found, region, keys, elsewhere }];
    });
  });
  const own = [...unseenFaults(held), ...held.flatMap(entryFaults)];
  const isWhole = unread.length + broken.length === 0;
  return isWhole ? [...own, ...unusedOf(wanted, used(), foundAt, host)] : own;
}

function isSeen(found: Found | undefined): boolean {
  return found !== undefined && isThere(found);
}

/** Once for each prefix: several stores may have the same one. */
function unusedOf(
  wanted: readonly EntryList[],
  all: readonly RemoteEntry[],
  foundAt: FoundAt,
  host: Host,
): ObjectFault[] {
  const asked = entriesIn(wanted).filter(entry => cannotBeAsked(entry) === undefined);
  const stores = groupBy(asked, entry => {
    const prefix = listedPrefix(entry.store);
    return prefix === undefined ? undefined : `${placeOf(entry, host).region} ${prefix}`;
  });
  return [...stores].flatMap(([id, [first]]) => {
    const aws = first?.store.aws;
    if (id === undefined || first === undefined || aws === undefined) return [];
    const listing = foundAt(first)?.listed.find(
      ({ prefix }) => prefix === listedPrefix(first.store),
    );
    const near = all.filter(({ store }) => store.aws?.service === aws.service);
    return listing === undefined ? [] : unusedFaults(aws, listing, near);
  });
}

function summary(
  wanted: readonly EntryList[],
  foundAt: FoundAt,
  findings: readonly Finding[],
): string {
  const all = entriesIn(wanted).map(entry => foundOf(entry, foundAt));
  const checked = all.filter(found => found === 'missing' || isSeen(found)).length;
  const left = all.length - checked;
  const rest = left === 0 ? '' : `, ${left} not looked at`;
  const entries = checked === 1 ? '1 entry' : `${checked} entries`;
  return `rem-secrets: ${entries} checked${rest}, ${counted(findings.length, 'finding')}\n`;
}

/** What was found out; not whole: AWS broke it off. */
interface FoundOut {
  readonly found: FoundAt;
  readonly isWhole: boolean;
}

/** Goes on where a run was broken off, and has another one go on where this one is. */
async function findOut(
  wanted: readonly EntryList[],
  { lists, specStoreOf }: WantedEntries,
  { isReading = false, profile }: CheckOptions,
  host: Host,
): Promise<FoundOut> {
  const call = awsClient(profile, host);
  const held = wanted.flatMap(({ environment, entries }) =>
    entries
      .filter(entry => cannotBeAsked(entry) === undefined)
      .map(entry => ({ entry, keys: specStoreOf(environment, entry.store.name.name).keys })),
  );
  const run = await resumedCheck(held, isReading, call, host);
  const goOn = beforeEnd(run.breakOff);
  try {
    const found = await askFor(wanted, lists, { isReading, notesAt: run.notesAt }, call, host);
    const isWhole = held.every(({ entry }) => {
      const facts = foundOf(entry, found);
      return facts === undefined || !isCut(facts);
    });
    if (isWhole) run.end();
    else run.breakOff();
    return { found: inOwnAccount(entriesIn(wanted), found), isWhole };
  } finally {
    goOn();
  }
}

/** All that is wanted is asked for, and of others what may stand for something that is missing. */
async function askFor(
  wanted: readonly EntryList[],
  all: readonly EntryList[],
  { isReading, notesAt }: { readonly isReading: boolean; readonly notesAt: NotesAt },
  call: CallAws,
  host: Host,
): Promise<FoundAt> {
  const entries = entriesIn(wanted);
  const foundAt = await lookUpAny(entries, call, host, notesAt);
  const own = new Set(entries);
  const siblingsOf = siblingsAmong(entriesIn(all).filter(entry => !own.has(entry)));
  const absent = entries.filter(entry => foundOf(entry, foundAt) === 'missing');
  const others = new Set(absent.flatMap(siblingsOf));
  const elsewhere = others.size === 0 ? foundAt : await lookUpSome([...others], call, host);
  const read = isReading ? await readValues(entries, foundAt, call, host, notesAt) : foundAt;
  return entry => (others.has(entry) ? elsewhere(entry) : read(entry));
}

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
