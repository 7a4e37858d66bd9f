import type { JsonObject } from '../../ground/json.ts';
import { renderValue } from '../../make/objects/render-yaml.ts';
import { policyDocument, sizeOf } from '../../operate/iam/document.ts';
import type { IamPlan, IamRole } from '../../operate/iam/plan.ts';
import { VARIABLES } from '../../operate/iam/settings.ts';
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
  return role.annotated.map(({ namespace, name }) => ({
    metadata: { name, namespace },
    roleName: role.name,
    roleOnly: true,
    attachPolicy: documentOf(role),
  }));
}
