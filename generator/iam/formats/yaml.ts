import type { Json, JsonObject } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { VARIABLES } from '../../environments/clusters.ts';
import { iamPolicy, iamRole, podIdentityAssociation } from '../../kinds/ack.ts';
import type { Kind } from '../../kinds/kind.ts';
import { renderValue, renderYaml } from '../../yaml/write.ts';
import type { IamPlan, IamPolicy, IamRole } from '../plan.ts';
import { policyDocument, sizeOf } from '../policies.ts';
import {
  documentText,
  filled,
  kubernetesIds,
  policyNamesAfter,
  type RoleIds,
  replaced,
  type WrittenRole,
  writtenRoles,
  yamlNotes,
} from './roles.ts';

const PARAMETERS: Readonly<Record<string, string>> = {
  ClusterName: 'The name of the EKS cluster.',
  OidcProvider: "The cluster's OIDC provider, without https://.",
};

/** A CloudFormation template. Roles of other accounts are made where the stack is deployed there. */
export function renderCloudFormation(plans: readonly IamPlan[]): string {
  const roles = writtenRoles(plans, idsOf);
  const accounts = new Set(roles.flatMap(({ role }) => role.otherAccount ?? []));
  const resources = Object.fromEntries(roles.flatMap(resourcesOf));
  const used = JSON.stringify(resources);
  const parameters = Object.entries(PARAMETERS).filter(([name]) => used.includes(`\${${name}}`));
  return (
    yamlNotes(plans) +
    renderValue({
      AWSTemplateFormatVersion: '2010-09-09',
      ...(parameters.length > 0 && {
        Parameters: Object.fromEntries(
          parameters.map(([name, Description]) => [name, { Type: 'String', Description }]),
        ),
      }),
      ...(accounts.size > 0 && {
        Conditions: Object.fromEntries(
          [...accounts].map(account => [
            conditionOf(account),
            { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, account] },
          ]),
        ),
      }),
      Resources: resources,
    })
  );
}

/** All resources of a stack are called differently, of whatever type they are. */
interface StackIds extends RoleIds {
  readonly association: string;
}

function idsOf(name: string, role: IamRole): StackIds {
  return {
    role: idOf(name),
    policies: policyNamesAfter(name, role).map(policy => `${idOf(policy)}Policy`),
    association: `${idOf(name)}Association`,
  };
}

/** Logical IDs are of letters and digits. */
function idOf(name: string): string {
  return name
    .split(/[^a-zA-Z0-9]+/)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function resourcesOf({ role, cluster, ids }: WrittenRole<StackIds>): [id: string, value: Json][] {
  const { name, path, isUser, otherAccount, trust, associated } = role;
  const where = otherAccount === undefined ? {} : { Condition: conditionOf(otherAccount) };
  const managed = role.policies.map((policy, index): [string, Json] => [
    ids.policies[index] ?? '',
    {
      Type: 'AWS::IAM::ManagedPolicy',
      ...where,
      Properties: {
        ManagedPolicyName: policy.name,
        PolicyDocument: inStack(policyDocument(policy.statements)),
        ...(!isUser && { Roles: [{ Ref: ids.role }] }),
      },
    },
  ]);
  if (isUser) return managed;
  const properties = {
    RoleName: name,
    ...(path !== undefined && { Path: path }),
    AssumeRolePolicyDocument: inStack(policyDocument(trust)),
  };
  return [
    [ids.role, { Type: 'AWS::IAM::Role', ...where, Properties: properties }],
    ...managed,
    ...(associated === undefined
      ? []
      : [
          [
            ids.association,
            {
              Type: 'AWS::EKS::PodIdentityAssociation',
              Properties: {
                ClusterName: inStack(cluster),
                Namespace: associated.namespace,
                ServiceAccount: associated.name,
                RoleArn: { 'Fn::GetAtt': [ids.role, 'Arn'] },
              },
            },
          ] satisfies [string, Json],
        ]),
  ];
}

function conditionOf(account: string): string {
  return `InAccount${account}`;
}

const REFERENCES: Readonly<Record<string, string>> = {
  [VARIABLES.account]: 'AWS::AccountId',
  [VARIABLES.partition]: 'AWS::Partition',
  [VARIABLES.region]: 'AWS::Region',
  [VARIABLES.cluster]: 'ClusterName',
  [VARIABLES.oidcProvider]: 'OidcProvider',
};

/**
 * A value with its variables as the stack fills them in. It does so in values alone: a document with
 * a variable in a name is a text as a whole, which a template may have in the place of one.
 */
function inStack(value: Json): Json {
  const names = namesIn(value).join();
  if (names.includes('$' + '{'))
    return { 'Fn::Sub': filled(JSON.stringify(value, undefined, 2), REFERENCES, literal) };
  return replaced(value, text =>
    text.includes('$' + '{') ? { 'Fn::Sub': filled(text, REFERENCES, literal) } : text,
  );
}

function namesIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as JsonObject).flatMap(([name, child]) => [name, ...namesIn(child)]);
}

function literal(text: string): string {
  return text.replaceAll('$' + '{', '$' + '{!');
}

