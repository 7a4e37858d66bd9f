import type { Kind } from '../kind.ts';
import { ARGOCD } from './application.ts';

export const applicationSet: Kind = { group: ARGOCD, kind: 'ApplicationSet' };
