import type { KubeObject } from '../../ground/kube-object.ts';
import { iamPolicy, iamRole, podIdentityAssociation } from '../../kinds/ack/iam.ts';
import type { Kind } from '../../kinds/kind.ts';
import { renderYaml } from '../../make/objects/render-yaml.ts';
import type { IamPlan, IamPolicy, IamRole } from '../../operate/iam/plan.ts';
import { documentText } from './document-text.ts';
import { kubernetesName } from './kubernetes-name.ts';
import { yamlNotes } from './notes.ts';

/** Objects of AWS Controllers for Kubernetes. Those of another account belong into a namespace of it. */
export function renderAck(plans: readonly IamPlan[]): string {
  const objects = plans.flatMap(({ roles, cluster }) =>
    roles.flatMap(role => objectsOf(role, cluster)),
  );
  return (
    yamlNotes(
      plans,
      plans.flatMap(({ roles }) => roles.flatMap(elsewhere)),
    ) + renderYaml(objects)
  );
}

function elsewhere({ name, otherAccount }: IamRole): string[] {
  if (otherAccount === undefined) return [];
  return [
    `${name}: put it into a namespace with the annotation services.k8s.aws/owner-account-id: "${otherAccount}"`,
  ];
}

function objectsOf(role: IamRole, cluster: string): KubeObject[] {
  return [
    ...role.policies.map(policyObject),
    ...(role.isUser ? [] : [roleObject(role)]),
    ...association(role, cluster),
  ];
}

function policyObject({ name, statements }: IamPolicy): KubeObject {
  return {
    ...typeOf(iamPolicy),
    metadata: { name: kubernetesName(name) },
    spec: { name, policyDocument: documentText(statements) },
  };
}

function roleObject({ name, path, trust, policies }: IamRole): KubeObject {
  return {
    ...typeOf(iamRole),
    metadata: { name: kubernetesName(name) },
    spec: {
      name,
      ...(path !== undefined && { path }),
      assumeRolePolicyDocument: documentText(trust),
      policyRefs: policies.map(policy => ({ from: { name: kubernetesName(policy.name) } })),
    },
  };
}

function association({ name, associated }: IamRole, cluster: string): KubeObject[] {
  if (associated === undefined) return [];
  return [
    {
      ...typeOf(podIdentityAssociation),
      metadata: { name: kubernetesName(name) },
      spec: {
        clusterName: cluster,
        namespace: associated.namespace,
        serviceAccount: associated.name,
        roleRef: { from: { name: kubernetesName(name) } },
      },
    },
  ];
}

/** All of them have been v1alpha1 from the beginning. */
function typeOf({ group, kind }: Kind): Pick<KubeObject, 'apiVersion' | 'kind'> {
  return { apiVersion: `${group}/v1alpha1`, kind };
}
