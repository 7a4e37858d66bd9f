import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, isMap, parsedJson, sum } from '../core/json.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { counted } from '../report/text.ts';
import { type CommonOptions, exitCodes } from '../shell/command.ts';
import { type ManifestFlags, wrongUsage } from '../shell/flags.ts';
import { beforeEnd } from '../shell/host.ts';
import { withKept } from '../shell/kept.ts';
import { printFindings, tellUnseen } from '../shell/print.ts';
import { locateFaults } from '../world/places.ts';
import { type Aws, type AwsPlace, awsClient, endpointOf } from './aws.ts';
import type { EntryList, WantedEntries } from './entries.ts';
import { entriesIn, listOf, siblingsAmong, wantedEntries } from './entries.ts';
import type { EntryFacts, Found, RemoteEntry } from './entry.ts';
import {
  askedName,
  cannotBeAsked,
  isAskable,
  isNumber,
  isThere,
  listedPrefix,
  timeText,
  wantedType,
  wantedVersions,
} from './entry.ts';
import { type Expected, entryFaults, unseenFaults, unusedFaults } from './faults.ts';
import type { KnownPlace, LookedUp, PlaceNotes } from './look-up.ts';
import {
  byPlace,
  inOwnAccount,
  lookUp,
  lookUpAt,
  lookUpSome,
  notesOf,
  placeId,
  placeOf,
  readValues,
} from './look-up.ts';

export interface CheckFlags extends ManifestFlags {
  readonly profile?: string;
  readonly read?: boolean;
}

type Entries = readonly RemoteEntry[];

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
  const selected = environment === undefined ? all.lists : [listOf(environment, all.lists)];
  const entries = entriesIn(selected);
  const { looked, isWhole } = await lookUpSelected(entries, entriesIn(all.lists), options, host);
  const findings = locateFaults(faultsOf(selected, all, looked, host), all.placeOf);
  const distinct = [...new Map(findings.map(item => [JSON.stringify(item), item])).values()];
  const read = tellUnseen(all, host);
  printFindings(distinct, { format }, host);
  host.stderr(summary(entries, looked, distinct));
  if (distinct.some(({ severity }) => severity === 'error')) return exitCodes.findings;
  return isWhole ? read : exitCodes.usage;
}

/** Looks entries up and, if they are to be read, reads them; of an entry that is missing the others of its purpose are looked up too. */
async function lookUpSelected(
  selected: Entries,
  all: Entries,
  { read: isReading = false, profile }: CheckFlags,
  host: Host,
) {
  const aws = awsClient(profile, host);
  const { notesAt, breakOff, end } = await resumedCheck(selected.filter(isAskable), isReading, aws);
  const removeHandler = beforeEnd(breakOff);
  try {
    const looked = await lookUp(selected, aws, notesAt);
    const checked = new Set(selected);
    const siblingsOf = siblingsAmong(all.filter(entry => !checked.has(entry)));
    const absent = selected.filter(entry => looked.found(entry) === 'missing');
    const others = new Set(absent.flatMap(siblingsOf));
    const elsewhere = others.size === 0 ? looked : await lookUpSome([...others], aws);
    if (isReading) await readValues(selected, looked, aws);
    const isWhole = !selected.some(entry => isCut(looked.found(entry)));
    if (isWhole) end();
    else breakOff();
    const found: LookedUp['found'] = entry => (others.has(entry) ? elsewhere : looked).found(entry);
    return { looked: inOwnAccount(selected, { ...looked, found }), isWhole };
  } finally {
    removeHandler();
  }
}

/** Whether AWS was too busy to answer all about an entry. */
function isCut(found: Found | undefined): boolean {
  return typeof found === 'object' && found.isCut === true;
}

/** In milliseconds. */
const HOUR = 3_600_000;

