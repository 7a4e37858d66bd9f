import { awsEntries } from '../../graph/aws-entries.ts';
import { awsSessions } from '../../graph/aws-generators.ts';
import { awsBulkPushes } from '../../graph/aws-pushes.ts';
import type { AwsEntry } from '../../graph/aws-stores.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { NamedFault } from '../../lint/locate-findings.ts';
import { policyDocument, sizeOf } from './document.ts';
import { type DraftRole, policyNames, type RoleName } from './draft-role.ts';
import { draftRoles } from './draft-roles.ts';
import type { Below } from './fold.ts';
import { POLICIES, POLICY_SIZE, sizedPolicies } from './policies.ts';
import type { IamSettings, ServiceAccountName } from './settings.ts';
import type { PolicyStatement } from './statements.ts';

/** The IAM that ESO needs in one cluster, with what is left open as variables. */
export interface IamPlan {
  /** What it is for: an environment, or the cluster that several share. */
  readonly name: string;
  readonly cluster: string;
  /** In the order in which they are assumed. */
  readonly roles: readonly IamRole[];
  /** What it does not have, a sentence each. */
  readonly missing: readonly string[];
}

export interface IamRole extends RoleName {
  readonly trust: readonly PolicyStatement[];
  /** The account that Pod Identity gives it to. */
  readonly associated?: ServiceAccountName;
  /** The accounts that are annotated with it. */
  readonly annotated: readonly ServiceAccountName[];
  readonly policies: readonly IamPolicy[];
  /** The stores that it serves, sorted. */
  readonly stores: readonly string[];
  /** The subtrees that it is allowed as a whole, with how many entries are known there. */
  readonly wider: ReadonlyMap<string, number>;
}

export interface IamPolicy {
  readonly name: string;
  readonly statements: readonly PolicyStatement[];
}

/** A plan, and what it leaves out or cannot be. */
export interface Planned {
  readonly plan: IamPlan;
  readonly faults: readonly NamedFault[];
}

/** The IAM of one cluster; `known` are the entries of all clusters, also of those beside it. */
export function iamPlan(
  name: string,
  graph: SecretGraph,
  known: Below,
  settings: IamSettings,
): Planned {
  const faults: NamedFault[] = awsEntries(graph).flatMap(unresolvedName);
  const roles = draftRoles(graph, settings).flatMap(draft => {
    const role = sizedRole(draft, known);
    if ('message' in role) faults.push(role);
    return 'message' in role ? [] : [role];
  });
  return {
    plan: {
      name,
      cluster: settings.cluster,
      roles,
      missing: [...bulkPushes(graph), ...sessions(graph)],
    },
    faults,
  };
}

/** A bulk push needs rights on whatever it finds to push. */
function bulkPushes(graph: SecretGraph): string[] {
  return awsBulkPushes(graph).map(
    ({ object, store }) =>
      `dataTo of ${calledIn(object)} is not covered: what it pushes to ${store.object.kind} ${store.object.name} is known only from the Secret`,
  );
}

/** STS gives sessions without any permission, and to users alone (docs/facts/aws.md#session-tokens). */
function sessions(graph: SecretGraph): string[] {
  return awsSessions(graph).map(({ object, by }) =>
    by === 'user'
      ? `${calledIn(object)} needs no permission: AWS asks a user for none to get a session`
      : `${calledIn(object)} cannot work with any permission: AWS gives a session to a user with access keys, and to no role`,
  );
}

/** `PushSecret shop/out`. */
function calledIn({ kind, namespace, name }: PlacedObject): string {
  return `${kind} ${namespace === '' ? name : `${namespace}/${name}`}`;
}

/** What would be a hole in a policy, or an ARN of nothing. */
function unresolvedName({ object, path, name }: AwsEntry): NamedFault[] {
  if (name === undefined || !isUnresolved(name)) return [];
  return [
    {
      rule: { id: 'unresolved-name', severity: 'error' },
      object,
      path,
      message: `"${name}" is not filled in, so that no policy can name it`,
      hint: 'Give the manifests as they are after the tool that fills it in.',
    },
  ];
}

/** The most characters of a trust policy (docs/facts/aws.md#iam-limits). */
const TRUST_SIZE = 2048;

function sizedRole(draft: DraftRole, known: Below): IamRole | NamedFault {
  const { grants, entry, stores, ...rest } = draft;
  const sized = sizedPolicies(grants, known);
  if (sized === undefined) return tooLarge(draft);
  if (sizeOf(policyDocument(rest.trust)) > TRUST_SIZE) return trustTooLarge(draft);
  const names = policyNames(rest.name, sized.policies.length);
  return {
    ...rest,
    policies: sized.policies.map((statements, index) => ({ name: names[index] ?? '', statements })),
    stores: [...stores].sort(),
    wider: sized.wider,
  };
}

function tooLarge(draft: DraftRole): NamedFault {
  return sizeFault(
    draft,
    `role "${draft.name}" would need more than ${POLICIES} policies of ${POLICY_SIZE} characters`,
    'Keep values that are read together in one entry, as JSON, put them below a path of their own, or give the stores roles of their own.',
  );
}

function trustTooLarge(draft: DraftRole): NamedFault {
  return sizeFault(
    draft,
    `the trust policy of role "${draft.name}" is longer than the ${TRUST_SIZE} characters that AWS allows`,
    'Let fewer roles or accounts take on this one.',
  );
}

function sizeFault({ entry: { store } }: DraftRole, message: string, hint: string): NamedFault {
  const rule = { id: 'iam-size', severity: 'error' } as const;
  return { rule, object: store.object, path: store.path, message, hint };
}
