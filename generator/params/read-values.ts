import { groupBy, listAt, textAt } from '../core/json.ts';
import type { Aws, AwsPlace, CallPlace } from './aws.ts';
import { AwsRefusal, callAt, unlessBroken } from './aws.ts';
import type { EntryFacts, RemoteEntry } from './entry.ts';
import { askedName, isNumber, isThere, valueFacts, wantedVersions } from './entry.ts';
import type { Done, LookedUp, NotesAt } from './look-up.ts';
import { byPlace, nameIn, notesOf, placeOf, progressOf } from './look-up.ts';

type Entries = readonly RemoteEntry[];
type Names = readonly string[];

/** What is kept of an entry that was read: facts about the value, never the value. */
type ReadFacts = Pick<EntryFacts, 'isCut' | 'labels' | 'value' | 'unread'>;

/** Reads the values of entries that are there, and keeps the facts that may be shown. */
export async function readValues(
  entries: Entries,
  looked: LookedUp,
  aws: Aws,
  notesAt: NotesAt = notesOf(),
): Promise<LookedUp> {
  const { host } = aws;
  const readable = entries.filter(entry => {
    const found = looked.found(entry);
    if (!isThere(found) || !found.hasValue || found.deleted !== undefined) return false;
    return !notesAt(placeOf(entry, host)).fine.has(askedName(entry));
  });
  const done = progressOf(new Set(readable.map(askedName)).size, 'read', host);
  for (const { place, entries } of byPlace(readable, host)) {
    const { facts } = notesAt(place);
    await readPlace(entries, place, aws, done, (name, more) =>
      facts.set(name, { hasValue: true, ...facts.get(name), ...more }),
    );
  }
  return {
    ...looked,
    found: entry => {
      const before = looked.found(entry);
      if (!isThere(before)) return before;
      return { ...before, ...notesAt(placeOf(entry, host)).facts.get(askedName(entry)) };
    },
  };
}

type ReadEntries = (readonly [name: string, facts: ReadFacts])[];

/** How many names a GetParameters takes (docs/facts/aws.md#parameters). */
const READ_TOGETHER = 10;

async function readPlace(
  entries: Entries,
  place: AwsPlace,
  aws: Aws,
  done: Done,
  onRead: (name: string, facts: ReadFacts) => void,
): Promise<void> {
  const byName = groupBy(entries, askedName);
  const propertiesOf = (name: string): string[] =>
    (byName.get(name) ?? []).flatMap(({ properties }) => [...properties]);
  const call = callAt(place, aws);
  const isParameter = place.service === 'ParameterStore';
  const [step, reader] = isParameter ? [READ_TOGETHER, readParameters] : [1, readSecret];
  const names = [...byName.keys()].sort();
  // Once AWS is too busy to answer, nothing more is read.
  let busy: ReadFacts | undefined;
  for (let at = 0; at < names.length; at += step) {
    const some = names.slice(at, at + step);
    const before = busy;
    const all =
      before === undefined
        ? await readSome(some, batch => reader(batch, propertiesOf, call))
        : some.map((name): ReadEntries[number] => [name, before]);
    for (const [name, facts] of all) onRead(name, facts);
    busy = all.find(([, { isCut }]) => isCut)?.[1];
    done(some.length);
  }
  for (const [name, facts] of await labelsOf(isParameter ? entries : [], call, busy?.unread))
    onRead(name, facts);
}

type Properties = (name: string) => Names;

async function readParameters(names: Names, propertiesOf: Properties, call: CallPlace) {
  const answer = await call('GetParameters', { Names: names, WithDecryption: true });
  return listAt(answer, 'Parameters').map((parameter): ReadEntries[number] => {
    const name = nameIn(parameter);
    return [name, { value: valueFacts(textAt(parameter, 'Value') ?? '', propertiesOf(name)) }];
  });
}

async function readSecret([name = '']: Names, propertiesOf: Properties, call: CallPlace) {
  const answer = await call('GetSecretValue', { SecretId: name });
  const text = textAt(answer, 'SecretString');
  const value = text === undefined ? undefined : valueFacts(text, propertiesOf(name));
  return [[name, value === undefined ? { unread: 'it is binary' } : { value }] as const];
}

/** Reads names together; if one of them may not be read, AWS refuses all, so each is read by itself. */
async function readSome(
  names: Names,
  read: (some: Names) => Promise<ReadEntries>,
): Promise<ReadEntries> {
  try {
    return await read(names);
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    if (error.isBreak) return names.map(name => [name, { unread: error.message, isCut: true }]);
    if (!error.isDenied) throw error;
    if (names.length === 1) return names.map(name => [name, { unread: error.message }]);
    const each = [];
    for (const name of names) each.push(...(await readSome([name], read)));
    return each;
  }
}

/** Which of the labels that manifests name the parameters have; only a read shows it. `busy`: why AWS answers no more. */
async function labelsOf(entries: Entries, call: CallPlace, busy?: string) {
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
