import { type JsonObject, withField, without } from '../core/json.ts';
import { fixedAt, type Kind, type Served } from './kind.ts';

const GROUP = 'rbac.authorization.k8s.io';
const served: Served = { versions: ['v1'], since: 'Kubernetes 1.22' };

export const role: Kind = { group: GROUP, kind: 'Role', isNamedFreely: true, served };

export const clusterRole: Kind = {
  group: GROUP,
  kind: 'ClusterRole',
  isOfCluster: true,
  isNamedFreely: true,
  served,
};

export const roleBinding: Kind = {
  group: GROUP,
  kind: 'RoleBinding',
  isUnmistakable: true,
  isNamedFreely: true,
  served,
  changes: { fixed: fixedAt(['roleRef']), normalForm: bindingForm },
};

/** There is one group of roles, and it may be left out. */
function bindingForm(object: JsonObject): JsonObject {
  return withField(object, 'roleRef', ref =>
    without({ apiGroup: GROUP }, without({ apiGroup: '' }, ref)),
  );
}

export const clusterRoleBinding: Kind = {
  group: GROUP,
  kind: 'ClusterRoleBinding',
  isOfCluster: true,
  isUnmistakable: true,
  isNamedFreely: true,
  served,
  changes: { fixed: fixedAt(['roleRef']), normalForm: bindingForm },
};
