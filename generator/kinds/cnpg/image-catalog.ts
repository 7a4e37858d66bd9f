import type { Kind } from '../kind.ts';
import { CNPG, served } from './group.ts';

export const imageCatalog: Kind = {
  group: CNPG,
  kind: 'ImageCatalog',
  served,
};
