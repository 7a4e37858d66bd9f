import type { Kind } from '../kind.ts';
import { GENERATORS, servedAlpha } from './group.ts';

export const uuidGenerator: Kind = {
  group: GENERATORS,
  kind: 'UUID',
  served: servedAlpha,
  generates: () => ['uuid'],
};
