import { isMap, listAt, mapAt, textAt } from '../../ground/json.ts';
import type { Found } from '../../operate/params/facts.ts';
import type { LookedUp } from '../../operate/params/looked-up.ts';
import { AwsRefusal, unlessBroken } from '../aws/aws-refusal.ts';
import type { CallThere } from '../aws/client.ts';
import { secretFacts } from './entry-facts.ts';
import type { Asked } from './notes.ts';

/** How many are asked for at a time. */
const TOGETHER = 5;

/** How many are worth a listing of all there are, and the secrets of one page of it. */
const [MANY, PAGE] = [20, 100];

/**
 * Secrets of Secrets Manager: many by listing all, which may be some minutes behind, and those that are
 * not in the list, or of which a version is wanted, one by one.
 */
export async function lookUpSecrets(
  names: readonly string[],
  versioned: ReadonlySet<string>,
  call: CallThere,
  { done, notes }: Asked,
): Promise<LookedUp> {
  const list =
    names.length > MANY ? await listedSecrets(names.length + notes.fine.size, call) : NOTHING;
  const found = new Map<string, Found>();
  for (const name of names) {
    const facts = versioned.has(name) ? undefined : list.found.get(name);
    if (facts !== undefined) found.set(name, facts);
  }
  const tell = (name: string, facts: Found): void => {
    if (facts !== 'missing' && !('unknown' in facts)) notes.told.set(name, facts);
  };
  for (const [name, facts] of found) tell(name, facts);
  done(found.size);
  const rest = names.filter(name => !found.has(name));
  const hear = (some: ReadonlyMap<string, Found>): void => {
    for (const [name, facts] of some) tell(name, facts);
    done(some.size);
  };
  const each = list.broken === undefined ? await describeEach(rest, call, hear) : NOTHING;
  const broken = list.broken ?? each.broken;
  const others: Found = broken === undefined ? 'missing' : { unknown: broken.message, isCut: true };
  for (const name of rest) found.set(name, each.found.get(name) ?? others);
  return { found, listed: [] };
}

/** What was answered; `broken`: why AWS gave no more. */
interface Answered {
  readonly found: ReadonlyMap<string, Found>;
  readonly broken?: AwsRefusal;
}

const NOTHING: Answered = { found: new Map() };

/** Some at a time; who is refused for good asks no more. */
async function describeEach(
  names: readonly string[],
  call: CallThere,
  hear: (some: ReadonlyMap<string, Found>) => void,
): Promise<Answered> {
  const found = new Map<string, Found>();
  for (let at = 0; at < names.length; at += TOGETHER) {
    const some = names.slice(at, at + TOGETHER);
    const answers = await Promise.all(some.map(name => unlessBroken(secretOf(name, call))));
    const heard = new Map<string, Found>();
    for (const [index, name] of some.entries()) {
      const answer = answers[index];
      if (answer !== undefined && !(answer instanceof AwsRefusal)) heard.set(name, answer);
    }
    hear(heard);
    for (const [name, answer] of heard) found.set(name, answer);
    const broken = answers.find(answer => answer instanceof AwsRefusal);
    if (broken !== undefined) return { found, broken };
  }
  return { found };
}

/** None where listing is not allowed. */
async function listedSecrets(count: number, call: CallThere): Promise<Answered> {
  try {
    return await secretPages(2 * Math.ceil(count / PAGE), call);
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) return NOTHING;
    throw error;
  }
}

/** An account may have far more than are asked for: so many pages are read at most. */
async function secretPages(most: number, call: CallThere): Promise<Answered> {
  const found = new Map<string, Found>();
  let next: string | undefined;
  for (let left = most; left > 0; left -= 1) {
    const from = next === undefined ? {} : { NextToken: next };
    const page = await unlessBroken(call('ListSecrets', { MaxResults: PAGE, ...from }));
    if (page instanceof AwsRefusal) return { found, broken: page };
    for (const secret of listAt(page, 'SecretList').filter(isMap))
      found.set(textAt(secret, 'Name') ?? '', secretFacts(secret, 'SecretVersionsToStages'));
    next = textAt(page, 'NextToken');
    if (next === undefined || next === '') break;
  }
  return { found };
}

async function secretOf(name: string, call: CallThere): Promise<Found> {
  try {
    const secret = await call('DescribeSecret', { SecretId: name });
    const stages = mapAt(secret, 'VersionIdsToStages');
    const versions = new Set(
      Object.keys(stages).flatMap(id => [id, ...listAt(stages, id).map(String)]),
    );
    return { ...secretFacts(secret, 'VersionIdsToStages'), versions };
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    if (error.type === 'ResourceNotFoundException') return 'missing';
    // Where a permission is for some names, others are refused whether they are there or not.
    if (error.isDenied) return { unknown: error.message };
    throw error;
  }
}
