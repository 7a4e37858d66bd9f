import type { Json } from '../../ground/json.ts';
import { policyDocument, sizeOf } from '../../operate/iam/document.ts';
import type { IamPlan, IamRole } from '../../operate/iam/plan.ts';
import { jsonText } from '../json-text.ts';
import { roleNotes } from './notes.ts';

/** Plans as data, with each policy as AWS takes it. */
export function renderIamJson(plans: readonly IamPlan[]): string {
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
