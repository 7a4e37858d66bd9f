import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { type SecretMetadata, secretMetadata } from './secret-metadata.ts';

/** What an API server is asked for that tells most of Secrets and nothing of their values. */
export const SECRET_TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';

/** The number of keys stands in a column of this name (docs/facts/kubernetes.md#metadata-of-secrets). */
const COUNT = 'Data';

/** The Secrets of a Table: their metadata, and how many keys each has; undefined: it is no Table of them. */
export function secretsInTable(document: unknown): readonly SecretMetadata[] | undefined {
  if (!isMap(document) || document['kind'] !== 'Table') return undefined;
  if (!(textAt(document, 'apiVersion') ?? '').startsWith('meta.k8s.io/')) return undefined;
  const column = listAt(document, 'columnDefinitions').findIndex(
    definition => textAt(definition, 'name') === COUNT,
  );
  if (column < 0) return undefined;
  return listAt(document, 'rows').flatMap(row => {
    const count = Number(listAt(row, 'cells')[column] ?? Number.NaN);
    return metadataIn(row).map(object => secretMetadata(object, count));
  });
}

/** Where metadata was not asked for a row has none. */
function metadataIn(row: unknown): JsonObject[] {
  const object = mapAt(row, 'object');
  // Whatever else the object holds goes no further.
  return isMap(object['metadata']) ? [{ metadata: object['metadata'] }] : [];
}
