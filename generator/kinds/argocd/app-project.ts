import type { Kind } from '../kind.ts';
import { ARGOCD } from './application.ts';

export const appProject: Kind = { group: ARGOCD, kind: 'AppProject' };
