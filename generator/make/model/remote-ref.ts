import type { JsonObject } from '../../ground/json.ts';
import type { RemoteKeySpec } from '../spec/secret-spec.ts';

/**
 * A remoteRef. Its defaults come with the stored form, in the versions that have them
 * (docs/facts/eso.md#defaults); where one of the three is given, all are written, in one order.
 */
export function remoteRef(options: RemoteKeySpec): JsonObject {
  const { conversionStrategy, decodingStrategy, metadataPolicy } = options;
  const isUsual = (conversionStrategy ?? decodingStrategy ?? metadataPolicy) === undefined;
  return {
    key: options.key ?? '',
    ...(options.property !== undefined && { property: options.property }),
    ...(options.version !== undefined && { version: options.version }),
    ...(!isUsual && {
      conversionStrategy: conversionStrategy ?? 'Default',
      decodingStrategy: decodingStrategy ?? 'None',
      metadataPolicy: metadataPolicy ?? 'None',
    }),
  };
}
