import type { Json } from '../../core/json.ts';
import type { FileFormat, Formats } from '../../report/format.ts';
import { jsonText, shownLines } from '../../report/text.ts';
import type { IamFormatName } from '../../spec/spec.ts';
import type { IamPlan, IamPolicy, IamRole } from '../plan.ts';
import { POLICY_SIZE, type PolicyStatement, policyDocument, sizeOf } from '../policies.ts';
import { roleNotes, testsOf } from './roles.ts';
import { renderTerraform } from './terraform.ts';
import { renderAck, renderCloudFormation, renderCrossplane, renderEksctl } from './yaml.ts';

/** Formats with a file may be written into `iam/` too. */
export const iamFormats: Formats<readonly IamPlan[]> &
  Readonly<Record<IamFormatName, FileFormat<readonly IamPlan[]>>> = {
  text: { render: renderIamText },
  json: { render: renderIamJson, file: 'policies.json' },
  terraform: { render: renderTerraform, file: 'iam.tf.json' },
  cloudformation: { render: renderCloudFormation, file: 'cloudformation.yaml' },
  eksctl: { render: renderEksctl, file: 'eksctl.yaml' },
  ack: { render: renderAck, file: 'ack.yaml' },
  crossplane: { render: renderCrossplane, file: 'crossplane.yaml' },
};

/** Plans for people: who becomes which role, and what it may do. */
function renderIamText(plans: readonly IamPlan[]): string {
  return plans.map(planText).join('\n');
}

function planText({ name, roles, missing }: IamPlan): string {
  const notes = missing.map(note => `  note: ${note}`);
  const text = [...roles.flatMap(roleLines), ...notes];
  const lines = text.length === 0 ? ['  nothing of AWS is read'] : text;
  return `${shownLines([name, ...lines].join('\n'))}\n`;
}

function roleLines(role: IamRole): string[] {
  const { name, isUser, stores, trust, policies } = role;
  return [
    `  ${isUser ? 'user' : 'role'} ${name}`,
    `    for ${stores.length === 0 ? 'the role after it' : stores.join(', ')}`,
    ...trust.flatMap(trustLines),
    ...policies.flatMap(policyLines),
    ...roleNotes(role).map(note => `    note: ${note}`),
  ];
}

function trustLines({ principal = {}, actions, condition }: PolicyStatement): string[] {
  const conditions = testsOf(condition).map(
    ({ key, values }) => `      if ${key} is ${String(values)}`,
  );
  return [`    ${Object.values(principal).join()} may ${actions.join(', ')}`, ...conditions];
}

function policyLines({ name, statements }: IamPolicy): string[] {
  const size = sizeOf(policyDocument(statements));
  return [
    `    policy ${name} (${size} of ${POLICY_SIZE} characters)`,
    ...statements.flatMap(statementLines),
  ];
}

function statementLines({ actions, resources, condition }: PolicyStatement): string[] {
  const conditions = testsOf(condition).map(
    ({ test, key, values }) => `        if ${test} ${key}: ${[values].flat().join(', ')}`,
  );
  return [
    `      ${actions.join(', ')}`,
    ...resources.map(resource => `        ${resource}`),
    ...conditions,
  ];
}

/** Plans as data, with each policy as AWS takes it. */
function renderIamJson(plans: readonly IamPlan[]): string {
  return jsonText({
    plans: plans.map(({ name, cluster, roles, missing }) => ({
      name,
      cluster,
      roles: roles.map(roleJson),
      ...(missing.length > 0 && { missing }),
    })),
  });
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