/** Takes over what a check of the same entries learned within the last hour before it was broken off. */
async function resumedCheck(askable: Entries, isReading: boolean, aws: Aws) {
  const { host } = aws;
  const places = byPlace(askable, host);
  const kept = host.kept(checkId(askable, isReading, host));
  const found = keptCheckIn(kept?.text ?? '');
  const age = host.now() - (found?.since ?? 0);
  // Older answers are not reused, and none from the future.
  const before = age >= 0 && age < HOUR ? found : undefined;
  const resumed = new Map<string, KnownPlace>();
  for (const { place, entries } of places) {
    const earlier = before?.places.get(placeId(place));
    const taken = earlier && (await reusedPlace(earlier, entries, place, aws));
    if (taken !== undefined) resumed.set(placeId(place), taken);
  }
  const since = resumed.size === 0 ? host.now() : (before?.since ?? 0);
  const notesAt = notesOf(resumed);
  const total = sum(places.map(({ names }) => names.length));
  const report = (count: number, text: string): void => {
    if (count > 0) host.stderr(`rem-secrets: ${text.replace('#', `${count} of ${total}`)}\n`);
  };
  const taken = sum([...resumed.values()].map(({ fine }) => fine.length));
  report(taken, `resumed: # names were answered at ${timeText(since)}; --no-cache asks for all`);
  // Keeps for the next run which entries are fine so far, and says so.
  const breakOff = (): void => {
    const now = places.map(({ place, entries }): [string, KnownPlace] => [
      placeId(place),
      keptPlace(entries, notesAt(place), isReading),
    ]);
    const isKept = kept?.keep(JSON.stringify({ since, places: now })) === true;
    const all = isKept ? sum(now.map(([, { fine }]) => fine.length)) : 0;
    const more = 'the same command goes on from there within an hour';
    report(all, `broken off: # names were answered; ${more}`);
  };
  // After all was answered the next run asks for everything again.
  return { notesAt, breakOff, end: () => kept?.drop() };
}

/** Raised when the meaning of the kept file changes. */
const FORM = 2;

/** Identifies a check: answers are only reused for the same endpoints, entries and questions. */
function checkId(entries: Entries, isReading: boolean, host: Host): string[] {
  const all = entries.map(entry => {
    const { service, region } = placeOf(entry, host);
    const { prefix, keys } = entry.store;
    const versions = wantedVersions(entry).map(({ version, isId }) => [version, isId]);
    const uses = entry.uses.map(({ how, isBase64 }) => [how, isBase64]);
    return [
      ...[service, endpointOf({ service, region }, host), region, askedName(entry), prefix],
      ...[wantedType(entry), entry.properties, versions, uses, keys],
    ];
  });
  return ['params check', JSON.stringify([FORM, isReading, all])];
}

/** What a check that was broken off has kept, with the time of its first answer in milliseconds since 1970. */
function keptCheckIn(text: string) {
  const document = parsedJson(text);
  if (!isMap(document) || typeof document['since'] !== 'number') return undefined;
  const { since, places } = document as unknown as {
    readonly since: number;
    readonly places: readonly [id: string, KnownPlace][];
  };
  return { since, places: new Map(places) };
}

/** Reuses a place if one of its names, looked up again, is still fine and in the same account. */
async function reusedPlace(
  { account, fine, listings }: KnownPlace,
  entries: Entries,
  place: AwsPlace,
  aws: Aws,
): Promise<KnownPlace | undefined> {
  const needed = new Set(entries.map(askedName));
  const names = fine.filter(name => needed.has(name));
  const name = names.find(isOfAccount);
  if (name === undefined) return undefined;
  const notes = notesOf()(place);
  const ofName = entries.filter(entry => askedName(entry) === name);
  const unlisted = ofName.map(entry => ({ ...entry, store: { ...entry.store, prefix: '' } }));
  await lookUpAt(place, { names: [name], entries: unlisted, done: () => {}, notes }, aws);
  const facts = notes.found.get(name);
  const isSame = isThere(facts) && facts.account === account && areFine(ofName, facts, false);
  return isSame ? { fine: names, listings, account } : undefined;
}

/** Whether the name is of the account of the credentials: an ARN may be of another one. */
function isOfAccount(name: string): boolean {
  return !name.startsWith('arn:');
}

