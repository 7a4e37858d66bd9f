import { isMap, type JsonObject, listAt, textAt } from '../../ground/json.ts';
import { parsedJson } from '../../ground/parsed-json.ts';
import type { EntryFacts, Found } from '../../operate/params/facts.ts';
import type { Listing, LookedUp } from '../../operate/params/looked-up.ts';
import { AwsRefusal, unlessBusy } from '../aws/aws-refusal.ts';
import type { CallAws } from '../aws/client.ts';
import type { AwsPlace } from '../aws/services.ts';
import type { Done } from './steps.ts';

/** Names of one call, and parameters of one page (docs/facts/aws.md#parameters). */
const PAGE = 50;

/** Pages of a listing: what has more is too much to be one's own. */
const MOST_PAGES = 40;

/** Parameters below the prefixes, then those of the names that are elsewhere, fifty at a time. */
export async function lookUpParameters(
  names: readonly string[],
  prefixes: readonly string[],
  place: AwsPlace,
  call: CallAws,
  done: Done,
): Promise<LookedUp> {
  const there = new Map<string, EntryFacts>();
  const listed: Listing[] = [];
  const wanted = new Set(names);
  let busy: AwsRefusal | undefined;
  const pages = async (filter: JsonObject, most: number): Promise<Pages> => {
    if (busy !== undefined) return { found: new Map(), isWhole: false };
    const tell = (some: readonly string[]): void =>
      done(some.filter(name => wanted.has(name)).length);
    const read = await pagesOf(filter, most, place, call, tell);
    busy = read.busy;
    return read;
  };
  for (const prefix of prefixes) {
    const page = await pages(below(prefix), MOST_PAGES);
    for (const [name, facts] of page.found) there.set(name, facts);
    if (page.isWhole) listed.push({ prefix, names: [...page.found.keys()] });
  }
  const rest = names.filter(
    name => !there.has(name) && !listed.some(({ prefix }) => isBelow(name, prefix)),
  );
  for (let at = 0; at < rest.length; at += PAGE) {
    const filter = { Key: 'Name', Option: 'Equals', Values: rest.slice(at, at + PAGE) };
    const page = await pages(filter, Number.POSITIVE_INFINITY);
    for (const [name, facts] of page.found) there.set(name, facts);
  }
  const others: Found = busy === undefined ? 'missing' : { unknown: busy.message, isCut: true };
  const found = names.map((name): [string, Found] => [name, there.get(name) ?? others]);
  return { found: new Map(found), listed };
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

/** What pages had; `busy`: AWS throttled the rest for good. */
interface Pages {
  readonly found: ReadonlyMap<string, EntryFacts>;
  readonly isWhole: boolean;
  readonly busy?: AwsRefusal;
}

/** A page may be empty and not the last one. */
async function pagesOf(
  filter: JsonObject,
  most: number,
  place: AwsPlace,
  call: CallAws,
  tell: (names: readonly string[]) => void,
): Promise<Pages> {
  const found = new Map<string, EntryFacts>();
  let next: string | undefined;
  for (let count = 0; count < most; count += 1) {
    const input = { ParameterFilters: [filter], MaxResults: PAGE };
    const from = next === undefined ? {} : { NextToken: next };
    const answer = await unlessBusy(call(place, 'DescribeParameters', { ...input, ...from }));
    if (answer instanceof AwsRefusal) return { found, isWhole: false, busy: answer };
    const some = listAt(answer, 'Parameters').filter(isMap);
    for (const parameter of some) found.set(nameOf(parameter), factsOf(parameter));
    tell(some.map(nameOf));
    next = textAt(answer, 'NextToken');
    if (next === undefined || next === '') return { found, isWhole: true };
  }
  return { found, isWhole: false };
}

function nameOf(parameter: JsonObject): string {
  return textAt(parameter, 'Name') ?? '';
}

function factsOf(parameter: JsonObject): EntryFacts {
  const type = textAt(parameter, 'Type');
  const keyId = textAt(parameter, 'KeyId');
  const tier = textAt(parameter, 'Tier');
  const expires = expirationOf(parameter);
  const newest = parameter['Version'];
  return {
    hasValue: true,
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
