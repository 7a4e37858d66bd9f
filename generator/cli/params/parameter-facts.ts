import { type JsonObject, listAt, parsedJson, textAt } from '../../ground/json.ts';
import type { EntryFacts } from '../../operate/params/facts.ts';
import { accountIn } from './notes.ts';

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
