import type { JsonObject } from '../../ground/json.ts';
import type { IamPlan, IamPolicy, IamRole } from '../../operate/iam/plan.ts';
import type { PolicyStatement } from '../../operate/iam/statements.ts';
import { jsonText } from '../json-text.ts';
import { roleNotes } from './notes.ts';
import { type Blocks, configuration, reference } from './terraform-references.ts';
import { policyNamesAfter, type RoleIds, type WrittenRole, writtenRoles } from './written-roles.ts';

/** A Terraform configuration in JSON syntax, which Terraform reads beside its own (`*.tf.json`). */
export function renderTerraform(plans: readonly IamPlan[]): string {
  const data: Blocks = { aws_iam_policy_document: {} };
  const resource: Blocks = {
    aws_iam_role: {},
    aws_iam_policy: {},
    aws_iam_role_policy_attachment: {},
    aws_eks_pod_identity_association: {},
  };
  for (const written of writtenRoles(plans, idsOf)) addRole(written, data, resource);
  const missing = plans.flatMap(plan => plan.missing);
  return jsonText({
    // At the root expand says there that it made the file.
    ...(missing.length > 0 && { terraform: { '//': missing } }),
    ...configuration(data, resource),
  });
}

function addRole(written: WrittenRole<TerraformIds>, data: Blocks, resource: Blocks): void {
  const { role, cluster, ids } = written;
  const { name, path, isUser, trust, associated } = role;
  const provider = providerOf(role);
  const notes = roleNotes(role);
  if (!isUser) {
    put(data, 'aws_iam_policy_document', ids.trust, { statement: trust.map(statement) });
    put(resource, 'aws_iam_role', ids.role, {
      ...provider,
      ...(notes.length > 0 && { '//': notes }),
      name,
      ...(path !== undefined && { path }),
      assume_role_policy: reference(`data.aws_iam_policy_document.${ids.trust}.json`),
    });
  }
  for (const [index, policy] of role.policies.entries())
    addPolicy(policy, ids.policies[index] ?? '', written, data, resource);
  if (associated !== undefined)
    put(resource, 'aws_eks_pod_identity_association', ids.role, {
      cluster_name: cluster,
      namespace: associated.namespace,
      service_account: associated.name,
      role_arn: reference(`aws_iam_role.${ids.role}.arn`),
    });
}

function addPolicy(
  policy: IamPolicy,
  id: string,
  { role, ids }: WrittenRole<TerraformIds>,
  data: Blocks,
  resource: Blocks,
): void {
  const provider = providerOf(role);
  put(data, 'aws_iam_policy_document', id, { statement: policy.statements.map(statement) });
  put(resource, 'aws_iam_policy', id, {
    ...provider,
    name: policy.name,
    policy: reference(`data.aws_iam_policy_document.${id}.json`),
  });
  if (role.isUser) return;
  put(resource, 'aws_iam_role_policy_attachment', id, {
    ...provider,
    role: reference(`aws_iam_role.${ids.role}.name`),
    policy_arn: reference(`aws_iam_policy.${id}.arn`),
  });
}

function put(blocks: Blocks, type: string, id: string, block: JsonObject): void {
  const ofType = blocks[type];
  if (ofType !== undefined) ofType[id] = block;
}

/** `//` is a comment in this syntax. */
function statement({ principal, actions, resources, condition, why }: PolicyStatement): JsonObject {
  return {
    ...(why !== undefined && { '//': why }),
    actions,
    ...(resources.length > 0 && { resources }),
    ...(principal !== undefined && {
      principals: Object.entries(principal).map(([type, who]) => ({ type, identifiers: [who] })),
    }),
    ...(Object.keys(condition).length > 0 && { condition: conditions(condition) }),
  };
}

function conditions(condition: JsonObject): JsonObject[] {
  return Object.entries(condition).flatMap(([test, keys]) =>
    Object.entries(keys as JsonObject).map(([variable, values]) => ({
      test,
      variable,
      values: [values].flat(),
    })),
  );
}

/** Another account is another configuration of the provider. */
function providerOf({ otherAccount }: IamRole): JsonObject {
  return otherAccount === undefined ? {} : { provider: `aws.account_${otherAccount}` };
}

interface TerraformIds extends RoleIds {
  /** Of the document that says who may take it on, among those of the policies. */
  readonly trust: string;
}

function idsOf(name: string, role: IamRole): TerraformIds {
  return {
    role: idOf(name),
    trust: idOf(`${name}_trust`),
    policies: policyNamesAfter(name, role).map(idOf),
  };
}

/** Names of Terraform have no `.`, `,`, `@`, `+` or `=`, and begin with a letter. */
function idOf(name: string): string {
  return name.replaceAll(/[^\w-]/g, '_').replace(/^(?=[^a-zA-Z_])/, '_');
}
