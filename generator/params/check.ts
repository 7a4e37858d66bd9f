import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, sum } from '../core/json.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { counted } from '../report/text.ts';
import { type CommonOptions, exitCodes } from '../shell/command.ts';
import { type ManifestFlags, wrongUsage } from '../shell/flags.ts';
import { beforeEnd } from '../shell/host.ts';
import { withKept } from '../shell/kept.ts';
import { printFindings, tellUnseen } from '../shell/print.ts';
import { locateFaults } from '../world/places.ts';
import { type AwsPlace, awsClient, type CallAws, endpointOf } from './aws.ts';
import {
  type EntryList,
  entriesIn,
  listOf,
  siblingsAmong,
  type WantedEntries,
  wantedEntries,
} from './entries.ts';
import {
  askedName,
  cannotBeAsked,
  type EntryFacts,
  type Found,
  type FoundAt,
  foundOf,
  inOwnAccount,
  isNumber,
  isThere,
  type KnownPlace,
  keptCheckIn,
  keptCheckText,
  listedPrefix,
  type NotesAt,
  notesOf,
  type PlaceNotes,
  placeId,
  type RemoteEntry,
  timeText,
  wantedType,
  wantedVersions,
} from './entry.ts';
import { type Expected, entryFaults, unseenFaults, unusedFaults } from './faults.ts';
import { byPlace, isCut, lookUp, lookUpAt, lookUpSome, placeOf, readValues } from './look-up.ts';

export interface CheckFlags extends ManifestFlags {
  readonly profile?: string;
  readonly read?: boolean;
}

/** Compares the entries that manifests need with those in AWS. */
export async function checkEntries(
  options: CheckFlags & CommonOptions,
  machine: Host,
): Promise<number> {
  const { environment, format } = options;
  const host = withKept(machine, options);
  if (format === 'csv') wrongUsage('params check has no --format csv, only text, json');
  const { environment: _, ...everywhere } = options;
  // Entries of other environments count as used, and show where an entry is that is missing here.
  const all = await wantedEntries(everywhere, host);
  if (typeof all === 'number') return all;
  const wanted = environment === undefined ? all.lists : [listOf(environment, all.lists)];
  const { found, isWhole } = await findOut(wanted, all, options, host);
  const findings = locateFaults(faultsOf(wanted, all, found, host), all.placeOf);
  const distinct = [
    ...new Map(findings.map(finding => [JSON.stringify(finding), finding])).values(),
  ];
  const read = tellUnseen(all, host);
  printFindings(distinct, { format }, host);
  host.stderr(summary(wanted, found, distinct));
  if (distinct.some(({ severity }) => severity === 'error')) return exitCodes.findings;
  return isWhole ? read : exitCodes.usage;
}

