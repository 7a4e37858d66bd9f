import type { Json, JsonObject } from '../../ground/json.ts';
import { VARIABLES } from './settings.ts';
import type { PolicyStatement } from './statements.ts';

/** A policy document, in IAM's own terms (docs/facts/aws.md#iam-policies). */
export function policyDocument(statements: readonly PolicyStatement[]): JsonObject {
  return { Version: '2012-10-17', Statement: statements.map(statementJson) };
}

function statementJson({ principal, actions, resources, condition }: PolicyStatement): JsonObject {
  return {
    Effect: 'Allow',
    ...(principal !== undefined && { Principal: principal }),
    Action: oneOrAll(actions),
    ...(resources.length > 0 && { Resource: oneOrAll(resources) }),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function oneOrAll(texts: readonly string[]): Json {
  return texts.length === 1 ? (texts[0] ?? '') : texts;
}

/** An account has twelve digits; of what else is filled in no policy that has a limit holds much. */
const FILLED: readonly (readonly [variable: string, example: string])[] = [
  [VARIABLES.account, '123456789012'],
  [VARIABLES.region, 'ap-southeast-99'],
  [VARIABLES.partition, 'aws-us-gov'],
  [VARIABLES.cluster, 'c'.repeat(100)],
  [VARIABLES.oidcProvider, `oidc.eks.ap-southeast-99.amazonaws.com/id/${'0'.repeat(32)}`],
];

/** How many characters of a limit something takes: AWS counts no white space. */
export function sizeOf(value: unknown): number {
  const text = JSON.stringify(value);
  if (!text.includes('$')) return text.length;
  return FILLED.reduce((filled, [variable, example]) => filled.replaceAll(variable, example), text)
    .length;
}
