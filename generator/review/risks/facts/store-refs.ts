import type { Path } from '../../../ground/finding.ts';
import { type JsonObject, listAt, mapAt, textAt } from '../../../ground/json.ts';
import { type StoreRef, storeRefOf } from '../../../kinds/eso/store-ref.ts';

/** The stores that the parts of an ExternalSecret's spec are read from, by part. */
export function storeRefs(spec: JsonObject, path: Path): Map<string, StoreRef> {
  const own = storeRefOf(spec['secretStoreRef'], [...path, 'secretStoreRef']);
  const refs = new Map<string, StoreRef>();
  if (own !== undefined) refs.set('spec', own);
  for (const field of ['data', 'dataFrom'])
    for (const [index, entry] of listAt(spec, field).entries()) {
      const { generatorRef, storeRef } = mapAt(entry, 'sourceRef');
      const at = [...path, field, index, 'sourceRef', 'storeRef'];
      const ref = storeRefOf(storeRef, at) ?? own;
      const name = textAt(entry, 'secretKey') ?? String(index);
      if (ref !== undefined && generatorRef === undefined) refs.set(`${field}/${name}`, ref);
    }
  return refs;
}
