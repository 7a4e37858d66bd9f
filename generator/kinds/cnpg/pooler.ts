import type { Path } from '../../ground/finding.ts';
import { textAt } from '../../ground/json.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { CERTIFICATE_KEYS, readOf, referenceReads } from '../secret-refs.ts';
import { CNPG, served } from './group.ts';

export const pooler: Kind = {
  group: CNPG,
  kind: 'Pooler',
  served,
  /** The Service and the ServiceAccount of a Pooler are named like it. */
  services: ({ name }) => [name],
  accounts: ({ name }) => [name],
  reads: poolerReads,
};

/** What PgBouncer signs in with and shows (docs/facts/cnpg.md#poolers). */
const SECRETS: Readonly<Record<string, readonly string[]>> = {
  authQuerySecret: [],
  serverTLSSecret: CERTIFICATE_KEYS,
  serverCASecret: ['ca.crt'],
  clientCASecret: ['ca.crt'],
  clientTLSSecret: CERTIFICATE_KEYS,
};

/** The fields for them, and what is laid over the pods. */
function poolerReads(object: PlacedObject): Read[] {
  const own = Object.entries(SECRETS).flatMap(([field, needs]) => {
    const path: Path = ['spec', 'pgbouncer', field, 'name'];
    const name = textAt(specOf(object), 'pgbouncer', field, 'name');
    return readOf({ name, path, how: 'ref', needs });
  });
  return [...own, ...referenceReads(specOf(object)['template'], ['spec', 'template'])];
}
