import type { Json } from '../../core/json.ts';
import { plainName } from '../../core/kube-object.ts';
import { jsonText, oneLine, shownLines } from '../../report/text.ts';
import type { IamPlan, IamPolicy, IamRole } from '../plan.ts';
import { POLICY_SIZE, type PolicyStatement, policyDocument, sizeOf } from '../policies.ts';

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

/** What a role and its policies are called in a document. */
export interface RoleIds {
  readonly role: string;
  /** In the order of the policies. */
  readonly policies: readonly string[];
}

/** A role with what it is called in a document. */
export interface WrittenRole<Ids> {
  readonly role: IamRole;
  readonly cluster: string;
  readonly ids: Ids;
}

/**
 * The roles of all plans as one document calls them: after their names (`idsOf`), as long as nothing
 * of another role is called so. Other accounts and clusters may have roles of the same name.
 */
export function writtenRoles<Ids extends RoleIds>(
  plans: readonly IamPlan[],
  idsOf: (name: string, role: IamRole) => Ids,
): WrittenRole<Ids>[] {
  const taken = new Set<string>();
  return plans.flatMap(plan =>
    plan.roles.map(role => {
      const ids = freeIds(role, plan, name => idsOf(name, role), taken);
      for (const id of Object.values(ids).flat()) taken.add(id);
      return { role, cluster: plan.cluster, ids };
    }),
  );
}

/** With the account or the plan that it is of if need be, and at last with a number. */
function freeIds<Ids extends RoleIds>(
  { name, otherAccount }: IamRole,
  plan: IamPlan,
  idsOf: (name: string) => Ids,
  taken: ReadonlySet<string>,
): Ids {
  const longer = `${name}-${otherAccount ?? plan.name}`;
  let ids = idsOf(name);
  for (
    let number = 1;
    Object.values(ids)
      .flat()
      .some(id => taken.has(id));
    number += 1
  )
    ids = idsOf(number === 1 ? longer : `${longer}-${number}`);
  return ids;
}

/** What policies are called after a role that is called so. */
export function policyNamesAfter(name: string, role: IamRole): string[] {
  return role.policies.map(policy => name + policy.name.slice(role.name.length));
}

/** The names of the objects of Kubernetes for a role that is called so, of whatever kind. */
export function kubernetesIds(name: string, role: IamRole): RoleIds {
  return {
    role: plainName(name),
    policies: policyNamesAfter(name, role).map(plainName),
  };
}

/** A policy document as the text that objects of Kubernetes hold, to be read by people too. */
export function documentText(statements: readonly PolicyStatement[]): string {
  return `${JSON.stringify(policyDocument(statements), undefined, 2)}\n`;
}
