import { Ajv } from 'ajv';

/** The fields of a thing: text, what is in it, a list of such things; a name with `!` is required. */
interface Fields {
  readonly [name: string]: Shape;
}

/** `any`: whatever the vendor takes there, such as a policy or CloudFormation's own functions. */
type Shape = 'text' | 'yes or no' | 'number' | 'any' | Fields | readonly [Shape];

const NAMED: Fields = { 'name!': 'text', policy: 'any' };
const FROM: Fields = { from: { name: 'text', namespace: 'text' } };
const TEXTS: Shape = ['text'];

/** What Crossplane's managed resources have beside `forProvider`. */
const MANAGED: Fields = {
  deletionPolicy: 'text',
  initProvider: 'any',
  managementPolicies: TEXTS,
  providerConfigRef: NAMED,
  writeConnectionSecretToRef: { 'name!': 'text', 'namespace!': 'text' },
};

/**
 * The specs of the vendors' kinds, their structure alone, by `apiVersion kind`, in the words of their
 * definitions: aws-controllers-k8s/iam-controller and eks-controller (config/crd/bases) and
 * crossplane-contrib/provider-upjet-aws (package/crds), each Apache-2.0.
 */
export const SPECS: Readonly<Record<string, Fields>> = {
  'iam.services.k8s.aws/v1alpha1 Policy': {
    ...{ description: 'text', 'name!': 'text', path: 'text', 'policyDocument!': 'text' },
    tags: [{ key: 'text', value: 'text' }],
  },
  'iam.services.k8s.aws/v1alpha1 Role': {
    ...{ 'assumeRolePolicyDocument!': 'text', description: 'text', inlinePolicies: 'any' },
    ...{ maxSessionDuration: 'number', 'name!': 'text', path: 'text' },
    ...{ permissionsBoundary: 'text', permissionsBoundaryRef: FROM, policies: TEXTS },
    policyRefs: [FROM],
    tags: [{ key: 'text', value: 'text' }],
  },
  'eks.services.k8s.aws/v1alpha1 PodIdentityAssociation': {
    ...{ clientRequestToken: 'text', clusterName: 'text', clusterRef: FROM },
    ...{ disableSessionTags: 'yes or no', 'namespace!': 'text', policy: 'text', roleARN: 'text' },
    ...{ roleRef: FROM, 'serviceAccount!': 'text', tags: 'any' },
    ...{ targetRoleARN: 'text', targetRoleRef: FROM },
  },
  'iam.aws.upbound.io/v1beta1 Policy': {
    ...MANAGED,
    'forProvider!': { description: 'text', path: 'text', 'policy!': 'text', tags: 'any' },
  },
  'iam.aws.upbound.io/v1beta1 Role': {
    ...MANAGED,
    'forProvider!': {
      ...{ 'assumeRolePolicy!': 'text', description: 'text', forceDetachPolicies: 'yes or no' },
      ...{ maxSessionDuration: 'number', path: 'text', permissionsBoundary: 'text', tags: 'any' },
    },
  },
  'iam.aws.upbound.io/v1beta1 RolePolicyAttachment': {
    ...MANAGED,
    'forProvider!': {
      ...{ policyArn: 'text', policyArnRef: NAMED, policyArnSelector: 'any' },
      ...{ role: 'text', roleRef: NAMED, roleSelector: 'any' },
    },
  },
  'eks.aws.upbound.io/v1beta1 PodIdentityAssociation': {
    ...MANAGED,
    'forProvider!': {
      ...{ clusterName: 'text', clusterNameRef: NAMED, clusterNameSelector: 'any' },
      ...{ disableSessionTags: 'yes or no', 'namespace!': 'text', 'region!': 'text' },
      ...{ roleArn: 'text', roleArnRef: NAMED, roleArnSelector: 'any', 'serviceAccount!': 'text' },
      ...{ tags: 'any', targetRoleArn: 'text', targetRoleArnRef: NAMED },
    },
  },
};

