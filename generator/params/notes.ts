import type { Host } from '../core/host.ts';
import { type JsonObject, listAt, mapAt, parsedJson, textAt } from '../core/json.ts';
import type { AwsPlace } from './aws.ts';
import type { EntryFacts } from './facts.ts';
import type { ListedSoFar } from './values.ts';

/** The name in an answer of DescribeParameters. */
export function parameterName(parameter: JsonObject): string {
  return textAt(parameter, 'Name') ?? '';
}

/** What it tells of a parameter. */
export function parameterFacts(parameter: JsonObject): EntryFacts {
  const type = textAt(parameter, 'Type');
  const keyId = textAt(parameter, 'KeyId');
  const tier = textAt(parameter, 'Tier');
  const expires = expirationOf(parameter);
  const newest = parameter['Version'];
  const account = accountIn(textAt(parameter, 'ARN'));
  return {
    hasValue: true,
    ...(account !== undefined && { account }),
    ...(type !== undefined && { type }),
    ...(keyId !== undefined && { keyId }),
    ...(tier !== undefined && { tier }),
    ...(expires !== undefined && { expires }),
    ...(typeof newest === 'number' && { newest }),
  };
}

function expirationOf(parameter: JsonObject): string | undefined {
  const policies = listAt(parameter, 'Policies');
  const text = policies.flatMap(policy =>
    textAt(policy, 'PolicyType') === 'Expiration' ? (textAt(policy, 'PolicyText') ?? []) : [],
  )[0];
  return text === undefined
    ? undefined
    : (textAt(parsedJson(text), 'Attributes', 'Timestamp') ?? 'a date of its policy');
}

/** What an answer tells of a secret, which has its versions in one field or another. */
export function secretFacts(secret: JsonObject, versions: string): EntryFacts {
  const keyId = textAt(secret, 'KmsKeyId');
  const deleted = secret['DeletedDate'];
  const stages = Object.values(mapAt(secret, versions));
  const account = accountIn(textAt(secret, 'ARN'));
  return {
    ...(account !== undefined && { account }),
    hasValue: stages.some(labels => listAt({ labels }, 'labels').includes('AWSCURRENT')),
    ...(keyId !== undefined && { keyId }),
    ...(typeof deleted === 'number' && { deleted: dateOf(deleted) }),
  };
}

/** AWS counts seconds. */
function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

/** The account of an ARN. */
function accountIn(arn: string | undefined): string | undefined {
  return /^arn:[\w-]{1,20}:[\w-]{1,40}:[\w-]{1,40}:(\d{12}):/.exec(arn ?? '')?.[1];
}

/** What an earlier run had learned of a place. */
export interface KnownPlace {
  /** That it is in. */
  readonly account?: string;
  /** Entries that were as they should be: they are not asked for. */
  readonly fine: ReadonlySet<string>;
  /** How far the listings of prefixes came. */
  readonly listings: ReadonlyMap<string, ListedSoFar>;
}

/** What is known of one region of one service, written down as AWS tells it. */
export interface PlaceNotes extends KnownPlace {
  /** What is there, by name. */
  readonly told: Map<string, EntryFacts>;
  readonly listings: Map<string, ListedSoFar>;
}

/** Where a look-up tells what it hears. */
export interface Asked {
  readonly done: Done;
  readonly notes: PlaceNotes;
}

/** The notes of a run, by place. */
export type NotesAt = (place: AwsPlace) => PlaceNotes;

/** A place in one text. */
export function placeId({ service, region }: AwsPlace): string {
  return `${service} ${region}`;
}

/** The notes of a run that knows this much. */
export function notesOf(known: ReadonlyMap<string, KnownPlace> = new Map()): NotesAt {
  const all = new Map<string, PlaceNotes>();
  return place => {
    const id = placeId(place);
    const before = known.get(id) ?? NOTHING;
    const notes = all.get(id) ?? { ...before, told: new Map(), listings: new Map(before.listings) };
    all.set(id, notes);
    return notes;
  };
}

const NOTHING: KnownPlace = { fine: new Set(), listings: new Map() };

/** Is told how many more entries are done. */
export type Done = (count: number) => void;

/** Characters of the bar. */
const WIDTH = 20;

/** Shows people at a terminal how far a long run is with so many entries. */
export function progressOf(total: number, what: string, host: Host): Done {
  let at = 0;
  return count => {
    at = Math.min(total, at + count);
    const filled = total === 0 ? WIDTH : Math.floor((at / total) * WIDTH);
    const bar = '#'.repeat(filled) + '-'.repeat(WIDTH - filled);
    host.progress(`[${bar}] ${at} of ${total} entries ${what}`);
  };
}
