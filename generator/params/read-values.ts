import type { Host } from '../core/host.ts';
import { groupBy, listAt, textAt } from '../core/json.ts';
import {
  type AwsPlace,
  AwsRefusal,
  type CallAws,
  type CallThere,
  callAt,
  unlessBroken,
} from './aws.ts';
import { askedName, isNumber, type RemoteEntry, wantedVersions } from './entry.ts';
import { type EntryFacts, isThere, valueFacts } from './facts.ts';
import { placeOf } from './look-up.ts';
import {
  type Done,
  type FoundAt,
  foundOf,
  type NotesAt,
  notesOf,
  placeId,
  progressOf,
} from './notes.ts';

/** What is told of values instead of them. */
type Told = Pick<EntryFacts, 'isCut' | 'labels' | 'value' | 'unread'>;

const BARE = { hasValue: true };

/** Reads the values of entries that are there, and keeps what may be told of each. */
export async function readValues(
  entries: readonly RemoteEntry[],
  foundAt: FoundAt,
  call: CallAws,
  host: Host,
  notesAt: NotesAt = notesOf(),
): Promise<FoundAt> {
  const isReadable = (entry: RemoteEntry): boolean => {
    const found = foundOf(entry, foundAt);
    if (found === undefined || !isThere(found)) return false;
    const isRead = notesAt(placeOf(entry, host)).fine.has(askedName(entry));
    return !isRead && found.hasValue && found.deleted === undefined;
  };
  const told = new Map<string, Told>();
  const readable = entries.filter(isReadable);
  const places = groupBy(readable, entry => placeId(placeOf(entry, host)));
  const done = progressOf(new Set(readable.map(askedName)).size, 'read', host);
  for (const own of places.values()) {
    const [first] = own;
    if (first === undefined) continue;
    const place = placeOf(first, host);
    const { told: noted } = notesAt(place);
    const hear = (name: string, facts: Told): void => {
      told.set(idOf(place, name), facts);
      noted.set(name, { ...BARE, ...noted.get(name), ...facts });
    };
    await readPlace(own, place, call, done, hear);
  }
  return entry => {
    const before = foundAt(entry);
    if (before === undefined) return undefined;
    const name = askedName(entry);
    const found = before.found.get(name);
    const facts = told.get(idOf(placeOf(entry, host), name));
    if (found === undefined || !isThere(found) || facts === undefined) return before;
    return { ...before, found: new Map([[name, { ...found, ...facts }]]) };
  };
}

function idOf(place: AwsPlace, name: string): string {
  return `${placeId(place)} ${name}`;
}

/** What is told, by name. */
type Heard = (readonly [name: string, told: Told])[];

/** Names of one GetParameters (docs/facts/aws.md#parameters). */
const TOGETHER = 10;

/** What is told of the entries of one place. */
async function readPlace(
  entries: readonly RemoteEntry[],
  place: AwsPlace,
  call: CallAws,
  done: Done,
  hear: (name: string, facts: Told) => void,
): Promise<void> {
  const told = new Map<string, Told>();
  const wanted = groupBy(entries, askedName);
  const propertiesOf = (name: string): string[] =>
    (wanted.get(name) ?? []).flatMap(({ properties }) => [...properties]);
  const there = callAt(place, call);
  const isParameter = place.service === 'ParameterStore';
  const [step, reader] = isParameter ? [TOGETHER, readParameters] : [1, readSecret];
  const names = [...wanted.keys()].sort();
  // Who is throttled for good asks no more.
  let busy: Told | undefined;
  for (let at = 0; at < names.length; at += step) {
    const some = names.slice(at, at + step);
    const before = busy;
    const all =
      before === undefined
        ? await readSome(some, one => reader(one, propertiesOf, there))
        : some.map((name): Heard[number] => [name, before]);
    for (const [name, facts] of all) {
      told.set(name, facts);
      hear(name, facts);
    }
    busy = all.find(([, { isCut }]) => isCut)?.[1];
    done(some.length);
  }
  for (const [name, facts] of await labelsOf(isParameter ? entries : [], there, busy?.unread))
    hear(name, { ...told.get(name), ...facts });
}

type Properties = (name: string) => readonly string[];

async function readParameters(
  names: readonly string[],
  propertiesOf: Properties,
  call: CallThere,
): Promise<Heard> {
  const answer = await call('GetParameters', { Names: names, WithDecryption: true });
  return listAt(answer, 'Parameters').map(parameter => {
    const name = textAt(parameter, 'Name') ?? '';
    return [name, { value: valueFacts(textAt(parameter, 'Value') ?? '', propertiesOf(name)) }];
  });
}

async function readSecret(
  [name = '']: readonly string[],
  propertiesOf: Properties,
  call: CallThere,
): Promise<Heard> {
  const answer = await call('GetSecretValue', { SecretId: name });
  const text = textAt(answer, 'SecretString');
  if (text === undefined) return [[name, { unread: 'it is binary' }]];
  return [[name, { value: valueFacts(text, propertiesOf(name)) }]];
}

/** One name that may not be read keeps the others of a call from being read. */
async function readSome(
  names: readonly string[],
  read: (some: readonly string[]) => Promise<Heard>,
): Promise<Heard> {
  try {
    return await read(names);
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    if (error.isBreak) return names.map(name => [name, { unread: error.message, isCut: true }]);
    if (!error.isDenied) throw error;
    const [name = ''] = names;
    if (names.length === 1) return [[name, { unread: error.message }]];
    const each = [];
    for (const one of names) each.push(...(await readSome([one], read)));
    return each;
  }
}

/** What is known of the labels of a parameter. */
type Labelled = Pick<EntryFacts, 'isCut' | 'labels' | 'unread'>;

/**
 * Whether parameters have the labels that they are asked for, by name. Only a read tells: what else
 * describes a parameter has no labels. What may not be read is not known; `busy` is why AWS is asked no
 * more.
 */
async function labelsOf(
  entries: readonly RemoteEntry[],
  call: CallThere,
  busy?: string,
): Promise<Map<string, Labelled>> {
  const found = new Map<string, Labelled>();
  let unread = busy;
  for (const { name, label } of labelsIn(entries)) {
    const own = found.get(name);
    if (own?.labels?.has(label) === true) continue;
    const hasLabel =
      unread === undefined ? await unlessBroken(isLabelled(`${name}:${label}`, call)) : undefined;
    if (hasLabel instanceof AwsRefusal) unread = hasLabel.message;
    if (unread !== undefined) found.set(name, { ...own, unread, isCut: true });
    else if (typeof hasLabel === 'boolean')
      found.set(name, { labels: new Map([...(own?.labels ?? []), [label, hasLabel]]) });
  }
  return found;
}

function labelsIn(
  entries: readonly RemoteEntry[],
): { readonly name: string; readonly label: string }[] {
  return entries.flatMap(entry =>
    wantedVersions(entry)
      .filter(({ version }) => !isNumber(version))
      .map(({ version }) => ({ name: askedName(entry), label: version })),
  );
}

async function isLabelled(selected: string, call: CallThere): Promise<boolean | undefined> {
  try {
    const answer = await call('GetParameters', { Names: [selected], WithDecryption: false });
    return !listAt(answer, 'InvalidParameters').includes(selected);
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) return undefined;
    throw error;
  }
}
