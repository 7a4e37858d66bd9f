import type { Path } from '../core/finding.ts';
import { groupBy, listAt, mapAt, scalarText, textAt, valueAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import type { Resource, Statement } from '../kinds/ack.ts';
import { iamPolicy, iamRole, isAllowed, parsePolicy, podIdentity } from '../kinds/ack.ts';
import { type AwsCall, type AwsSource, storeKind } from '../kinds/eso/stores.ts';
import { annotationOf, type ObjectField, type PlacedObject, specOf } from '../kinds/kind.ts';
import { serviceAccount } from '../kinds/kubernetes.ts';
import { type AwsEntry, awsEntries, callsFor, entryResources } from './aws-entries.ts';
import type { SecretGraph } from './secret-graph.ts';

interface StoreRole {
  readonly role: PlacedObject;
  readonly association?: PlacedObject;
}

export interface RoleEntry {
  readonly entry: AwsEntry;
  readonly role: PlacedObject;
  readonly permissions: Permissions;
}

/** The entries of the stores and generators whose roles the set has. */
export function roleEntries(graph: SecretGraph): RoleEntry[] {
  const iam = readIam(graph);
  if (iam.roles.length === 0) return [];
  const ofController = controllerRole(graph, iam);
  const roleOf = oncePer((store: AwsSource) => roleOfStore(store, graph, iam, ofController));
  const permissionsOfRoles = new Map<PlacedObject, Permissions>();
  return awsEntries(graph).flatMap(entry => {
    const used = roleOf(entry.store);
    if (used === undefined) return [];
    const by = used.association ?? used.role;
    const permissions = permissionsOfRoles.get(by) ?? storePermissions(used, iam);
    permissionsOfRoles.set(by, permissions);
    return [{ entry, role: used.role, permissions }];
  });
}

function roleOfStore(store: AwsSource, graph: SecretGraph, iam: Iam, ofController?: StoreRole) {
  const { object, settings } = store;
  const hasLogin = Object.keys(mapAt(settings, 'auth')).length > 0;
  // The account of a ClusterGenerator is that of the namespace which uses it, so its role is left open.
  if (hasLogin && object.namespace === '' && storeKind(object.kind) === undefined) return undefined;
  const assumed = textAt(settings, 'role');
  if (assumed === undefined && !hasLogin) return ofController;
  const role = iam.roleOf(assumed ?? accountRole(store, graph));
  return role && { role };
}

/** The ServiceAccount that a store logs in as. */
export function storeAccount(store: AwsSource, { find }: SecretGraph): PlacedObject | undefined {
  const ref = mapAt(store.settings, 'auth', 'jwt', 'serviceAccountRef');
  const namespace = textAt(ref, 'namespace') ?? store.object.namespace;
  return find(serviceAccount, namespace, textAt(ref, 'name') ?? '');
}

export function accountRole(store: AwsSource, graph: SecretGraph): string | undefined {
  const account = storeAccount(store, graph);
  return account && annotationOf(account, ROLE_ARN);
}

/** The account that ESO's chart gives its controller. */
const CONTROLLER = 'external-secrets';

function controllerRole({ byKind }: SecretGraph, iam: Iam): StoreRole | undefined {
  const associations = iam.associations.filter(
    ({ json }) => textAt(json, 'spec', 'serviceAccount') === CONTROLLER,
  );
  const byPodIdentity = associations.map(association => {
    const arn = textAt(specOf(association), 'targetRoleARN');
    const acting = linkAt(association, 'spec', 'targetRoleRef') ?? arn;
    return acting === undefined ? associatedRole(association, iam) : iam.roleOf(acting);
  });
  const byAccount = byKind(serviceAccount)
    .filter(({ name }) => name === CONTROLLER)
    .flatMap(account => annotationOf(account, ROLE_ARN) ?? [])
    .map(iam.roleOf);
  const [role, ...others] = new Set([...byPodIdentity, ...byAccount]);
  if (role === undefined || others.length > 0) return undefined;
  const [association, ...more] = associations;
  return association === undefined || more.length > 0 ? { role } : { role, association };
}

/** The permissions of a role for a store; the association's policy, if it has one, limits them. */
function storePermissions({ role, association }: StoreRole, iam: Iam): Permissions {
  const permissions = permissionsOf(role, iam);
  const text = association && textAt(specOf(association), 'policy');
  const statements = text === undefined ? undefined : parsePolicy(text);
  if (!association || text === undefined || statements === undefined) return permissions;
  const session = { object: association, path: ['spec', 'policy'], text, statements };
  return { ...permissions, session };
}

/** Whether policies allow an action, on a resource or on any. */
export function isPermitted(by: Permissions, action: string, resource?: Resource): boolean {
  const policies = by.session === undefined ? [by] : [by, by.session];
  return policies.every(({ statements }) => isAllowed(statements, action, resource));
}

/** The IAM objects of a set, as AWS Controllers for Kubernetes (ACK) have them. */
export interface Iam {
  readonly roles: readonly PlacedObject[];
  readonly policies: readonly PlacedObject[];
  readonly associations: readonly PlacedObject[];
  /** By a reference to its object, or by an ARN with its name in AWS. */
  readonly roleOf: LookUp;
  readonly policyOf: LookUp;
}

type LookUp = (ref: RoleLink | string | undefined) => PlacedObject | undefined;

export interface Permissions {
  readonly statements: readonly Statement[];
  /** It has policies that the set does not show. */
  readonly isOpen: boolean;
  readonly sources: readonly PolicySource[];
  /** The policy of a Pod Identity association, which may allow less. */
  readonly session?: PolicySource & { readonly statements: readonly Statement[] };
}

type PolicySource = ObjectField & { readonly text: string };

export interface RoleLink {
  readonly namespace: string;
  readonly name: string;
  readonly path: Path;
}

/** The annotation with which a ServiceAccount takes on a role (EKS, IRSA). */
export const ROLE_ARN = 'eks.amazonaws.com/role-arn';

export function readIam({ byKind }: SecretGraph): Iam {
  const [roles, policies] = [byKind(iamRole), byKind(iamPolicy)];
  const associations = byKind(podIdentity);
  return { roles, policies, associations, roleOf: lookUp(roles), policyOf: lookUp(policies) };
}

function lookUp(objects: readonly PlacedObject[]): LookUp {
  const byName = groupBy(objects, object => textAt(specOf(object), 'name') ?? object.name);
  const index = new Map([
    ...objects.map(object => [`${object.namespace}/${object.name}`, object] as const),
    ...[...byName].flatMap(([name, [object, ...others]]) =>
      object === undefined || others.length > 0 ? [] : [[name, object] as const],
    ),
  ]);
  return ref => {
    if (ref === undefined) return undefined;
    const isArn = typeof ref === 'string';
    return index.get(isArn ? ref.slice(ref.lastIndexOf('/') + 1) : `${ref.namespace}/${ref.name}`);
  };
}

/** An ACK reference, `{ from: { name, namespace } }`; the default is the object's namespace. */
export function linkAt(object: PlacedObject, ...path: Path): RoleLink | undefined {
  const from = valueAt(object.json, path);
  const name = textAt(from, 'from', 'name');
  if (name === undefined) return undefined;
  const namespace = textAt(from, 'from', 'namespace') ?? object.namespace;
  return { namespace, name, path: [...path, 'from', 'name'] };
}

export function policyLinks(role: PlacedObject): RoleLink[] {
  return listAt(specOf(role), 'policyRefs').flatMap(
    (_, index) => linkAt(role, 'spec', 'policyRefs', index) ?? [],
  );
}

function permissionsOf(role: PlacedObject, iam: Iam): Permissions {
  const arns = listAt(specOf(role), 'policies').map(scalarText);
  const policies = [...policyLinks(role), ...arns].map(iam.policyOf);
  const path = ['spec', 'policyDocument'];
  const sources = [
    ...policies
      .filter(policy => policy !== undefined)
      .map(object => ({ object, path, text: textAt(object.json, ...path) ?? '' })),
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

export function associatedRole(association: PlacedObject, iam: Iam): PlacedObject | undefined {
  const arn = textAt(specOf(association), 'roleARN');
  return iam.roleOf(linkAt(association, 'spec', 'roleRef') ?? arn);
}

/** The first call for a named entry that policies do not allow; undefined: they allow all. */
export function refusedCall(entry: AwsEntry, permissions: Permissions): string | undefined {
  const resources = entryResources(entry);
  const isRefused = ({ action, on }: AwsCall): boolean =>
    (on === 'entry' ? resources : [undefined]).every(
      resource => !isPermitted(permissions, action, resource),
    );
  return callsFor(entry).find(isRefused)?.action;
}
