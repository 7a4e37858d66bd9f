import type { Kind, Served } from '../kind.ts';

export const GROUP = 'rbac.authorization.k8s.io';
export const served: Served = { versions: ['v1'], since: 'Kubernetes 1.22' };

export const role: Kind = { group: GROUP, kind: 'Role', isNamedFreely: true, served };
