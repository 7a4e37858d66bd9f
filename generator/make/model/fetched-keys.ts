import type { JsonObject } from '../../ground/json.ts';
import type { KeySet } from '../../ground/key-set.ts';
import { scalarText } from '../../ground/scalar-text.ts';
import { generatorKind } from '../../kinds/eso/generators.ts';
import { rewrittenKeys } from '../../kinds/eso/rewritten-keys.ts';
import type { DataFromSpec, SecretSpec } from '../spec/secret-spec.ts';
import type { DataEntry } from './model.ts';
import type { SecretContext } from './references.ts';

/** The keys an ExternalSecret fetches before any template; open when its sources do not tell. */
export function fetchedKeys(
  data: readonly DataEntry[],
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
