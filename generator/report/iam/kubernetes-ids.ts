import { plainName } from '../../ground/plain-name.ts';
import type { IamRole } from '../../operate/iam/plan.ts';
import { policyNamesAfter, type RoleIds } from './written-roles.ts';

/** The names of the objects of Kubernetes for a role that is called so, of whatever kind. */
export function kubernetesIds(name: string, role: IamRole): RoleIds {
  return {
    role: plainName(name),
    policies: policyNamesAfter(name, role).map(plainName),
  };
}
