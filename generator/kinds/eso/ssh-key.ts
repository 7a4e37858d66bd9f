import type { Kind } from '../kind.ts';
import { GENERATORS, servedAlpha } from './group.ts';

export const sshKeyGenerator: Kind = {
  group: GENERATORS,
  kind: 'SSHKey',
  served: servedAlpha,
  generates: () => ['privateKey', 'publicKey'],
};
