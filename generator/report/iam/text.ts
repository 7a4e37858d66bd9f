import { policyDocument, sizeOf } from '../../operate/iam/document.ts';
import type { IamPlan, IamPolicy, IamRole } from '../../operate/iam/plan.ts';
import { POLICY_SIZE } from '../../operate/iam/policies.ts';
import type { PolicyStatement } from '../../operate/iam/statements.ts';
import { shownLines } from '../one-line.ts';
import { roleNotes } from './notes.ts';

/** Plans for people: who becomes which role, and what it may do. */
export function renderIamText(plans: readonly IamPlan[]): string {
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
  const conditions = Object.values(condition).flatMap(keys =>
    Object.entries(keys as Readonly<Record<string, unknown>>).map(
      ([key, value]) => `      if ${key} is ${String(value)}`,
    ),
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
  const conditions = Object.entries(condition).flatMap(([operator, keys]) =>
    Object.entries(keys as Readonly<Record<string, unknown>>).map(
      ([key, value]) => `        if ${operator} ${key}: ${[value].flat().join(', ')}`,
    ),
  );
  return [
    `      ${actions.join(', ')}`,
    ...resources.map(resource => `        ${resource}`),
    ...conditions,
  ];
}
