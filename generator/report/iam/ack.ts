import type { KubeObject } from '../../ground/kube-object.ts';
import { iamPolicy, iamRole, podIdentityAssociation } from '../../kinds/ack/iam.ts';
import type { Kind } from '../../kinds/kind.ts';
import { renderYaml } from '../../make/objects/render-yaml.ts';
import type { IamPlan, IamPolicy, IamRole } from '../../operate/iam/plan.ts';
import { yamlNotes } from './notes.ts';
import {
  documentText,
  kubernetesIds,
  type RoleIds,
  type WrittenRole,
  writtenRoles,
} from './written-roles.ts';

/** Objects of AWS Controllers for Kubernetes. Those of another account belong into a namespace of it. */
export function renderAck(plans: readonly IamPlan[]): string {
  const roles = writtenRoles(plans, kubernetesIds);
  return yamlNotes(plans, roles.flatMap(elsewhere)) + renderYaml(roles.flatMap(objectsOf));
}

function elsewhere({ role: { otherAccount }, ids }: WrittenRole<RoleIds>): string[] {
  if (otherAccount === undefined) return [];
  return [
    `${ids.role}: put it into a namespace with the annotation services.k8s.aws/owner-account-id: "${otherAccount}"`,
  ];
}

function objectsOf({ role, cluster, ids }: WrittenRole<RoleIds>): KubeObject[] {
  return [
    ...role.policies.map((policy, index) => policyObject(policy, ids.policies[index] ?? '')),
    ...(role.isUser ? [] : [roleObject(role, ids)]),
    ...association(role, cluster, ids),
  ];
}

function policyObject({ name, statements }: IamPolicy, id: string): KubeObject {
  return {
    ...typeOf(iamPolicy),
    metadata: { name: id },
    spec: { name, policyDocument: documentText(statements) },
  };
}

function roleObject({ name, path, trust }: IamRole, ids: RoleIds): KubeObject {
  return {
    ...typeOf(iamRole),
    metadata: { name: ids.role },
    spec: {
      name,
      ...(path !== undefined && { path }),
      assumeRolePolicyDocument: documentText(trust),
      policyRefs: ids.policies.map(policy => ({ from: { name: policy } })),
    },
  };
}

function association({ associated }: IamRole, cluster: string, ids: RoleIds): KubeObject[] {
  if (associated === undefined) return [];
  return [
    {
      ...typeOf(podIdentityAssociation),
      metadata: { name: ids.role },
      spec: {
        clusterName: cluster,
        namespace: associated.namespace,
        serviceAccount: associated.name,
        roleRef: { from: { name: ids.role } },
      },
    },
  ];
}

/** All of them have been v1alpha1 from the beginning. */
function typeOf({ group, kind }: Kind): Pick<KubeObject, 'apiVersion' | 'kind'> {
  return { apiVersion: `${group}/v1alpha1`, kind };
}
