import type { Kind } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const pooler: Kind = {
  group: CNPG,
  kind: 'Pooler',
  served,
  /** The Service and the ServiceAccount of a Pooler are named like it. */
  services: ({ name }) => [name],
  accounts: ({ name }) => [name],
};
