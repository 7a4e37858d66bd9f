import type { Path } from '../../../ground/finding.ts';
import { isMap, type JsonObject, listAt } from '../../../ground/json.ts';
import { partsOf } from '../../../kinds/eso/external-secret-spec.ts';
import type { StoreRef } from '../../../kinds/eso/stores.ts';

/** Whether all parts of an ExternalSecret's spec are read from the store of the whole. */
export function isOfOneStore(spec: JsonObject): boolean {
  return [...listAt(spec, 'data'), ...listAt(spec, 'dataFrom')].every(
    entry => !isMap(entry) || entry['sourceRef'] === undefined,
  );
}

/** The stores that the parts of an ExternalSecret's spec are read from, by part. */
export function storeRefs(spec: JsonObject, path: Path): Map<string, StoreRef> {
  const { storeRef, data, dataFrom } = partsOf(spec, path);
  const all = [
    ['spec', storeRef] as const,
    ...data.map(entry => [`data/${entry.secretKey}`, entry.storeRef] as const),
    ...dataFrom.map(
      ({ generator, storeRef: own }, index) =>
        [`dataFrom/${index}`, generator === undefined ? own : undefined] as const,
    ),
  ];
  return new Map(all.flatMap(([part, ref]) => (ref === undefined ? [] : [[part, ref]])));
}
