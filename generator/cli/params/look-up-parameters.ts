import { isMap, type JsonObject, listAt, textAt } from '../../ground/json.ts';
import type { EntryFacts, Found } from '../../operate/params/facts.ts';
import type { ListedSoFar } from '../../operate/params/kept-check.ts';
import type { LookedUp, PrefixListing } from '../../operate/params/looked-up.ts';
import { AwsRefusal, unlessBroken } from '../aws/aws-refusal.ts';
import type { CallThere } from '../aws/client.ts';
import { parameterFacts, parameterName } from './entry-facts.ts';
import type { Asked, PlaceNotes } from './notes.ts';

/** Names of one call, and parameters of one page (docs/facts/aws.md#parameters). */
const PAGE = 50;

/** Pages of a listing: what has more is too much to be one's own. */
const MOST_PAGES = 40;

/** Parameters below the prefixes, then those of the names that are elsewhere, fifty at a time. */
export async function lookUpParameters(
  names: readonly string[],
  prefixes: readonly string[],
  call: CallThere,
  { done, notes }: Asked,
): Promise<LookedUp> {
  const wanted = new Set(names);
  let broken: AwsRefusal | undefined;
  const pages = async (filter: JsonObject, from: ListedSoFar, hear: Hear): Promise<boolean> => {
    if (broken !== undefined) return false;
    const heard: Hear = (some, so) => {
      for (const [name, facts] of some) notes.told.set(name, facts);
      hear(some, so);
      done([...some.keys()].filter(name => wanted.has(name)).length);
    };
    const isWhole = await pagesOf(filter, from, call, heard);
    if (isWhole instanceof AwsRefusal) broken = isWhole;
    return isWhole === true;
  };
  // What a listing of an earlier run had may be gone: it is asked for by its name.
  const isListed: string[] = [];
  for (const prefix of prefixes) {
    const before = notes.listings.get(prefix);
    const isWhole =
      (before !== undefined && before.next === undefined) ||
      (await pages(below(prefix), before ?? NONE, (_, so) => notes.listings.set(prefix, so)));
    if (isWhole && before === undefined) isListed.push(prefix);
  }
  const rest = names.filter(
    name => !notes.told.has(name) && !isListed.some(prefix => isBelow(name, prefix)),
  );
  for (let at = 0; at < rest.length; at += PAGE) {
    const filter = { Key: 'Name', Option: 'Equals', Values: rest.slice(at, at + PAGE) };
    await pages(filter, { ...NONE, pages: Number.NEGATIVE_INFINITY }, () => {});
  }
  const others: Found = broken === undefined ? 'missing' : { unknown: broken.message, isCut: true };
  const found = names.map((name): [string, Found] => [name, notes.told.get(name) ?? others]);
  return { found: new Map(found), listed: listingsIn(notes) };
}

const NONE: ListedSoFar = { names: [], pages: 0 };

function listingsIn({ listings }: PlaceNotes): PrefixListing[] {
  return [...listings].flatMap(([prefix, { names, next }]) =>
    next === undefined ? [{ prefix, names }] : [],
  );
}

/** A path is asked for as one: `/rem` is not before `/remote`. */
function below(prefix: string): JsonObject {
  return isPath(prefix)
    ? { Key: 'Path', Option: 'Recursive', Values: [pathOf(prefix)] }
    : { Key: 'Name', Option: 'BeginsWith', Values: [prefix] };
}

function isPath(prefix: string): boolean {
  return prefix.startsWith('/');
}

function pathOf(prefix: string): string {
  return prefix.replace(/\/$/, '');
}

function isBelow(name: string, prefix: string): boolean {
  return name.startsWith(isPath(prefix) ? `${pathOf(prefix)}/` : prefix);
}

/** Is told what a page had, and how far its listing is now. */
type Hear = (some: ReadonlyMap<string, EntryFacts>, so: ListedSoFar) => void;

/** Whether it came to the last page, or why AWS gave no more of them. A page may be empty and not the last one. */
async function pagesOf(
  filter: JsonObject,
  from: ListedSoFar,
  call: CallThere,
  hear: Hear,
): Promise<boolean | AwsRefusal> {
  let so = from;
  while (so.pages < MOST_PAGES) {
    const answer = await pageAt(so, filter, call);
    if (answer instanceof AwsRefusal) return answer;
    if (answer === undefined) {
      so = NONE;
      continue;
    }
    const some = new Map(
      listAt(answer, 'Parameters')
        .filter(isMap)
        .map(parameter => [parameterName(parameter), parameterFacts(parameter)]),
    );
    so = further(so, [...some.keys()], textAt(answer, 'NextToken'));
    hear(some, so);
    if (so.next === undefined) return true;
  }
  return false;
}

/** Undefined: AWS does not know any more where an earlier run was. */
async function pageAt(
  { next }: ListedSoFar,
  filter: JsonObject,
  call: CallThere,
): Promise<JsonObject | AwsRefusal | undefined> {
  const from = next === undefined ? {} : { NextToken: next };
  const input = { ParameterFilters: [filter], MaxResults: PAGE, ...from };
  try {
    return await unlessBroken(call('DescribeParameters', input));
  } catch (error) {
    const isOld = error instanceof AwsRefusal && error.type === 'InvalidNextToken';
    if (isOld && next !== undefined) return undefined;
    throw error;
  }
}

function further(
  { names, pages }: ListedSoFar,
  more: readonly string[],
  next: string | undefined,
): ListedSoFar {
  const so = { names: [...names, ...more], pages: pages + 1 };
  return next === undefined || next === '' ? so : { ...so, next };
}
