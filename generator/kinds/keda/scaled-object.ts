import type { Kind } from '../kind.ts';
import { KEDA } from './trigger-authentication.ts';

export const scaledObject: Kind = {
  group: KEDA,
  kind: 'ScaledObject',
  hosts: ['spec', 'triggers'],
};
