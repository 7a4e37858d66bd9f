import type { JsonObject } from '../../ground/json.ts';
import { renderValue } from '../../make/objects/render-yaml.ts';
import { policyDocument, sizeOf } from '../../operate/iam/document.ts';
import type { IamPlan, IamRole } from '../../operate/iam/plan.ts';
import { VARIABLES } from '../../operate/iam/variables.ts';
import { yamlNotes } from './notes.ts';

/** The characters of all inline policies of a role (docs/facts/aws.md#iam-limits). */
const INLINE_SIZE = 10_240;

/**
 * The part of eksctl's configuration that gives accounts their roles. It makes a role for each, with
 * one inline policy and the trust; roles that others assume are none of its.
 */
export function renderEksctl(plans: readonly IamPlan[]): string {
  return plans.map(clusterConfig).join('---\n');
}

function clusterConfig(plan: IamPlan): string {
  const made = plan.roles.filter(canMake);
  const left = plan.roles.filter(role => !canMake(role));
  const accounts = made.flatMap(serviceAccount);
  return (
    yamlNotes([plan], left.map(whyLeft)) +
    renderValue({
      apiVersion: 'eksctl.io/v1alpha5',
      kind: 'ClusterConfig',
      metadata: { name: plan.cluster, region: VARIABLES.region },
      iam: {
        ...(accounts.length > 0 && { withOIDC: true, serviceAccounts: accounts }),
        podIdentityAssociations: made.flatMap(association),
      },
    })
  );
}

function canMake({ isUser, path, associated, annotated, policies }: IamRole): boolean {
  const hasAccount = associated !== undefined || annotated !== undefined;
  const statements = policies.flatMap(policy => policy.statements);
  return (
    !isUser && path === undefined && hasAccount && sizeOf(policyDocument(statements)) <= INLINE_SIZE
  );
}

function whyLeft({ name, isUser, path, associated, annotated }: IamRole): string {
  if (isUser) return `${name} is not here: it is a user`;
  if (path !== undefined) return `${name} is not here: eksctl gives roles no path`;
  return associated === undefined && annotated === undefined
    ? `${name} is not here: other roles assume it, and no account does`
    : `${name} is not here: its policy is longer than the ${INLINE_SIZE} characters of an inline policy`;
}

function documentOf({ policies }: IamRole): JsonObject {
  return policyDocument(policies.flatMap(({ statements }) => statements));
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

/** The account is made by others; eksctl makes the role alone. */
function serviceAccount(role: IamRole): JsonObject[] {
  const { name, annotated } = role;
  if (annotated === undefined) return [];
  return [
    {
      metadata: { name: annotated.name, namespace: annotated.namespace },
      roleName: name,
      roleOnly: true,
      attachPolicy: documentOf(role),
    },
  ];
}
