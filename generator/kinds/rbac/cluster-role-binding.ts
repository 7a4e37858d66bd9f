import { fixedAt } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';
import { GROUP, served } from './role.ts';
import { bindingForm } from './role-binding.ts';

export const clusterRoleBinding: Kind = {
  group: GROUP,
  kind: 'ClusterRoleBinding',
  isOfCluster: true,
  isUnmistakable: true,
  isNamedFreely: true,
  served,
  fixed: fixedAt(['roleRef']),
  form: bindingForm,
};
