import type { Json, JsonObject } from '../../core/json.ts';
import { changedThroughout, fieldsWhere, mapAt } from '../../core/json.ts';
import { unlessEmpty } from '../../core/kube-object.ts';
import { VARIABLES } from '../../environments/clusters.ts';
import { jsonText, linesText } from '../../report/text.ts';
import type { IamFormatName } from '../../spec/spec.ts';
import type { IamPlan, IamRole } from '../plan.ts';
import { POLICY_SIZE, type PolicyStatement, policyDocument, sizeOf } from '../policies.ts';
import { filled, roleNotes, testsOf, type WrittenRole, writtenRoles, yamlFormats } from './yaml.ts';

/** The files of formats that `expand` may write into `iam/`. */
export const iamFileNames: Readonly<Record<IamFormatName, string>> = {
  json: 'policies.json',
  terraform: 'iam.tf.json',
  cloudformation: 'cloudformation.yaml',
  eksctl: 'eksctl.yaml',
  ack: 'ack.yaml',
  crossplane: 'crossplane.yaml',
};

export const iamFormats: Readonly<
  Record<'text' | IamFormatName, (plans: readonly IamPlan[]) => string>
> = {
  text: plans => plans.map(planText).join('\n'),
  json: plans => jsonText({ plans: plans.map(planJson) }),
  terraform: renderTerraform,
  ...yamlFormats,
};

function planText({ name, roles, missing }: IamPlan): string {
  const text = [...roles.flatMap(roleLines), ...missing.map(note => `  note: ${note}`)];
  const lines = text.length === 0 ? ['  nothing of AWS is read'] : text;
  return linesText([name, ...lines]);
}

function roleLines(role: IamRole): string[] {
  const { name, isUser, stores, trust, policies } = role;
  return [
    `  ${isUser ? 'user' : 'role'} ${name}`,
    `    for ${stores.length === 0 ? 'the role after it' : stores.join(', ')}`,
    ...trust.flatMap(({ principal = {}, actions, condition }) => [
      `    ${Object.values(principal).join()} may ${actions.join(', ')}`,
      ...testsOf(condition).map(({ key, values }) => `      if ${key} is ${String(values)}`),
    ]),
    ...policies.flatMap(({ name: policy, statements }) => [
      `    policy ${policy} (${sizeOf(policyDocument(statements))} of ${POLICY_SIZE} characters)`,
      ...statements.flatMap(statementLines),
    ]),
    ...roleNotes(role).map(note => `    note: ${note}`),
  ];
}

function statementLines({ actions, resources, condition }: PolicyStatement): string[] {
  return [
    `      ${actions.join(', ')}`,
    ...resources.map(resource => `        ${resource}`),
    ...testsOf(condition).map(
      ({ test, key, values }) => `        if ${test} ${key}: ${[values].flat().join(', ')}`,
    ),
  ];
}

function planJson({ name, cluster, roles, missing }: IamPlan): Json {
  return { name, cluster, roles: roles.map(roleJson), ...unlessEmpty('missing', missing) };
}

function roleJson(role: IamRole): Json {
  const { name, arn, otherAccount, isUser, trust, policies, associated, annotated, stores } = role;
  return {
    name,
    arn,
    ...(otherAccount !== undefined && { account: otherAccount }),
    stores,
    ...(associated !== undefined && { podIdentity: { ...associated } }),
    ...(annotated.length > 0 && { irsa: annotated.map(account => ({ ...account })) }),
    ...(!isUser && { trustPolicy: policyDocument(trust) }),
    policies: policies.map(policy => {
      const document = policyDocument(policy.statements);
      return { name: policy.name, characters: sizeOf(document), document };
    }),
    notes: roleNotes(role),
  };
}

type Blocks = Record<string, Record<string, Json>>;

function renderTerraform(plans: readonly IamPlan[]): string {
  const data: Blocks = { aws_iam_policy_document: {} };
  const resource: Blocks = {
    aws_iam_role: {},
    aws_iam_policy: {},
    aws_iam_role_policy_attachment: {},
    aws_eks_pod_identity_association: {},
  };
  for (const written of writtenRoles(plans, idOf, { trust: '_trust' }))
    addRole(written, data, resource);
  const missing = plans.flatMap(plan => plan.missing);
  return jsonText({
    // Not at the root, where `expand` writes that it made the file.
    ...unlessEmpty('terraform', unlessEmpty('//', missing)),
    ...configuration(data, resource),
  });
}

/** Names in Terraform have no `.`, `,`, `@`, `+` or `=`, and begin with a letter or `_`. */
function idOf(name: string): string {
  return name.replaceAll(/[^\w-]/g, '_').replace(/^(?=[^a-zA-Z_])/, '_');
}

