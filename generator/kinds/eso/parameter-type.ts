import { type JsonObject, textAt } from '../../ground/json.ts';

/** The type of the parameter that a push makes, by the spec of its metadata (docs/facts/eso.md#calls-to-aws). */
export function parameterType(metadata: JsonObject | undefined): string {
  return textAt(metadata, 'secretType') || 'String';
}
