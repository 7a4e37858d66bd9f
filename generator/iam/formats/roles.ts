import { isMap, type Json, type JsonObject, mapAt } from '../../core/json.ts';
import { plainName } from '../../core/kube-object.ts';
import { oneLine } from '../../report/text.ts';
import type { IamPlan, IamRole } from '../plan.ts';
import { type PolicyStatement, policyDocument } from '../policies.ts';

/** The ids of a role and its policies in a document. */
export interface RoleIds {
  readonly role: string;
  /** In the order of the policies. */
  readonly policies: readonly string[];
}

export interface WrittenRole<Ids> {
  readonly role: IamRole;
  readonly cluster: string;
  readonly ids: Ids;
}

/**
 * The roles of all plans with their ids in one document, made of their names. Other accounts and clusters may have roles
 * of the same name, so an id that is taken is made longer.
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

/** Ids that are free: of the name, else with the account or the plan behind it, else with a number too. */
function freeIds<Ids extends RoleIds>(
  { name, otherAccount }: IamRole,
  plan: IamPlan,
  idsOf: (name: string) => Ids,
  taken: ReadonlySet<string>,
): Ids {
  const longer = `${name}-${otherAccount ?? plan.name}`;
  for (let number = 0; ; number += 1) {
    const ids = idsOf(number === 0 ? name : number === 1 ? longer : `${longer}-${number}`);
    const isTaken = Object.values(ids)
      .flat()
      .some(id => taken.has(id));
    if (!isTaken) return ids;
  }
}

/** What people have to know of a role beside its policies, a sentence each. */
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

/** The notes of plans, and what a format leaves out, as comments of YAML. */
export function yamlNotes(plans: readonly IamPlan[], leftOut: readonly string[] = []): string {
  const notes = plans.flatMap(({ missing, roles }) => [...missing, ...roles.flatMap(roleNotes)]);
  return [...new Set([...notes, ...leftOut])].map(note => `# ${oneLine(note)}\n`).join('');
}

/** The names of a role's policies, if the role had this name. */
export function policyNamesAfter(name: string, role: IamRole): string[] {
  return role.policies.map(policy => name + policy.name.slice(role.name.length));
}

/** The names of the Kubernetes objects for a role and its policies. */
export function kubernetesIds(name: string, role: IamRole): RoleIds {
  return {
    role: plainName(name),
    policies: policyNamesAfter(name, role).map(plainName),
  };
}

/** A policy document as a text in a Kubernetes object, indented for people. */
export function documentText(statements: readonly PolicyStatement[]): string {
  return `${JSON.stringify(policyDocument(statements), undefined, 2)}\n`;
}

/** A value with all texts and names of fields replaced. */
export function replaced(value: Json, replace: (text: string) => Json): Json {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map(item => replaced(item, replace));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [name, replaced(child, replace)]),
  );
}

/** A text with its variables as references of a format, and the rest escaped. */
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

/** The tests of a condition, as `StringEquals`, one for each key. */
export function testsOf(
  condition: JsonObject,
): { readonly test: string; readonly key: string; readonly values: Json }[] {
  return Object.entries(condition).flatMap(([test, keys]) =>
    Object.entries(mapAt(keys)).map(([key, values]) => ({ test, key, values })),
  );
}