function areFine(entries: Entries, found: EntryFacts, isReading: boolean): boolean {
  return entries.every(entry => {
    const isParameter = entry.store.aws?.service === 'ParameterStore';
    const labels = isReading && isParameter ? wantedVersions(entry) : [];
    return (
      (!isReading || found.value !== undefined) &&
      labels.every(({ version }) => isNumber(version) || found.labels?.has(version)) &&
      entryFaults({ entry, found, region: '', elsewhere: [] }).length === 0
    );
  });
}

/** What the next run may reuse of a place: nothing if its account is unknown. */
function keptPlace(entries: Entries, notes: PlaceNotes, isReading: boolean): KnownPlace {
  const plain = [...notes.found].flatMap(([name, found]) => (isOfAccount(name) ? [found] : []));
  const account = notes.account ?? plain.find(isThere)?.account ?? '';
  const byName = account === '' ? [] : [...groupBy(entries, askedName)];
  // The next run looks up all entries that are not fine again.
  const fine = byName.filter(([name, all]) => {
    const facts = notes.found.get(name);
    return notes.fine.has(name) || (isThere(facts) && areFine(all, facts, isReading));
  });
  return { account, fine: fine.map(([name]) => name), listings: [...notes.listings] };
}

function faultsOf(
  selected: readonly EntryList[],
  { lists, used, notes, unread, broken }: WantedEntries,
  looked: LookedUp,
  host: Host,
): ObjectFault[] {
  const all = selected.flatMap(({ environment, entries }) => {
    const others = lists
      .filter(list => list.environment !== environment)
      .map(list => ({ of: list.environment, siblingsOf: siblingsAmong(list.entries) }));
    return entries.flatMap((entry): Expected[] => {
      const found = looked.found(entry);
      if (found === undefined) return [];
      const elsewhere = others.flatMap(({ of, siblingsOf }) =>
        siblingsOf(entry)
          .filter(sibling => isThere(looked.found(sibling)))
          .map(({ name }) => ({ environment: of, name })),
      );
      return [{ entry, found, region: placeOf(entry, host).region, elsewhere }];
    });
  });
  const faults = [...unseenFaults(all), ...all.flatMap(entryFaults)];
  const isWhole = unread.length + broken.length + notes.length === 0;
  return isWhole ? [...faults, ...unusedOf(entriesIn(selected), used(), looked, host)] : faults;
}

/** The unused entries below each prefix, once where several stores share a prefix. */
function unusedOf(selected: Entries, used: Entries, looked: LookedUp, host: Host): ObjectFault[] {
  const stores = groupBy(selected.filter(isAskable), entry => {
    const prefix = listedPrefix(entry.store);
    return prefix && `${placeOf(entry, host).region} ${prefix}`;
  });
  return [...stores.values()].flatMap(([first]) => {
    const { aws } = first.store;
    const prefix = listedPrefix(first.store);
    const names = looked.listed(first);
    if (aws === undefined || prefix === undefined || names === undefined) return [];
    const near = used.filter(({ store }) => store.aws?.service === aws.service);
    return unusedFaults(aws, prefix, names, near);
  });
}

function summary(entries: Entries, looked: LookedUp, findings: readonly Finding[]): string {
  const checked = entries.map(looked.found).filter(found => found === 'missing' || isThere(found));
  const left = entries.length - checked.length;
  const reasons = entries.flatMap(entry => cannotBeAsked(entry) ?? []);
  const groups = [...groupBy(reasons, reason => reason)];
  const why = groups.map(([reason, of]) => `${of.length} because ${reason}`).sort();
  const because = why.length === 0 ? '' : ` (${why.join('; ')})`;
  const rest = left === 0 ? '' : `, ${left} not looked at${because}`;
  const counts = checked.length === 1 ? '1 entry' : `${checked.length} entries`;
  return `rem-secrets: ${counts} checked${rest}, ${counted(findings.length, 'finding')}\n`;
}
