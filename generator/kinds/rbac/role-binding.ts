import { withField, without } from '../../ground/changed-value.ts';
import type { JsonObject } from '../../ground/json.ts';
import { fixedAt } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';
import { GROUP, served } from './role.ts';

export const roleBinding: Kind = {
  group: GROUP,
  kind: 'RoleBinding',
  isUnmistakable: true,
  isNamedFreely: true,
  served,
  fixed: fixedAt(['roleRef']),
  form: bindingForm,
};

/** There is one group of roles, and it may be left out. */
export function bindingForm(object: JsonObject): JsonObject {
  return withField(object, 'roleRef', ref =>
    without({ apiGroup: GROUP }, without({ apiGroup: '' }, ref)),
  );
}
