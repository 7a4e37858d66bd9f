import type { Kind } from '../kind.ts';

export const ARGOCD = 'argoproj.io';

export const argoApplication: Kind = { group: ARGOCD, kind: 'Application' };
