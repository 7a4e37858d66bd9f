import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { renderYaml } from '../../make/objects/render-yaml.ts';
import type { IamPlan, IamPolicy, IamRole } from '../../operate/iam/plan.ts';
import { VARIABLES } from '../../operate/iam/settings.ts';
import { yamlNotes } from './notes.ts';
import { documentText, kubernetesIds, type RoleIds, writtenRoles } from './written-roles.ts';

const IAM = 'iam.aws.upbound.io/v1beta1';

/** Managed resources of Crossplane's provider-upjet-aws; the name in AWS is an annotation there. */
export function renderCrossplane(plans: readonly IamPlan[]): string {
  const objects = writtenRoles(plans, kubernetesIds).flatMap(({ role, cluster, ids }) => [
    ...role.policies.flatMap((policy, index) =>
      policyObjects(policy, role, ids.policies[index] ?? '', ids),
    ),
    ...(role.isUser ? [] : [roleObject(role, ids)]),
    ...association(role, cluster, ids),
  ]);
  return yamlNotes(plans) + renderYaml(objects);
}

function metadataOf(id: string, name: string): KubeObject['metadata'] {
  return { name: id, annotations: { 'crossplane.io/external-name': name } };
}

function policyObjects(policy: IamPolicy, role: IamRole, id: string, ids: RoleIds): KubeObject[] {
  const attachment: KubeObject = {
    apiVersion: IAM,
    kind: 'RolePolicyAttachment',
    metadata: { name: id },
    spec: {
      forProvider: { policyArnRef: { name: id }, roleRef: { name: ids.role } },
      ...providerOf(role),
    },
  };
  return [
    {
      apiVersion: IAM,
      kind: 'Policy',
      metadata: metadataOf(id, policy.name),
      spec: { forProvider: { policy: documentText(policy.statements) }, ...providerOf(role) },
    },
    ...(role.isUser ? [] : [attachment]),
  ];
}

function roleObject(role: IamRole, ids: RoleIds): KubeObject {
  return {
    apiVersion: IAM,
    kind: 'Role',
    metadata: metadataOf(ids.role, role.name),
    spec: {
      forProvider: {
        ...(role.path !== undefined && { path: role.path }),
        assumeRolePolicy: documentText(role.trust),
      },
      ...providerOf(role),
    },
  };
}

function association({ associated }: IamRole, clusterName: string, ids: RoleIds): KubeObject[] {
  if (associated === undefined) return [];
  const { namespace, name: serviceAccount } = associated;
  const roleArnRef = { name: ids.role };
  return [
    {
      apiVersion: 'eks.aws.upbound.io/v1beta1',
      kind: 'PodIdentityAssociation',
      metadata: { name: ids.role },
      spec: {
        forProvider: {
          region: VARIABLES.region,
          clusterName,
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
