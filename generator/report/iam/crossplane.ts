import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { renderYaml } from '../../make/objects/render-yaml.ts';
import type { IamPlan, IamPolicy, IamRole } from '../../operate/iam/plan.ts';
import { VARIABLES } from '../../operate/iam/variables.ts';
import { documentText } from './document-text.ts';
import { kubernetesName } from './kubernetes-name.ts';
import { yamlNotes } from './notes.ts';

const IAM = 'iam.aws.upbound.io/v1beta1';

/** Managed resources of Crossplane's provider-upjet-aws; the name in AWS is an annotation there. */
export function renderCrossplane(plans: readonly IamPlan[]): string {
  const objects = plans.flatMap(({ roles, cluster }) =>
    roles.flatMap(role => [
      ...role.policies.flatMap(policy => policyObjects(policy, role)),
      ...(role.isUser ? [] : [roleObject(role)]),
      ...association(role, cluster),
    ]),
  );
  return yamlNotes(plans) + renderYaml(objects);
}

function metadataOf(name: string): KubeObject['metadata'] {
  return { name: kubernetesName(name), annotations: { 'crossplane.io/external-name': name } };
}

function policyObjects(policy: IamPolicy, role: IamRole): KubeObject[] {
  const name = kubernetesName(policy.name);
  const attachment: KubeObject = {
    apiVersion: IAM,
    kind: 'RolePolicyAttachment',
    metadata: { name },
    spec: {
      forProvider: { policyArnRef: { name }, roleRef: { name: kubernetesName(role.name) } },
      ...providerOf(role),
    },
  };
  return [
    {
      apiVersion: IAM,
      kind: 'Policy',
      metadata: metadataOf(policy.name),
      spec: { forProvider: { policy: documentText(policy.statements) }, ...providerOf(role) },
    },
    ...(role.isUser ? [] : [attachment]),
  ];
}

function roleObject(role: IamRole): KubeObject {
  return {
    apiVersion: IAM,
    kind: 'Role',
    metadata: metadataOf(role.name),
    spec: {
      forProvider: {
        ...(role.path !== undefined && { path: role.path }),
        assumeRolePolicy: documentText(role.trust),
      },
      ...providerOf(role),
    },
  };
}

function association({ name, associated }: IamRole, cluster: string): KubeObject[] {
  if (associated === undefined) return [];
  const { namespace, name: serviceAccount } = associated;
  const roleArnRef = { name: kubernetesName(name) };
  return [
    {
      apiVersion: 'eks.aws.upbound.io/v1beta1',
      kind: 'PodIdentityAssociation',
      metadata: { name: kubernetesName(name) },
      spec: {
        forProvider: {
          region: VARIABLES.region,
          clusterName: cluster,
          namespace,
          serviceAccount,
          roleArnRef,
        },
      },
    },
  ];
}

/** Another account is another configuration of the provider. */
function providerOf({ otherAccount }: IamRole): JsonObject {
  return otherAccount === undefined
    ? {}
    : { providerConfigRef: { name: `account-${otherAccount}` } };
}
