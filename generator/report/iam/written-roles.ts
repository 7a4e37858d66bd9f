import { plainName } from '../../ground/plain-name.ts';
import { policyDocument } from '../../operate/iam/document.ts';
import type { IamPlan, IamRole } from '../../operate/iam/plan.ts';
import type { PolicyStatement } from '../../operate/iam/statements.ts';

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