async function findOut(
  wanted: readonly EntryList[],
  { lists, specStoreOf }: WantedEntries,
  { read: isReading = false, profile }: CheckFlags,
  host: Host,
): Promise<{ readonly found: FoundAt; readonly isWhole: boolean }> {
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

interface HeldEntry {
  readonly entry: RemoteEntry;
  readonly keys: readonly string[];
}

const GOES_ON = 'the same command goes on from there within an hour';

/** Takes over what a check of the same entries learned within the last hour before it was broken off. */
async function resumedCheck(
  held: readonly HeldEntry[],
  isReading: boolean,
  call: CallAws,
  host: Host,
) {
  const places = byPlace(held, ({ entry }) => entry, host);
  const kept = host.kept(askedParts(held, isReading, host));
  const found = keptCheckIn(kept?.text ?? '');
  const age = host.now() - (found?.since ?? 0);
  // Older answers are not reused, and none from the future.
  const before = age >= 0 && age < HOUR ? found : undefined;
  const known = new Map<string, KnownPlace>();
  for (const { items, place } of places) {
    const was = before?.places.get(placeId(place));
    const taken = was && (await takenUp(was, items, place, call));
    if (taken !== undefined) known.set(placeId(place), taken);
  }
  const since = known.size === 0 ? host.now() : (before?.since ?? 0);
  const notesAt = notesOf(known);
  const total = sum(places.map(({ items }) => namesIn(items).size));
  const say = (count: number, text: string): void => {
    if (count > 0) host.stderr(`rem-secrets: ${text.replace('#', `${count} of ${total}`)}\n`);
  };
  const taken = sum([...known.values()].map(({ fine }) => fine.size));
  say(taken, `resumed: # names were answered at ${timeText(since)}; --no-cache asks for all`);
  // Keeps for the next run which entries are fine so far, and says so.
  const breakOff = (): void => {
    const now = places.map(({ items, place }) =>
      keptPlace(items, place, notesAt(place), isReading),
    );
    const isKept = kept?.keep(keptCheckText({ since, places: new Map(now) })) === true;
    const all = isKept ? sum(now.map(([, { fine }]) => fine.size)) : 0;
    say(all, `broken off: # names were answered; ${GOES_ON}`);
  };
  // After all was answered the next run asks for everything again.
  return { notesAt, breakOff, end: () => kept?.drop() };
}

/** Raised when the meaning of the kept file changes. */
const FORM = 2;

/** Identifies a check: answers are only reused for the same endpoints, entries and questions. */
function askedParts(held: readonly HeldEntry[], isReading: boolean, host: Host): string[] {
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

/** In milliseconds. */
const HOUR = 3_600_000;

/** Reuses a place if one of its names, looked up again, is still fine and in the same account. */
async function takenUp(
  { account, fine, listings }: KnownPlace,
  own: readonly HeldEntry[],
  place: AwsPlace,
  call: CallAws,
): Promise<KnownPlace | undefined> {
  const wanted = namesIn(own);
  const names = [...fine].filter(name => wanted.has(name));
  const one = names.find(isOfAccount);
  if (one === undefined) return undefined;
  const [notes, ofOne] = [notesOf()(place), own.filter(({ entry }) => askedName(entry) === one)];
  const entries = ofOne.map(({ entry: { store, ...entry } }) => {
    const { prefix: _, ...bare } = store;
    return { ...entry, store: bare };
  });
  await lookUpAt(place, [one], entries, call, { done: () => {}, notes });
  const facts = notes.facts.get(one);
  if (facts === undefined || facts.account !== account || !areFine(ofOne, facts, false))
    return undefined;
  return { fine: new Set(names), listings, account };
}

function namesIn(own: readonly HeldEntry[]): Set<string> {
  return new Set(own.map(({ entry }) => askedName(entry)));
}

/** Whether the name is of the account of the credentials: an ARN may be of another one. */
function isOfAccount(name: string): boolean {
  return !name.startsWith('arn:');
}

function areFine(held: readonly HeldEntry[], found: EntryFacts, isReading: boolean): boolean {
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

/** What is kept of a place: nothing if its account is unknown. */
function keptPlace(
  own: readonly HeldEntry[],
  place: AwsPlace,
  notes: PlaceNotes,
  isReading: boolean,
): [id: string, place: KnownPlace] {
  const found = [...notes.facts].find(([name]) => isOfAccount(name))?.[1].account;
  const account = notes.account ?? found ?? '';
  const byName = account === '' ? [] : [...groupBy(own, ({ entry }) => askedName(entry))];
  // The next run looks up all others again.
  const fine = byName.filter(([name, all]) => {
    const facts = notes.facts.get(name);
    return notes.fine.has(name) || (facts !== undefined && areFine(all, facts, isReading));
  });
  const names = new Set(fine.map(([name]) => name));
  return [placeId(place), { account, fine: names, listings: notes.listings }];
}

async function askFor(
  wanted: readonly EntryList[],
  all: readonly EntryList[],
  { isReading, notesAt }: { readonly isReading: boolean; readonly notesAt: NotesAt },
  call: CallAws,
  host: Host,
): Promise<FoundAt> {
  const entries = entriesIn(wanted);
  const foundAt = await lookUp(entries, call, host, notesAt);
  const own = new Set(entries);
  const siblingsOf = siblingsAmong(entriesIn(all).filter(entry => !own.has(entry)));
  const absent = entries.filter(entry => foundOf(entry, foundAt) === 'missing');
  const others = new Set(absent.flatMap(siblingsOf));
  const elsewhere = others.size === 0 ? foundAt : await lookUpSome([...others], call, host);
  const read = isReading ? await readValues(entries, foundAt, call, host, notesAt) : foundAt;
  return entry => (others.has(entry) ? elsewhere(entry) : read(entry));
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

/** The unused entries below each prefix, once where several stores share a prefix. */
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
    const { aws } = first.store;
    if (id === undefined || aws === undefined) return [];
    const listing = foundAt(first)?.listed.find(
      ({ prefix }) => prefix === listedPrefix(first.store),
    );
    const near = all.filter(({ store }) => store.aws?.service === aws.service);
    return listing === undefined ? [] : unusedFaults(aws, listing, near);
  });
}

function summary(wanted: readonly EntryList[], foundAt: FoundAt, findings: readonly Finding[]) {
  const entries = entriesIn(wanted);
  const all = entries.map(entry => foundOf(entry, foundAt));
  const checked = all.filter(found => found === 'missing' || isSeen(found)).length;
  const left = all.length - checked;
  const reasons = groupBy(
    entries.flatMap(entry => cannotBeAsked(entry) ?? []),
    reason => reason,
  );
  const why = [...reasons].map(([reason, of]) => `${of.length} because ${reason}`).sort();
  const told = why.length === 0 ? '' : ` (${why.join('; ')})`;
  const rest = left === 0 ? '' : `, ${left} not looked at${told}`;
  const counts = checked === 1 ? '1 entry' : `${checked} entries`;
  return `rem-secrets: ${counts} checked${rest}, ${counted(findings.length, 'finding')}\n`;
}
