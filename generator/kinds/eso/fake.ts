import type { Kind } from '../kind.ts';
import { GENERATORS, servedAlpha } from './group.ts';

/** Gives the values that are written in it, for tests. */
export const fakeGenerator: Kind = {
  group: GENERATORS,
  kind: 'Fake',
  served: servedAlpha,
  holds: ([field]) => (field === 'spec' ? 'secret' : undefined),
};