/** What eksctl's schema says of `iam` (weaveworks/eksctl v0.215.0, v1alpha5/assets/schema.json, Apache-2.0). */
export const EKSCTL: Fields = {
  'apiVersion!': 'text',
  'kind!': 'text',
  'metadata!': { 'name!': 'text', 'region!': 'text', tags: 'any', version: 'text' },
  iam: {
    ...{ fargatePodExecutionRoleARN: 'text', serviceRoleARN: 'text' },
    ...{ vpcResourceControllerPolicy: 'yes or no', withOIDC: 'yes or no' },
    podIdentityAssociations: [
      {
        ...{ createServiceAccount: 'yes or no', disableSessionTags: 'yes or no' },
        ...{ namespace: 'text', permissionPolicy: 'any', permissionPolicyARNs: TEXTS },
        ...{ permissionsBoundaryARN: 'text', roleARN: 'text', roleName: 'text' },
        ...{ serviceAccountName: 'text', tags: 'any', targetRoleARN: 'text' },
        wellKnownPolicies: 'any',
      },
    ],
    serviceAccounts: [
      {
        ...{ attachPolicy: 'any', attachPolicyARNs: TEXTS, attachRoleARN: 'text' },
        metadata: { annotations: 'any', labels: 'any', name: 'text', namespace: 'text' },
        ...{ permissionsBoundary: 'text', roleName: 'text', roleOnly: 'yes or no' },
        ...{ status: 'any', tags: 'any', wellKnownPolicies: 'any' },
      },
    ],
  },
};

/** Properties by type, of CloudFormation's template reference. */
export const CLOUDFORMATION: Readonly<Record<string, Fields>> = {
  'AWS::IAM::ManagedPolicy': {
    ...{ Description: 'any', Groups: 'any', ManagedPolicyName: 'any', Path: 'any' },
    ...{ 'PolicyDocument!': 'any', Roles: ['any'], Users: ['any'] },
  },
  'AWS::IAM::Role': {
    ...{ 'AssumeRolePolicyDocument!': 'any', Description: 'any', ManagedPolicyArns: ['any'] },
    ...{ MaxSessionDuration: 'any', Path: 'any', PermissionsBoundary: 'any', Policies: 'any' },
    ...{ RoleName: 'any', Tags: 'any' },
  },
  'AWS::EKS::PodIdentityAssociation': {
    ...{ 'ClusterName!': 'any', DisableSessionTags: 'any', 'Namespace!': 'any', Policy: 'any' },
    ...{ 'RoleArn!': 'any', 'ServiceAccount!': 'any', Tags: 'any', TargetRoleArn: 'any' },
  },
};

/** What each block of Terraform may have beside its arguments; `//` is a comment in JSON. */
const BLOCK: Fields = { '//': 'any', depends_on: TEXTS, lifecycle: 'any', provider: 'text' };

/** Arguments by type, of the pages of the AWS provider (website/docs/r of hashicorp/terraform-provider-aws). */
export const TERRAFORM: Readonly<Record<string, Fields>> = {
  aws_iam_policy: {
    ...BLOCK,
    ...{ description: 'text', name: 'text', path: 'text', 'policy!': 'text', tags: 'any' },
  },
  aws_iam_role: {
    ...BLOCK,
    ...{ 'assume_role_policy!': 'text', description: 'text', force_detach_policies: 'yes or no' },
    ...{ max_session_duration: 'number', name: 'text', path: 'text', tags: 'any' },
    permissions_boundary: 'text',
  },
  aws_iam_role_policy_attachment: { ...BLOCK, 'policy_arn!': 'text', 'role!': 'text' },
  aws_eks_pod_identity_association: {
    ...BLOCK,
    ...{ 'cluster_name!': 'text', 'namespace!': 'text', 'role_arn!': 'text' },
    ...{ 'service_account!': 'text', tags: 'any' },
  },
  aws_iam_policy_document: {
    ...BLOCK,
    statement: [
      {
        '//': 'any',
        ...{ actions: TEXTS, effect: 'text', not_actions: TEXTS, not_resources: TEXTS },
        condition: [{ 'test!': 'text', 'values!': TEXTS, 'variable!': 'text' }],
        principals: [{ 'identifiers!': TEXTS, 'type!': 'text' }],
        ...{ resources: TEXTS, sid: 'text' },
      },
    ],
  },
};

const TYPES = { text: 'string', 'yes or no': 'boolean', number: 'number' } as const;

function schemaOf(shape: Shape): object {
  if (shape === 'any') return {};
  if (typeof shape === 'string') return { type: TYPES[shape] };
  if (isList(shape)) return { type: 'array', items: schemaOf(shape[0]) };
  const names = Object.keys(shape);
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      Object.entries(shape).map(([name, own]) => [name.replace('!', ''), schemaOf(own)]),
    ),
    required: names.filter(name => name.endsWith('!')).map(name => name.slice(0, -1)),
  };
}

function isList(shape: Fields | readonly [Shape]): shape is readonly [Shape] {
  return Array.isArray(shape);
}

/** What of something is not as these fields are, a line each. */
export function misfits(value: unknown, fields: Fields): string[] {
  const check = new Ajv({ allErrors: true }).compile(schemaOf(fields));
  check(value);
  return (check.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}
