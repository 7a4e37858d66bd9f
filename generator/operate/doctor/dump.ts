import type { ObjectName } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import { type ClusterEvent, newestFirst } from '../../kinds/core/event.ts';
import { coreSecret } from '../../kinds/core/secret.ts';
import type { SecretMetadata } from '../../kinds/core/secret-metadata.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import type { ClusterRead } from './cluster-reads.ts';
import type { DumpDocument } from './dump-documents.ts';
import { ageText, newestOf, secondsBetween } from './times.ts';

/** What is known of a cluster: from what somebody had `kubectl` write down, or what it was asked for just now. */
export interface Dump {
  readonly find: (kind: Kind, namespace: string, name: string) => PlacedObject | undefined;
  readonly byKind: (kind: Kind) => readonly PlacedObject[];
  readonly named: (kind: string, namespace: string, name: string) => PlacedObject | undefined;
  readonly secret: (namespace: string, name: string) => SecretMetadata | undefined;
  /** Whether all objects of a kind in a namespace are in it: what is not there is not in the cluster. */
  readonly hasAll: (kind: Kind, namespace: string) => boolean;
  /** Why that is not so, where somebody said it. */
  readonly whyNot: (kind: Kind, namespace: string) => Refused | undefined;
  /** Something was not given that may be another time. */
  readonly isCut: boolean;
  /** What was told of an object, the newest first. */
  readonly eventsOf: (object: ObjectName) => readonly ClusterEvent[];
  /** The newest time in it, or when the cluster answered: what it says was so then. */
  readonly newest: string | undefined;
  /** How long before that something was. */
  readonly secondsSince: (time: string | undefined) => number | undefined;
  readonly ageOf: (time: string | undefined) => string | undefined;
  /** What tells all this: `the dump`, `the cluster`. */
  readonly teller: string;
}

/** Why a list was not given. */
export interface Refused {
  readonly why: string;
  /** A right is missing: it is so the next time too. */
  readonly isDenied: boolean;
}

/** What is known of documents beside what stands in them. */
export interface Asked {
  /** The lists that came whole, empty ones too. */
  readonly whole: readonly ClusterRead[];
  /** Those that did not, and why. */
  readonly refused: ReadonlyMap<ClusterRead, Refused>;
  /** When the cluster answered. */
  readonly now?: string | undefined;
}

/** The dump of these documents, which somebody wrote down or, as asked for, the cluster gave. */
export function dumpOf(documents: readonly DumpDocument[], asked?: Asked): Dump {
  const objects = documents.flatMap(document => [...document.objects]);
  const byName = new Map(
    objects.map(object => [idOf(object.kind, object.namespace, object.name), object]),
  );
  const known = new Map(
    objects.map(({ group, kind, namespace, name }, index) => [
      idOf(group, kind, namespace, name),
      objects[index],
    ]),
  );
  const ofKinds = groupBy(objects, ({ known }) => known);
  const secrets = new Map(
    documents.flatMap(document =>
      document.secrets.map(one => [idOf('', one.namespace, one.name), one] as const),
    ),
  );
  const events = groupBy(
    documents.flatMap(document => [...document.events]),
    ({ of: { kind, namespace = '', name } }) => idOf(kind, namespace, name),
  );
  const whole = new Set(asked?.whole.map(readId) ?? documents.flatMap(wholeKinds));
  const refused = new Map([...(asked?.refused ?? [])].map(([read, why]) => [readId(read), why]));
  const newest = asked?.now ?? newestOf(documents.flatMap(document => [...document.times]));
  const secondsSince = (time: string | undefined): number | undefined =>
    secondsBetween(time, newest);
  return {
    find: ({ group, kind }, namespace, name) => known.get(idOf(group, kind, namespace, name)),
    named: (kind, namespace, name) => byName.get(idOf(kind, namespace, name)),
    byKind: kind => ofKinds.get(kind) ?? [],
    secret: (namespace, name) => secrets.get(idOf('', namespace, name)),
    hasAll: ({ group, kind }, namespace) =>
      [namespace, ALL].some(home => whole.has(idOf(group, kind, home))),
    whyNot: (kind, namespace) => refused.get(readId({ kind, namespace })),
    isCut: [...refused.values()].some(({ isDenied }) => !isDenied),
    eventsOf: ({ kind, namespace = '', name }) =>
      [...(events.get(idOf(kind, namespace, name)) ?? [])].sort(newestFirst),
    newest,
    secondsSince,
    ageOf: time => {
      const seconds = secondsSince(time);
      return seconds === undefined ? undefined : ageText(seconds);
    },
    teller: asked === undefined ? 'the dump' : 'the cluster',
  };
}

/** No namespace is called so. */
const ALL = '*';

function idOf(...parts: readonly string[]): string {
  return parts.join('\0');
}

function readId({ kind: { group, kind }, namespace }: ClusterRead): string {
  return idOf(group, kind, namespace);
}

/** A List of objects of several namespaces was asked for in all of them. */
function wholeKinds({ isList, objects, secrets }: DumpDocument): string[] {
  if (!isList) return [];
  const placed = [
    ...objects.map(({ group, kind, namespace }) => [idOf(group, kind), namespace] as const),
    ...secrets.map(({ namespace }) => [idOf('', coreSecret.kind), namespace] as const),
  ];
  return [...groupBy(placed, ([kind]) => kind)].flatMap(([kind, all]) => {
    const namespaces = [...new Set(all.map(([, namespace]) => namespace))];
    return (namespaces.length > 1 ? [ALL] : namespaces).map(namespace => idOf(kind, namespace));
  });
}
