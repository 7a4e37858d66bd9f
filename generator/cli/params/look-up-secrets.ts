import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import type { EntryFacts, Found } from '../../operate/params/facts.ts';
import type { LookedUp } from '../../operate/params/looked-up.ts';
import { AwsRefusal, unlessBusy } from '../aws/aws-refusal.ts';
import type { CallAws } from '../aws/client.ts';
import type { AwsPlace } from '../aws/services.ts';
import type { Done } from './steps.ts';

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
  place: AwsPlace,
  call: CallAws,
  done: Done,
): Promise<LookedUp> {
  const none: ReadonlyMap<string, EntryFacts> = new Map();
  const listed = names.length > MANY ? await listedSecrets(names.length, place, call) : none;
  const found = new Map<string, Found>();
  for (const name of names) {
    const facts = versioned.has(name) ? undefined : listed.get(name);
    if (facts !== undefined) found.set(name, facts);
  }
  const rest = names.filter(name => !found.has(name));
  done(found.size);
  for (const [name, one] of await describeEach(rest, place, call, done)) found.set(name, one);
  return { found, listed: [] };
}

/** One by one; who is throttled for good asks no more. */
async function describeEach(
  names: readonly string[],
  place: AwsPlace,
  call: CallAws,
  done: Done,
): Promise<Map<string, Found>> {
  const found = new Map<string, Found>();
  let busy: AwsRefusal | undefined;
  for (let at = 0; at < names.length; at += TOGETHER) {
    const some = busy === undefined ? names.slice(at, at + TOGETHER) : [];
    const answers = await Promise.all(some.map(name => unlessBusy(secretOf(name, place, call))));
    busy ??= answers.find(answer => answer instanceof AwsRefusal);
    if (busy !== undefined && found.size === 0) throw busy;
    for (const [index, name] of names.slice(at, at + TOGETHER).entries())
      found.set(name, foundIn(answers[index], busy));
    done(some.length);
  }
  return found;
}

/** What is not answered is not known. */
function foundIn(answer: Found | AwsRefusal | undefined, busy: AwsRefusal | undefined): Found {
  if (answer !== undefined && !(answer instanceof AwsRefusal)) return answer;
  return busy === undefined ? 'missing' : { unknown: busy.message, isCut: true };
}

/** None where listing is not allowed. */
async function listedSecrets(
  count: number,
  place: AwsPlace,
  call: CallAws,
): Promise<ReadonlyMap<string, EntryFacts>> {
  try {
    const secrets = await secretPages(2 * Math.ceil(count / PAGE), place, call);
    return new Map(
      secrets.map(secret => [
        textAt(secret, 'Name') ?? '',
        factsOf(secret, 'SecretVersionsToStages'),
      ]),
    );
  } catch (error) {
    if (error instanceof AwsRefusal && error.isDenied) return new Map();
    throw error;
  }
}

/** An account may have far more than are asked for: so many pages are read at most. */
async function secretPages(most: number, place: AwsPlace, call: CallAws): Promise<JsonObject[]> {
  const secrets: JsonObject[] = [];
  let next: string | undefined;
  for (let left = most; left > 0; left -= 1) {
    const from = next === undefined ? {} : { NextToken: next };
    const answer = await call(place, 'ListSecrets', { MaxResults: PAGE, ...from });
    secrets.push(...listAt(answer, 'SecretList').filter(isMap));
    next = textAt(answer, 'NextToken');
    if (next === undefined || next === '') break;
  }
  return secrets;
}

async function secretOf(name: string, place: AwsPlace, call: CallAws): Promise<Found> {
  try {
    const secret = await call(place, 'DescribeSecret', { SecretId: name });
    const stages = mapAt(secret, 'VersionIdsToStages');
    const labels = Object.values(stages).flatMap(own => listAt({ own }, 'own').map(String));
    const versions = new Set([...Object.keys(stages), ...labels]);
    return { ...factsOf(secret, 'VersionIdsToStages'), versions };
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    if (error.type === 'ResourceNotFoundException') return 'missing';
    // Where a permission is for some names, others are refused whether they are there or not.
    if (error.isDenied) return { unknown: error.message };
    throw error;
  }
}

function factsOf(secret: JsonObject, versions: string): EntryFacts {
  const keyId = textAt(secret, 'KmsKeyId');
  const deleted = secret['DeletedDate'];
  const stages = Object.values(mapAt(secret, versions));
  return {
    hasValue: stages.some(labels => listAt({ labels }, 'labels').includes('AWSCURRENT')),
    ...(keyId !== undefined && { keyId }),
    ...(typeof deleted === 'number' && { deleted: dateOf(deleted) }),
  };
}

/** AWS counts seconds. */
function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
