import type { Finding } from '../core/finding.ts';
import type { Host } from '../core/host.ts';
import { groupBy, isMap, parsedJson, sum } from '../core/json.ts';
import { knownNames, nearest } from '../core/names.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { counted, firstOf } from '../report/text.ts';
import { type CommonOptions, exitCodes } from '../shell/command.ts';
import { type ManifestFlags, wrongUsage } from '../shell/flags.ts';
import { beforeEnd } from '../shell/host.ts';
import { withKept } from '../shell/kept.ts';
import { printFindings, tellUnseen } from '../shell/print.ts';
import { locateFaults } from '../world/places.ts';
import { type Aws, type AwsPlace, awsClient, endpointOf } from './aws.ts';
import type { EntryList, WantedEntries } from './entries.ts';
import { entriesIn, listOf, siblingsAmong, wantedEntries } from './entries.ts';
import type { EntryFacts, EntryUse, Found, RemoteEntry, ValueFacts } from './entry.ts';
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

export type CheckFlags = ManifestFlags & { readonly profile?: string; readonly read?: boolean };

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
async function lookUpSelected(selected: Entries, all: Entries, flags: CheckFlags, host: Host) {
  const { read: isReading = false, profile } = flags;
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

function isCut(found: Found | undefined): boolean {
  return typeof found === 'object' && found.isCut === true;
}

/** Takes over what a check of the same entries learned within the last hour before it was broken off. */
async function resumedCheck(askable: Entries, isReading: boolean, aws: Aws) {
  const { host } = aws;
  const places = byPlace(askable, host);
  const kept = host.kept(checkId(askable, isReading, host));
  const before = keptCheckIn(kept?.text ?? '', host.now());
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
function keptCheckIn(text: string, now: number) {
  const document = parsedJson(text);
  const since = isMap(document) ? document['since'] : undefined;
  // Older answers are not reused, and none from the future.
  if (typeof since !== 'number' || since > now || since <= now - 3_600_000) return undefined;
  const { places } = document as { readonly places: readonly [id: string, KnownPlace][] };
  return { since, places: new Map(places) };
}

/** Reuses a place if one of its names, looked up again, is still fine and in the same account. */
async function reusedPlace(earlier: KnownPlace, entries: Entries, place: AwsPlace, aws: Aws) {
  const { account, fine, listings } = earlier;
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

/** Parameters that no environment reads below each prefix, once where several stores share it. */
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
    // A search may find any of them.
    if (near.some(({ isSearch }) => isSearch)) return [];
    const wanted = new Set(near.map(askedName));
    const unused = names.filter(name => !wanted.has(name)).sort();
    if (unused.length === 0) return [];
    const quoted = unused.map(name => `"${name}"`);
    const message = `nothing reads ${firstOf(quoted, 10)}, below "${prefix}"`;
    const hint = 'Delete what nothing else reads either: a secret that is kept can be lost.';
    const at = { object: aws.object, path: [...aws.path, 'prefix'] };
    return [{ id: 'unused-entry', severity: 'warning', ...at, message, hint }];
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

interface Expected {
  readonly entry: RemoteEntry;
  readonly found: Found;
  readonly region: string;
  /** The environments in which the same entry exists, and its name there. */
  readonly elsewhere: readonly { readonly environment: string; readonly name: string }[];
}

/** What is known to be wrong with an entry, reported at its first use. */
function entryFaults(expected: Expected): ObjectFault[] {
  const { entry, found } = expected;
  const [first] = entry.uses;
  if (first === undefined) return [];
  const at = faultsAt(first);
  if (found === 'missing') return missing(expected, at);
  if ('unknown' in found) return [];
  return [
    ...stateFaults(expected, found, at),
    ...versionFaults(expected, found, at),
    ...(found.value === undefined ? [] : valueFaults(expected, found, found.value, at)),
  ];
}

type At = ReturnType<typeof faultsAt>;

function faultsAt(first: EntryUse) {
  return (id: string, severity: Finding['severity'], text: string, hint: string, use = first) => {
    const { object, path } = use;
    return { id, severity, object, path, message: text, hint };
  };
}

function missing(expected: Expected, at: At): ObjectFault[] {
  const { entry, region, elsewhere } = expected;
  const { account } = entry.store;
  // A PushSecret will write it.
  if (entry.uses.some(({ how }) => how === 'push')) return [];
  const others = elsewhere.map(({ environment, name }) => `${environment} ("${name}")`);
  const there = others.length === 0 ? '' : ` It is there for ${others.join(', ')}.`;
  const whose = account === undefined ? '' : ` in account ${account}`;
  const hint = `Put it${whose}: rem-secrets params put ${entry.name}.${there}`;
  return [at('missing-entry', 'error', `there is no ${called(expected)} in ${region}`, hint)];
}

function called({ entry: { store, name } }: Expected): string {
  return `${store.aws?.service === 'ParameterStore' ? 'parameter' : 'secret'} "${name}"`;
}

function* stateFaults(expected: Expected, facts: EntryFacts, at: At): Generator<ObjectFault> {
  const { entry } = expected;
  const { keys = [] } = entry.store;
  const name = called(expected);
  const { type, deleted, expires, hasValue, keyId } = facts;
  const isRead = entry.uses.some(({ how }) => how !== 'metadata');
  const isClear = type !== undefined && type !== 'SecureString' && isRead;
  const put = `rem-secrets params put ${entry.name}`;
  const error = (id: string, message: string, hint: string): ObjectFault =>
    at(id, 'error', `${name} ${message}`, hint);
  if (isClear && wantedType(entry) === 'SecureString') {
    const hint = `AWS changes no type: ${put} --replace deletes it and makes a SecureString.`;
    yield error('entry-type', `is a ${type}: its value is stored in clear`, hint);
  }
  if (deleted !== undefined) {
    const hint = 'Restore it: aws secretsmanager restore-secret.';
    yield error('deleted-entry', `is to be deleted after ${deleted}, and cannot be read`, hint);
  } else if (!hasValue)
    yield error('entry-without-value', 'is there and has no value', `Put one: ${put}.`);
  if (expires !== undefined) {
    const hint = 'Put a new version with another expiration, or none.';
    yield at('expiring-entry', 'warning', `AWS deletes ${name} on ${expires}`, hint);
  }
  if (isOtherKey(keyId, keys)) {
    const hint =
      'Put it again under the key that External Secrets may use, or name this one in `iam.keys`.';
    yield error('entry-key', `is encrypted by ${keyId}, not by ${keys.join()}`, hint);
  }
}

/** Whether another key encrypts it. Aliases are not compared with IDs, as both may name one key. */
function isOtherKey(keyId: string | undefined, keys: readonly string[]): boolean {
  if (keyId === undefined || keys.length === 0) return false;
  const [used = '', ...named] = [keyId, ...keys].map(key => key.replace(/^arn:.*:(?:key\/)?/, ''));
  const isAlias = used.startsWith('alias/');
  return named.every(key => key.startsWith('alias/') === isAlias) && !named.includes(used);
}

function versionFaults(expected: Expected, facts: EntryFacts, at: At): ObjectFault[] {
  return wantedVersions(expected.entry).flatMap(({ use, version, isId }) => {
    const message = missingText(version, facts, called(expected));
    if (message === undefined) return [];
    // AWS lists only versions with labels; another one may exist until AWS deletes it.
    if (isId) {
      const hint =
        'AWS deletes versions without a label: ask for a label, or for the current version.';
      return at('missing-version', 'warning', `${message} that has a label`, hint, use);
    }
    const hint = 'Ask for a version that is there, or for the current one: without `version`.';
    return at('missing-version', 'error', message, hint, use);
  });
}

/** How many versions of a parameter AWS keeps (docs/facts/aws.md#parameters). */
const KEPT = 100;

function missingText(version: string, { newest, labels, versions }: EntryFacts, name: string) {
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

const TOO_LARGE = 'is an advanced parameter, which costs, and would fit a standard one';

const NO_WAY_BACK =
  'AWS takes none back: delete it and put it again, unless it is shared with other accounts.';

/** Faults of the value of an entry. None of it is quoted. */
function valueFaults(expected: Expected, { tier, expires }: EntryFacts, value: ValueFacts, at: At) {
  const { entry } = expected;
  const name = called(expected);
  const put = `Put it again: rem-secrets params put ${entry.name}.`;
  if (value.isEmpty) return [at('empty-entry', 'error', `${name} is empty`, put)];
  const warn = (id: string, message: string, hint = put): ObjectFault =>
    at(id, 'warning', `${name} ${message}`, hint);
  const space = value.hasFinalNewline ? 'ends with a newline' : 'begins or ends with white space';
  const isWasted = tier === 'Advanced' && expires === undefined && value.isSmall;
  const doubts = [
    value.isPlaceholder && warn('placeholder-entry', 'looks like a placeholder'),
    value.hasCarriageReturns && warn('entry-line-ends', 'has line ends of Windows'),
    value.hasNull && warn('entry-null', 'has a null byte'),
    value.hasOuterSpace && warn('entry-space', space),
    isWasted && warn('entry-tier', TOO_LARGE, NO_WAY_BACK),
  ];
  const ofUses = entry.uses.flatMap(use => useFaults(name, use, value, at));
  return [...doubts.filter(fault => fault !== false), ...ofUses];
}

function useFaults(name: string, use: EntryUse, value: ValueFacts, at: At): ObjectFault[] {
  const { how, property, isBase64 } = use;
  if (how === 'value' && isBase64 && !value.isBase64) {
    const hint = 'Encode it, or take decodingStrategy away.';
    return [at('entry-base64', 'error', `${name} is no Base64`, hint, use)];
  }
  if (how !== 'property' && how !== 'properties') return [];
  const { properties } = value;
  if (properties === undefined) {
    const hint = 'External Secrets takes properties from JSON alone.';
    return [at('entry-json', 'error', `${name} is no JSON object`, hint, use)];
  }
  if (property === undefined || value.has.has(property)) return [];
  const ofProperty = { ...use, path: [...use.path.slice(0, -1), 'property'] };
  const hint =
    nearest(property, properties) === undefined
      ? `It has ${properties.length} properties, none with a name like it.`
      : knownNames('properties', property, properties);
  const message = `${name} has no property "${property}"`;
  return [at('missing-property', 'error', message, hint, ofProperty)];
}

/** A fault for each reason why entries could not be checked, at the first entry that it concerns. */
function unseenFaults(all: readonly Expected[]): ObjectFault[] {
  const unseen = all.flatMap(expected => {
    const reason = unseenText(expected.found);
    const [use] = expected.entry.uses;
    return reason && use ? [{ name: called(expected), reason, use }] : [];
  });
  return [...groupBy(unseen, ({ reason }) => JSON.stringify(reason)).values()].map(group => {
    const [{ use, reason }] = group;
    const names = [...new Set(group.map(({ name }) => name))];
    const who = firstOf(names, 3);
    const [was, what] = names.length === 1 ? ['was', reason.of[0]] : ['were', reason.of[1]];
    const at = faultsAt(use);
    const hint = `Nothing is known of ${what}.`;
    return at('unseen-entry', 'warning', `${who} ${was} ${reason.why}`, hint);
  });
}

function unseenText(found: Found) {
  if (found === 'missing') return undefined;
  if ('unknown' in found) return { why: `not looked at: ${found.unknown}`, of: ['it', 'them'] };
  const { unread, value } = found;
  if (unread === undefined) return undefined;
  const why = `not read: ${unread}`;
  if (value === undefined) return { why, of: ['its value', 'their values'] };
  return { why, of: ['its labels', 'their labels'] };
}