function addRole({ role, cluster, ids }: WrittenRole, data: Blocks, resource: Blocks): void {
  const { name, path, isUser, trust, associated, otherAccount } = role;
  // A role of another account needs another configuration of the provider.
  const provider = otherAccount !== undefined && { provider: `aws.account_${otherAccount}` };
  if (!isUser) {
    // The document is in `data`, with the documents of the policies.
    put(data, 'aws_iam_policy_document', ids.trust, { statement: trust.map(statement) });
    put(resource, 'aws_iam_role', ids.role, {
      ...provider,
      ...unlessEmpty('//', roleNotes(role)),
      name,
      ...(path !== undefined && { path }),
      assume_role_policy: reference(`data.aws_iam_policy_document.${ids.trust}.json`),
    });
  }
  for (const { id, ...policy } of ids.policies) {
    put(data, 'aws_iam_policy_document', id, { statement: policy.statements.map(statement) });
    put(resource, 'aws_iam_policy', id, {
      ...provider,
      name: policy.name,
      policy: reference(`data.aws_iam_policy_document.${id}.json`),
    });
    if (isUser) continue;
    put(resource, 'aws_iam_role_policy_attachment', id, {
      ...provider,
      role: reference(`aws_iam_role.${ids.role}.name`),
      policy_arn: reference(`aws_iam_policy.${id}.arn`),
    });
  }
  if (associated !== undefined)
    put(resource, 'aws_eks_pod_identity_association', ids.role, {
      cluster_name: cluster,
      namespace: associated.namespace,
      service_account: associated.name,
      role_arn: reference(`aws_iam_role.${ids.role}.arn`),
    });
}

function put(blocks: Blocks, type: string, id: string, block: JsonObject): void {
  blocks[type] ??= {};
  blocks[type][id] = block;
}

/** `//` is a comment in JSON syntax. */
function statement(from: PolicyStatement): JsonObject {
  const { principal = {}, actions, resources, condition, why } = from;
  const principals = Object.entries(principal).map(([type, who]) => ({ type, identifiers: [who] }));
  const tests = testsOf(condition).map(({ test, key: variable, values }) => {
    return { test, variable, values: [values].flat() };
  });
  return {
    ...(why !== undefined && { '//': why }),
    actions,
    ...unlessEmpty('resources', resources),
    ...unlessEmpty('principals', principals),
    ...unlessEmpty('condition', tests),
  };
}

/** A reference to another block, marked so that `filledBlocks` tells it from a text. */
function reference(address: string): string {
  return `\u0000${address}\u0000`;
}

const VARIABLE_BLOCKS: JsonObject = {
  cluster_name: { type: 'string', description: 'The name of the EKS cluster.' },
  oidc_provider: { type: 'string', description: "The cluster's OIDC provider, without https://." },
  region: { type: 'string', description: 'The region of stores that name none.' },
};

/** A configuration that also declares the variables and data sources that its blocks refer to. */
function configuration(dataBlocks: Blocks, resources: Blocks): JsonObject {
  const [data, resource] = [filledBlocks(dataBlocks), filledBlocks(resources)];
  const text = JSON.stringify([data, resource]);
  const uses = (name: string): boolean => text.includes(`\${${name}`);
  const variable = fieldsWhere(VARIABLE_BLOCKS, name => uses(`var.${name}}`));
  return {
    ...unlessEmpty('variable', variable),
    data: {
      ...(uses('data.aws_caller_identity') && { aws_caller_identity: { current: {} } }),
      ...(uses('data.aws_partition') && { aws_partition: { current: {} } }),
      ...data,
    },
    resource,
  };
}

const REFERENCES: Readonly<Record<string, string>> = {
  [VARIABLES.account]: 'data.aws_caller_identity.current.account_id',
  [VARIABLES.partition]: 'data.aws_partition.current.partition',
  [VARIABLES.region]: 'var.region',
  [VARIABLES.cluster]: 'var.cluster_name',
  [VARIABLES.oidcProvider]: 'var.oidc_provider',
};

function filledBlocks(blocks: Blocks): JsonObject {
  const texts = changedThroughout(blocks as unknown as Json, part => {
    if (typeof part !== 'string') return part;
    const address = /^\0(.*)\0$/.exec(part)?.[1];
    if (address !== undefined) return `$\{${address}}`;
    return filled(part, REFERENCES, text => text.replaceAll(/[$%]\{/g, sign => sign[0] + sign));
  });
  return fieldsWhere(texts as JsonObject, (_, all) => Object.keys(mapAt(all)).length > 0);
}
