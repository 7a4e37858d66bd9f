import type { Kind } from '../kind.ts';
import { KEDA } from './trigger-authentication.ts';

export const scaledJob: Kind = { group: KEDA, kind: 'ScaledJob', hosts: ['spec', 'triggers'] };
