import { mapAt, textAt } from '../ground/json.ts';
import { isAllowed, parsePolicy, type Resource } from '../kinds/ack/policy-document.ts';
import { serviceAccount } from '../kinds/core/service-account.ts';
import type { AwsSource } from '../kinds/eso/aws-provider.ts';
import { annotationOf, type PlacedObject, specOf } from '../kinds/kind.ts';
import { awsGenerators } from './aws-generators.ts';
import { awsStores } from './aws-stores.ts';
import {
  associatedRole,
  type Iam,
  linkAt,
  type Permissions,
  permissionsOf,
  ROLE_ARN,
} from './iam.ts';
import type { SecretGraph } from './secret-graph.ts';

/** The role that acts for a store, and the association that gives it. */
interface StoreRole {
  readonly role: PlacedObject;
  readonly association?: PlacedObject;
}

/** The stores, and the generators, whose role the set shows. */
export function storeRoles(graph: SecretGraph, iam: Iam): Map<PlacedObject, StoreRole> {
  const found = new Map<PlacedObject, StoreRole>();
  if (iam.roles.length === 0) return found;
  const own = controllerRole(graph, iam);
  for (const store of [...awsStores(graph), ...awsGenerators(graph).filter(isOfOneNamespace)]) {
    const role = roleOfStore(store, graph, iam, own);
    if (role !== undefined) found.set(store.object, role);
  }
  return found;
}

/** The account that a ClusterGenerator names is looked for where it is used. */
function isOfOneNamespace({ object, settings }: AwsSource): boolean {
  return object.namespace !== '' || Object.keys(mapAt(settings, 'auth')).length === 0;
}

/** The role that reads: `role` is assumed last; before that it is the account's, or ESO's own. */
function roleOfStore(
  { object, settings }: AwsSource,
  { find }: SecretGraph,
  iam: Iam,
  own: StoreRole | undefined,
): StoreRole | undefined {
  const assumed = textAt(settings, 'role');
  if (assumed !== undefined) return alone(iam.roleByArn(assumed));
  if (Object.keys(mapAt(settings, 'auth')).length === 0) return own;
  const ref = mapAt(settings, 'auth', 'jwt', 'serviceAccountRef');
  const namespace = textAt(ref, 'namespace') ?? object.namespace;
  const account = find(serviceAccount, namespace, textAt(ref, 'name') ?? '');
  const arn = account === undefined ? undefined : annotationOf(account, ROLE_ARN);
  return arn === undefined ? undefined : alone(iam.roleByArn(arn));
}

function alone(role: PlacedObject | undefined): StoreRole | undefined {
  return role && { role };
}

/** The account that ESO's chart gives its controller. */
const CONTROLLER = 'external-secrets';

/** The role of ESO itself, by Pod Identity or IRSA; undefined unless there is just one. */
function controllerRole({ byKind }: SecretGraph, iam: Iam): StoreRole | undefined {
  const associations = iam.associations.filter(
    ({ json }) => textAt(json, 'spec', 'serviceAccount') === CONTROLLER,
  );
  const byPodIdentity = associations.map(association => actingRole(association, iam));
  const byAccount = byKind(serviceAccount)
    .filter(({ name }) => name === CONTROLLER)
    .map(account => annotationOf(account, ROLE_ARN))
    .filter(arn => arn !== undefined)
    .map(arn => iam.roleByArn(arn));
  const [role, ...others] = new Set([...byPodIdentity, ...byAccount]);
  if (role === undefined || others.length > 0) return undefined;
  const [association, ...more] = associations;
  return association === undefined || more.length > 0 ? { role } : { role, association };
}

/** The role that acts for the account of an association: its role may assume another for it. */
function actingRole(association: PlacedObject, iam: Iam): PlacedObject | undefined {
  const link = linkAt(association, 'spec', 'targetRoleRef');
  if (link !== undefined) return iam.findRole(link.namespace, link.name);
  const arn = textAt(specOf(association), 'targetRoleARN');
  return arn === undefined ? associatedRole(association, iam) : iam.roleByArn(arn);
}

/** What a role may do for a store: a policy of the association is an upper bound. */
export function storePermissions({ role, association }: StoreRole, iam: Iam): Permissions {
  const permissions = permissionsOf(role, iam);
  const text = association && textAt(specOf(association), 'policy');
  if (association === undefined || text === undefined) return permissions;
  const statements = parsePolicy(text);
  if (statements === undefined) return permissions;
  return {
    ...permissions,
    session: { object: association, path: ['spec', 'policy'], text, statements },
  };
}

/** Whether all policies together let a role do something, with any resource or with this one. */
export function isPermitted(
  { statements, session }: Permissions,
  action: string,
  resource?: Resource,
): boolean {
  return [statements, ...(session === undefined ? [] : [session.statements])].every(policy =>
    isAllowed(policy, action, resource),
  );
}
