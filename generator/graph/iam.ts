import type { Path } from '../ground/finding.ts';
import { groupBy } from '../ground/group-by.ts';
import { listAt, mapAt, scalarText, textAt } from '../ground/json.ts';
import { iamPolicy, iamRole, podIdentityAssociation } from '../kinds/ack/iam.ts';
import { parsePolicy, type Statement } from '../kinds/ack/policy-document.ts';
import { type ObjectField, type PlacedObject, specOf } from '../kinds/kind.ts';
import type { SecretGraph } from './secret-graph.ts';

/** IAM as far as a set of manifests has it: objects of AWS Controllers for Kubernetes (ACK). */
export interface Iam {
  readonly roles: readonly PlacedObject[];
  readonly policies: readonly PlacedObject[];
  readonly associations: readonly PlacedObject[];
  /** A role by the namespace and name of its object, and by its name in AWS. */
  readonly findRole: (namespace: string, name: string) => PlacedObject | undefined;
  readonly roleByArn: (arn: string) => PlacedObject | undefined;
  readonly findPolicy: (namespace: string, name: string) => PlacedObject | undefined;
  readonly policyByArn: (arn: string) => PlacedObject | undefined;
}

/** What a role may do. */
export interface Permissions {
  readonly statements: readonly Statement[];
  /** It has policies that the set does not show. */
  readonly isOpen: boolean;
  /** The object that says so, and where: the policy nearest to the matter, or else the role. */
  readonly sources: readonly PolicySource[];
  /** A Pod Identity association may allow less than its role does. */
  readonly session?: PolicySource & { readonly statements: readonly Statement[] };
}

/** Where a policy document stands. */
interface PolicySource extends ObjectField {
  readonly text: string;
}

/** A reference of one ACK object to another. */
export interface RoleLink {
  readonly namespace: string;
  readonly name: string;
  readonly path: Path;
}

/** The annotation with which a ServiceAccount takes on a role (EKS, IRSA). */
export const ROLE_ARN = 'eks.amazonaws.com/role-arn';

/** Finds ACK's objects in a set, by the names that others refer to them with. */
export function readIam({ byKind }: SecretGraph): Iam {
  const [roles, policies] = [byKind(iamRole), byKind(iamPolicy)];
  const byName = indexOf(roles);
  const policyByName = indexOf(policies);
  return {
    roles,
    policies,
    associations: byKind(podIdentityAssociation),
    findRole: (namespace, name) => byName.get(`${namespace}/${name}`),
    roleByArn: arn => byName.get(lastOf(arn)),
    findPolicy: (namespace, name) => policyByName.get(`${namespace}/${name}`),
    policyByArn: arn => policyByName.get(lastOf(arn)),
  };
}

/**
 * `namespace/name` of the object, and the name alone that it has in AWS: unless several accounts have
 * one of that name, of which nothing here says which is meant.
 */
function indexOf(objects: readonly PlacedObject[]): Map<string, PlacedObject> {
  const byName = groupBy(objects, object => textAt(specOf(object), 'name') ?? object.name);
  return new Map([
    ...objects.map((object): [string, PlacedObject] => [
      `${object.namespace}/${object.name}`,
      object,
    ]),
    ...[...byName].flatMap(([name, [object, ...others]]): [string, PlacedObject][] =>
      object === undefined || others.length > 0 ? [] : [[name, object]],
    ),
  ]);
}

function lastOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** An ACK reference, `{ from: { name, namespace } }`; without a namespace it means its own. */
export function linkAt(
  object: PlacedObject,
  ...path: readonly (string | number)[]
): RoleLink | undefined {
  const from = path.reduce<unknown>(
    (value, field) =>
      Array.isArray(value) ? value[Number(field)] : mapAt({ value }, 'value')[field],
    object.json,
  );
  const name = textAt(from, 'from', 'name');
  if (name === undefined) return undefined;
  const namespace = textAt(from, 'from', 'namespace') ?? object.namespace;
  return { namespace, name, path: [...path, 'from', 'name'] };
}

/** The references of a role to its policies. */
export function policyLinks(role: PlacedObject): RoleLink[] {
  return listAt(specOf(role), 'policyRefs').flatMap(
    (_, index) => linkAt(role, 'spec', 'policyRefs', index) ?? [],
  );
}

/** What a role may do: by the policies it refers to, by their ARNs, and by those inside it. */
export function permissionsOf(role: PlacedObject, iam: Iam): Permissions {
  const referred = policyLinks(role).map(({ namespace, name }) => iam.findPolicy(namespace, name));
  const byArn = listAt(specOf(role), 'policies').map(arn => iam.policyByArn(scalarText(arn)));
  const policies = [...referred, ...byArn];
  const sources = [
    ...policies
      .filter(policy => policy !== undefined)
      .map(object => ({
        object,
        path: ['spec', 'policyDocument'],
        text: textAt(specOf(object), 'policyDocument') ?? '',
      })),
    ...Object.entries(mapAt(specOf(role), 'inlinePolicies')).map(([name, text]) => ({
      object: role,
      path: ['spec', 'inlinePolicies', name],
      text: scalarText(text),
    })),
  ];
  const parsed = sources.map(({ text }) => parsePolicy(text));
  return {
    statements: parsed.flatMap(statements => statements ?? []),
    isOpen: policies.includes(undefined) || parsed.includes(undefined),
    sources,
  };
}

/** The role that an association gives. */
export function associatedRole(association: PlacedObject, iam: Iam): PlacedObject | undefined {
  const link = linkAt(association, 'spec', 'roleRef');
  if (link !== undefined) return iam.findRole(link.namespace, link.name);
  const arn = textAt(specOf(association), 'roleARN');
  return arn === undefined ? undefined : iam.roleByArn(arn);
}