/**
 * The part of eksctl's configuration that gives accounts their roles. It makes a role for each, with
 * one inline policy and the trust; roles that others assume are none of its.
 */
export function renderEksctl(plans: readonly IamPlan[]): string {
  return plans.map(clusterConfig).join('---\n');
}

function clusterConfig(plan: IamPlan): string {
  const made = plan.roles.filter(role => whyLeft(role) === undefined);
  const left = plan.roles.flatMap(role => {
    const why = whyLeft(role);
    return why === undefined ? [] : [`${role.name} is not here: ${why}`];
  });
  const accounts = made.flatMap(serviceAccount);
  const podIdentityAssociations = made.flatMap(association);
  return (
    yamlNotes([plan], left) +
    renderValue({
      apiVersion: 'eksctl.io/v1alpha5',
      kind: 'ClusterConfig',
      metadata: { name: plan.cluster, region: VARIABLES.region },
      iam: {
        ...(accounts.length > 0 && { withOIDC: true, serviceAccounts: accounts }),
        ...((podIdentityAssociations.length > 0 || accounts.length === 0) && {
          podIdentityAssociations,
        }),
      },
    })
  );
}

/** The characters of all inline policies of a role (docs/facts/aws.md#iam-limits). */
const INLINE_SIZE = 10_240;

/** Why eksctl cannot make a role; undefined if it can. */
function whyLeft(role: IamRole): string | undefined {
  const { isUser, path, otherAccount, trust } = role;
  const accounts = accountsOf(role);
  if (isUser) return 'it is a user';
  if (path !== undefined) return 'eksctl gives roles no path';
  if (otherAccount !== undefined) return 'eksctl makes roles in the account of the cluster alone';
  if (trust.some(({ principal = {} }) => Object.hasOwn(principal, 'AWS')))
    return 'other roles assume it, and eksctl lets accounts alone do so';
  if (accounts.length > 1)
    return `eksctl makes a role for one account, and this one is for ${accounts.join(', ')}`;
  return sizeOf(documentOf(role)) > INLINE_SIZE
    ? `its policy is longer than the ${INLINE_SIZE} characters of an inline policy`
    : undefined;
}

function accountsOf({ associated, annotated }: IamRole): string[] {
  const all = associated === undefined ? annotated : [associated, ...annotated];
  return all.map(({ namespace, name }) => `${namespace}/${name}`);
}

function documentOf({ policies }: IamRole): JsonObject {
  return policyDocument(policies.flatMap(({ statements }) => statements));
}

/** The account is made by others; eksctl makes the role alone. */
function serviceAccount(role: IamRole): JsonObject[] {
  return role.annotated.map(({ namespace, name }) => ({
    metadata: { name, namespace },
    roleName: role.name,
    roleOnly: true,
    attachPolicy: documentOf(role),
  }));
}

function association(role: IamRole): JsonObject[] {
  const { name, associated } = role;
  if (associated === undefined) return [];
  return [
    {
      namespace: associated.namespace,
      serviceAccountName: associated.name,
      roleName: name,
      permissionPolicy: documentOf(role),
    },
  ];
}

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
    ...associationOfAck(role, cluster, ids),
  ];
}

function policyObject({ name, statements }: IamPolicy, id: string): KubeObject {
  return {
    ...typeOf(iamPolicy),
    metadata: { name: id },
    spec: { name, policyDocument: documentText(statements) },
  };
}

/** All of them have been v1alpha1 from the beginning. */
function typeOf({ group, kind }: Kind): Pick<KubeObject, 'apiVersion' | 'kind'> {
  return { apiVersion: `${group}/v1alpha1`, kind };
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

function associationOfAck({ associated }: IamRole, cluster: string, ids: RoleIds): KubeObject[] {
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

/** Managed resources of Crossplane's provider-upjet-aws; the name in AWS is an annotation there. */
export function renderCrossplane(plans: readonly IamPlan[]): string {
  const objects = writtenRoles(plans, kubernetesIds).flatMap(({ role, cluster, ids }) => [
    ...role.policies.flatMap((policy, index) =>
      policyObjects(policy, role, ids.policies[index] ?? '', ids),
    ),
    ...(role.isUser ? [] : [roleObjectOfCrossplane(role, ids)]),
    ...associationOfCrossplane(role, cluster, ids),
  ]);
  return yamlNotes(plans) + renderYaml(objects);
}

const IAM = 'iam.aws.upbound.io/v1beta1';

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

/** Another account is another configuration of the provider. */
function providerOf({ otherAccount }: IamRole): JsonObject {
  return otherAccount === undefined
    ? {}
    : { providerConfigRef: { name: `account-${otherAccount}` } };
}

function metadataOf(id: string, name: string): KubeObject['metadata'] {
  return { name: id, annotations: { 'crossplane.io/external-name': name } };
}

function roleObjectOfCrossplane(role: IamRole, ids: RoleIds): KubeObject {
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

function associationOfCrossplane(
  { associated }: IamRole,
  clusterName: string,
  ids: RoleIds,
): KubeObject[] {
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
