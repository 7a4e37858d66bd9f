import type { IamPlan, IamRole } from '../../operate/iam/plan.ts';
import type { PolicyStatement } from '../../operate/iam/statements.ts';
import { oneLine } from '../one-line.ts';

/** What a reader has to know of a role that its policies do not say, a sentence each. */
export function roleNotes(role: IamRole): string[] {
  const { name, otherAccount, annotated, arn, policies, wider } = role;
  return [
    ...(otherAccount === undefined ? [] : [`${name} is in account ${otherAccount}`]),
    ...annotated.map(
      account =>
        `ServiceAccount ${account.namespace}/${account.name} needs the annotation eks.amazonaws.com/role-arn: ${arn}`,
    ),
    ...policies.flatMap(policy => policy.statements.flatMap(statementNote)),
    ...[...wider].map(
      ([pattern, count]) =>
        `${name} may read all below ${pattern}: the ${count} entries that are known there, and whatever is put beside them`,
    ),
  ];
}

function statementNote({ why, actions, resources }: PolicyStatement): string[] {
  return why === undefined ? [] : [`${actions.join(', ')} on ${resources.join(', ')}: ${why}`];
}

/** The same as comments of YAML, with what a format leaves out. */
export function yamlNotes(plans: readonly IamPlan[], leftOut: readonly string[] = []): string {
  const own = plans.flatMap(({ missing, roles }) => [...missing, ...roles.flatMap(roleNotes)]);
  const notes = [...own, ...leftOut];
  return [...new Set(notes)].map(note => `# ${oneLine(note)}\n`).join('');
}
