import type { Kind } from '../kind.ts';

/** AWS Controllers for Kubernetes: IAM, and EKS below. */
export const iamRole: Kind = { group: 'iam.services.k8s.aws', kind: 'Role' };
export const iamPolicy: Kind = { group: 'iam.services.k8s.aws', kind: 'Policy' };
export const podIdentityAssociation: Kind = {
  group: 'eks.services.k8s.aws',
  kind: 'PodIdentityAssociation',
};
