import { type JsonObject, textAt } from '../../ground/json.ts';

/** In words, as a hint (docs/facts/aws.md#parameter-names). */
export const PARAMETER_NAMES =
  'Parameter Store allows letters, digits, ".", "-", "_" and "/", at most 15 levels, not beginning with aws or ssm.';

/** What AWS refuses in a name, as the end of a sentence; undefined when it is legal. */
export function parameterNameFault(name: string): string | undefined {
  const levels = name.replace(/^\//, '').split('/');
  if (!/^[a-zA-Z0-9_.\-/]+$/.test(name)) return 'it has a character that is not allowed';
  if (levels.includes('')) return 'it has an empty level';
  if (levels.length > 1 && !name.startsWith('/')) return 'a name with levels begins with "/"';
  if (levels.length > 15) return `it has ${levels.length} levels`;
  if (/^(aws|ssm)/i.test(levels[0] ?? '')) return `it begins with "${levels[0]?.slice(0, 3)}"`;
  if (name.length > MOST_CHARACTERS) return `it has ${name.length} characters`;
  return undefined;
}

/** 1011 with the ARN prefix before the name, `arn:aws:ssm:us-east-1:123456789012:parameter`. */
const MOST_CHARACTERS = 1011 - 'arn:aws:ssm:us-east-1:000000000000:parameter'.length;

/** The type of the parameter that a push makes, by the spec of its metadata (docs/facts/eso.md#calls-to-aws). */
export function parameterType(metadata: JsonObject | undefined): string {
  return textAt(metadata, 'secretType') || 'String';
}

/** The metadata of an entry whose parameter is encrypted. */
export const SECURE_STRING: JsonObject = {
  apiVersion: 'kubernetes.external-secrets.io/v1alpha1',
  kind: 'PushSecretMetadata',
  spec: { secretType: 'SecureString' },
};
