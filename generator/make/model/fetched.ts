import { type JsonObject, scalarText } from '../../ground/json.ts';
import { generatorKind } from '../../kinds/eso/generators.ts';
import { rewrittenKeys } from '../../kinds/eso/rewritten-keys.ts';
import type { KeySet } from '../../kinds/secret-ends.ts';
import type { DataFromSpec, RemoteKeySpec, SecretSpec } from '../spec/secret-spec.ts';
import type { FetchedData } from './model.ts';
import type { SecretContext } from './references.ts';

/** What an ExternalSecret fetches before any template. */
export interface Fetched {
  readonly data: readonly FetchedData[];
  readonly dataFrom: readonly JsonObject[];
  readonly generator: { readonly kind: string; readonly spec: JsonObject } | undefined;
  /** Secrets of this namespace that are read. */
  readonly reads: readonly string[];
  /** Secrets that the store reads, in whichever namespace it looks. */
  readonly remoteReads: readonly string[];
  readonly keys: KeySet;
}

/** The keys an ExternalSecret fetches before any template; open when its sources do not tell. */
export function fetchedKeys(
  data: readonly FetchedData[],
  secret: SecretSpec,
  generator: { readonly kind: string; readonly spec: JsonObject } | undefined,
  context: SecretContext,
): KeySet {
  const isLocal = context.spec.stores?.[secret.store ?? '']?.kubernetes !== undefined;
  const sources = [
    ...(generator === undefined
      ? []
      : [generatorKind(generator.kind)?.generates?.(generator.spec)]),
    ...(secret.dataFrom ?? []).map(entry =>
      rewrittenKeys(dataFromKeys(entry, isLocal, context), entry.rewrite),
    ),
  ];
  return {
    keys: new Set([...data.map(entry => entry.secretKey), ...sources.flatMap(keys => keys ?? [])]),
    isOpen: sources.includes(undefined),
  };
}

function dataFromKeys(
  { extract, generatorRef }: DataFromSpec,
  isLocal: boolean,
  { lookUp }: SecretContext,
): readonly string[] | undefined {
  if (generatorRef !== undefined)
    return generatorKind(scalarText(generatorRef['kind']))?.generates?.({});
  const local = isLocal && extract !== undefined ? lookUp(extract.key) : undefined;
  return local === undefined || local.isOpen ? undefined : [...local.keys];
}

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
