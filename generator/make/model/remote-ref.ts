import type { JsonObject } from '../../ground/json.ts';
import type { RemoteKeySpec } from '../spec/spec.ts';

/** A remoteRef in its stored form: with the defaults of the CRD (docs/facts/eso.md#defaults). */
export function remoteRef(options: RemoteKeySpec): JsonObject {
  return {
    key: options.key ?? '',
    ...(options.property !== undefined && { property: options.property }),
    ...(options.version !== undefined && { version: options.version }),
    conversionStrategy: options.conversionStrategy ?? 'Default',
    decodingStrategy: options.decodingStrategy ?? 'None',
    metadataPolicy: options.metadataPolicy ?? 'None',
  };
}
