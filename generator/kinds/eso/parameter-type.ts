import { type JsonObject, textAt } from '../../ground/json.ts';

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
