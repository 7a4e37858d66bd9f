import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import type { EntryFacts, Found } from '../../operate/params/facts.ts';
import type { LookedUp } from '../../operate/params/looked-up.ts';
import { AwsRefusal } from '../aws/aws-refusal.ts';
import type { CallAws } from '../aws/client.ts';
import type { AwsPlace } from '../aws/services.ts';

/** How many are asked for at a time. */
const TOGETHER = 5;

/** Secrets of Secrets Manager one by one: it has no call for several names. */
export async function lookUpSecrets(
  names: readonly string[],
  place: AwsPlace,
  call: CallAws,
): Promise<LookedUp> {
  const found = new Map<string, Found>();
  for (let at = 0; at < names.length; at += TOGETHER) {
    const some = names.slice(at, at + TOGETHER);
    const answers = await Promise.all(some.map(name => secretOf(name, place, call)));
    for (const [index, name] of some.entries()) found.set(name, answers[index] ?? 'missing');
  }
  return { found, listed: [] };
}

async function secretOf(name: string, place: AwsPlace, call: CallAws): Promise<Found> {
  try {
    return factsOf(await call(place, 'DescribeSecret', { SecretId: name }));
  } catch (error) {
    if (!(error instanceof AwsRefusal)) throw error;
    if (error.type === 'ResourceNotFoundException') return 'missing';
    // Where a permission is for some names, others are refused whether they are there or not.
    if (error.isDenied) return { unknown: error.message };
    throw error;
  }
}

function factsOf(secret: JsonObject): EntryFacts {
  const keyId = textAt(secret, 'KmsKeyId');
  const deleted = secret['DeletedDate'];
  const stages = Object.values(mapAt(secret, 'VersionIdsToStages'));
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
