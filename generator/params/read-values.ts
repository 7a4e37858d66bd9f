import type { Host } from '../core/host.ts';
import { groupBy, listAt, textAt } from '../core/json.ts';
import {
  type AwsPlace,
  AwsRefusal,
  type CallAws,
  type CallPlace,
  callAt,
  unlessBroken,
} from './aws.ts';
import {
  askedName,
  type EntryFacts,
  type FoundAt,
  foundOf,
  isNumber,
  isThere,
  type NotesAt,
  notesOf,
  placeId,
  progressOf,
  type RemoteEntry,
  valueFacts,
  wantedVersions,
} from './entry.ts';
import { byPlace, placeOf } from './look-up.ts';

/** What is kept of an entry that was read: facts about the value, never the value. */
type ReadFacts = Pick<EntryFacts, 'isCut' | 'labels' | 'value' | 'unread'>;

/** Reads the values of entries that are there, and keeps the facts that may be shown. */
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
  const readFacts = new Map<string, ReadFacts>();
  const readable = entries.filter(isReadable);
  const done = progressOf(new Set(readable.map(askedName)).size, 'read', host);
  for (const { place, items } of byPlace(readable, entry => entry, host)) {
    const { facts: noted } = notesAt(place);
    await readPlace(items, place, call, done, (name, facts) => {
      readFacts.set(idOf(place, name), facts);
      noted.set(name, { hasValue: true, ...noted.get(name), ...facts });
    });
  }
  return entry => {
    const before = foundAt(entry);
    if (before === undefined) return undefined;
    const name = askedName(entry);
    const found = before.found.get(name);
    const facts = readFacts.get(idOf(placeOf(entry, host), name));
    if (found === undefined || !isThere(found) || facts === undefined) return before;
    return { ...before, found: new Map([[name, { ...found, ...facts }]]) };
  };
}

function idOf(place: AwsPlace, name: string): string {
  return `${placeId(place)} ${name}`;
}

type ReadEntries = (readonly [name: string, facts: ReadFacts])[];

/** How many names a GetParameters takes (docs/facts/aws.md#parameters). */
const TOGETHER = 10;

async function readPlace(
  entries: readonly RemoteEntry[],
  place: AwsPlace,
  call: CallAws,
  done: (count: number) => void,
  onRead: (name: string, facts: ReadFacts) => void,
): Promise<void> {
  const readFacts = new Map<string, ReadFacts>();
  const wanted = groupBy(entries, askedName);
  const propertiesOf = (name: string): string[] =>
    (wanted.get(name) ?? []).flatMap(({ properties }) => [...properties]);
  const callPlace = callAt(place, call);
  const isParameter = place.service === 'ParameterStore';
  const [step, reader] = isParameter ? [TOGETHER, readParameters] : [1, readSecret];
  const names = [...wanted.keys()].sort();
  // After a refusal for good nothing more is read.
  let busy: ReadFacts | undefined;
  for (let at = 0; at < names.length; at += step) {
    const some = names.slice(at, at + step);
    const before = busy;
    const all =
      before === undefined
        ? await readSome(some, one => reader(one, propertiesOf, callPlace))
        : some.map((name): ReadEntries[number] => [name, before]);
    for (const [name, facts] of all) {
      readFacts.set(name, facts);
      onRead(name, facts);
    }
    busy = all.find(([, { isCut }]) => isCut)?.[1];
    done(some.length);
  }
  for (const [name, facts] of await labelsOf(isParameter ? entries : [], callPlace, busy?.unread))
    onRead(name, { ...readFacts.get(name), ...facts });
}

type Properties = (name: string) => readonly string[];

async function readParameters(names: readonly string[], propertiesOf: Properties, call: CallPlace) {
  const answer = await call('GetParameters', { Names: names, WithDecryption: true });
  return listAt(answer, 'Parameters').map((parameter): ReadEntries[number] => {
    const name = textAt(parameter, 'Name') ?? '';
    return [name, { value: valueFacts(textAt(parameter, 'Value') ?? '', propertiesOf(name)) }];
  });
}

async function readSecret(
  [name = '']: readonly string[],
  propertiesOf: Properties,
  call: CallPlace,
): Promise<ReadEntries> {
  const answer = await call('GetSecretValue', { SecretId: name });
  const text = textAt(answer, 'SecretString');
  if (text === undefined) return [[name, { unread: 'it is binary' }]];
  return [[name, { value: valueFacts(text, propertiesOf(name)) }]];
}

/** Reads names together; if one of them may not be read, AWS refuses all, so each is read by itself. */
async function readSome(
  names: readonly string[],
  read: (some: readonly string[]) => Promise<ReadEntries>,
): Promise<ReadEntries> {
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

/** Whether parameters have the labels that are asked for, which only a read shows. `busy`: why AWS answers no more. */
async function labelsOf(entries: readonly RemoteEntry[], call: CallPlace, busy?: string) {
  const found = new Map<string, Omit<ReadFacts, 'value'>>();
  const labels = entries.flatMap(entry =>
    wantedVersions(entry)
      .filter(({ version }) => !isNumber(version))
      .map(({ version }) => [askedName(entry), version] as const),
  );
  let unread = busy;
  for (const [name, label] of labels) {
    const before = found.get(name);
    if (before?.labels?.has(label) === true) continue;
    const hasLabel =
      unread === undefined ? await unlessBroken(isLabelled(`${name}:${label}`, call)) : undefined;
    if (hasLabel instanceof AwsRefusal) unread = hasLabel.message;
    if (unread !== undefined) found.set(name, { ...before, unread, isCut: true });
    else if (typeof hasLabel === 'boolean')
      found.set(name, { labels: new Map([...(before?.labels ?? []), [label, hasLabel]]) });
  }
  return found;
}

async function isLabelled(selected: string, call: CallPlace): Promise<boolean | undefined> {
  try {
    const answer = await call('GetParameters', { Names: [selected], WithDecryption: false });
    return !listAt(answer, 'InvalidParameters').includes(selected);
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) return undefined;
    throw error;
  }
}
