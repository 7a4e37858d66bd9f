import type { Kind } from '../kind.ts';
import { appliedByApplication } from './applied.ts';

export const ARGOCD = 'argoproj.io';

export const argoApplication: Kind = {
  group: ARGOCD,
  kind: 'Application',
  applies: appliedByApplication,
};
