import { type JsonObject, listAt, mapAt, parsedJson, textAt } from '../../ground/json.ts';
import type { EntryFacts } from '../../operate/params/facts.ts';

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
