import { isMap, type Json } from '../../core/json.ts';
import { plainName } from '../../core/kube-object.ts';
import { oneLine } from '../../report/text.ts';
import type { IamPlan, IamRole } from '../plan.ts';
import { type PolicyStatement, policyDocument } from '../policies.ts';

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

/** A value with its texts replaced, names of entries too. */
export function replaced(value: Json, replace: (text: string) => Json): Json {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map(item => replaced(item, replace));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, replaced(child, replace)]),
  );
}

/** A text with each variable as a reference in a format's own words, and the rest made literal. */
export function filled(
  text: string,
  references: Readonly<Record<string, string>>,
  literal: (text: string) => string,
): string {
  return text
    .split(/(\$\{[A-Z_]+\})/)
    .map(part => (references[part] === undefined ? literal(part) : `$\{${references[part]}}`))
    .join('');
}
