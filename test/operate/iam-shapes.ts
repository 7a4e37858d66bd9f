import type { Fields, Shape } from './shape.ts';

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
 * The specs of the vendors' kinds, their structure alone, by `apiVersion kind`. What their definitions have
 * and `iam` never prints may be missing here, so that a misfit is looked up; nothing is here that they have
 * not. The kinds of ACK and of Crossplane each give the commit of the definition they were held against:
 * `config/crd/bases` of aws-controllers-k8s/iam-controller and eks-controller, `package/crds` of
 * crossplane-contrib/provider-upjet-aws.
 */
export const SPECS: Readonly<Record<string, Fields>> = {
  // iam-controller 082d2360
  'iam.services.k8s.aws/v1alpha1 Policy': {
    ...{ description: 'text', 'name!': 'text', path: 'text', 'policyDocument!': 'text' },
    tags: [{ key: 'text', value: 'text' }],
  },
  // iam-controller 31393b86
  'iam.services.k8s.aws/v1alpha1 Role': {
    ...{ 'assumeRolePolicyDocument!': 'text', description: 'text', inlinePolicies: 'any' },
    ...{ maxSessionDuration: 'number', 'name!': 'text', path: 'text' },
    ...{ permissionsBoundary: 'text', permissionsBoundaryRef: FROM, policies: TEXTS },
    policyRefs: [FROM],
    tags: [{ key: 'text', value: 'text' }],
  },
  // eks-controller 8235fd2d; the fields that came later are of its reference,
  // https://aws-controllers-k8s.github.io/community/reference/eks/v1alpha1/podidentityassociation
  'eks.services.k8s.aws/v1alpha1 PodIdentityAssociation': {
    ...{ clientRequestToken: 'text', clusterName: 'text', clusterRef: FROM },
    ...{ disableSessionTags: 'yes or no', 'namespace!': 'text', roleARN: 'text', roleRef: FROM },
    ...{ 'serviceAccount!': 'text', tags: 'any', targetRoleARN: 'text' },
  },
  // provider-upjet-aws 0c49c248: the managed resource's own fields too
  'iam.aws.upbound.io/v1beta1 Policy': {
    ...MANAGED,
    'forProvider!': { description: 'text', path: 'text', 'policy!': 'text', tags: 'any' },
  },
  // provider-upjet-aws 0341174c
  'iam.aws.upbound.io/v1beta1 Role': {
    ...MANAGED,
    'forProvider!': {
      ...{ 'assumeRolePolicy!': 'text', description: 'text', forceDetachPolicies: 'yes or no' },
      ...{ maxSessionDuration: 'number', path: 'text', permissionsBoundary: 'text', tags: 'any' },
    },
  },
  // provider-upjet-aws 081290dd
  'iam.aws.upbound.io/v1beta1 RolePolicyAttachment': {
    ...MANAGED,
    'forProvider!': {
      ...{ policyArn: 'text', policyArnRef: NAMED, policyArnSelector: 'any' },
      ...{ role: 'text', roleRef: NAMED, roleSelector: 'any' },
    },
  },
  // provider-upjet-aws 06025494
  'eks.aws.upbound.io/v1beta1 PodIdentityAssociation': {
    ...MANAGED,
    'forProvider!': {
      ...{ clusterName: 'text', clusterNameRef: NAMED, clusterNameSelector: 'any' },
      ...{ disableSessionTags: 'yes or no', 'namespace!': 'text', 'region!': 'text' },
      ...{ roleArn: 'text', roleArnRef: NAMED, roleArnSelector: 'any', 'serviceAccount!': 'text' },
      ...{ tags: 'any', targetRoleArn: 'text', targetRoleArnRef: NAMED },
      targetRoleArnSelector: 'any',
    },
  },
};

/**
 * What eksctl's schema says of `iam`: weaveworks/eksctl v0.215.0,
 * pkg/apis/eksctl.io/v1alpha5/assets/schema.json.
 */
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

/**
 * Properties by type, of CloudFormation's template reference, which has no versions:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html,
 * `aws-resource-iam-role.html` and `aws-resource-eks-podidentityassociation.html`.
 */
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

/**
 * Arguments by type, of the pages of hashicorp/terraform-provider-aws: in website/docs/r `iam_policy`
 * (1b95a29b), `iam_role` (02910eec), `iam_role_policy_attachment` (25612875) and
 * `eks_pod_identity_association` (088e0878), in website/docs/d `iam_policy_document` (051db233).
 */
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
