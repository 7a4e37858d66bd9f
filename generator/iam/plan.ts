import { awsRegionHint, isAwsRegion } from '../core/aws-regions.ts';
import { isMap, isSame, listAt, mapAt, sortBy, textAt } from '../core/json.ts';
import { isUnresolved, shortHash } from '../core/kube-object.ts';
import { type IamSettings, type ServiceAccountName, VARIABLES } from '../environments/clusters.ts';
import { awsHome, entryFaults, unresolvedNames } from '../graph/aws-accounts.ts';
import { type AwsEntry, awsEntries, awsPushes, awsSessions } from '../graph/aws-entries.ts';
import { type SecretGraph, storeReads, storeUses } from '../graph/secret-graph.ts';
import { accountOf } from '../kinds/ack.ts';
import { clusterExternalSecret } from '../kinds/eso/external-secret.ts';
import { partsOf } from '../kinds/eso/external-secret-spec.ts';
import { generatorOf, registryLogin } from '../kinds/eso/generators.ts';
import { providerOf } from '../kinds/eso/providers.ts';
import { type AwsSource, awsStore, STORES, storeName, storeOf } from '../kinds/eso/stores.ts';
import { type ObjectField, objectName, specOf } from '../kinds/kind.ts';
import type { ObjectFault } from '../lint/rule.ts';
import { objectText } from '../report/text.ts';
import type { Arn, Grant, Home } from './grants.ts';
import { entryGrants, homeOf, isNamed, parameterArn, roleArn, secretArn } from './grants.ts';
import type { Below, Hop, PolicyStatement, RoleLogin } from './policies.ts';
import {
  accountTrust,
  countBelow,
  hopTrust,
  loginOf,
  POLICIES,
  POLICY_SIZE,
  policyDocument,
  sizedPolicies,
  sizeOf,
} from './policies.ts';

export interface ClusterGraph {
  /** The environment, or the cluster that several share. */
  readonly name: string;
  readonly graph: SecretGraph;
  readonly settings: IamSettings;
}

type Planned = { readonly plan: IamPlan; readonly faults: readonly ObjectFault[] };

/** The roles that ESO needs in one cluster, with variables for unknown settings. */
export interface IamPlan {
  readonly name: string;
  readonly cluster: string;
  /** In the order in which they are assumed. */
  readonly roles: readonly IamRole[];
  /** What the plan does not cover, a sentence each. */
  readonly missing: readonly string[];
}

export interface IamRole {
  readonly name: string;
  readonly arn: string;
  /** Its path in IAM; absent at the top. */
  readonly path?: string;
  /** Its account, if that is not the cluster's. */
  readonly otherAccount?: string;
  /** It is a user with access keys, so that no role is made. */
  readonly isUser: boolean;
  readonly trust: readonly PolicyStatement[];
  /** The account that Pod Identity gives it to. */
  readonly associated?: ServiceAccountName;
  readonly annotated: readonly ServiceAccountName[];
  readonly policies: readonly IamPolicy[];
  readonly stores: readonly string[];
  /** The subtrees that it may read as a whole, with the number of known entries there. */
  readonly wider: ReadonlyMap<string, number>;
}

export type IamPolicy = { readonly name: string; readonly statements: readonly PolicyStatement[] };

/** The plans of several clusters. No role may read a subtree in which another cluster has entries. */
export function clusterPlans(clusters: readonly ClusterGraph[]): Planned[] {
  const arns = clusters.flatMap(({ graph, settings: { account } }) =>
    awsEntries(graph).flatMap((entry): Arn[] => {
      if (entry.name === undefined || !isNamed(entry)) return [];
      const arnOf = entry.store.service === 'ParameterStore' ? parameterArn : secretArn;
      return [arnOf(homeOf(entry.store, account), entry.name)];
    }),
  );
  const counts = countBelow(arns);
  return clusters.map(({ name, graph, settings }) => iamPlan(name, graph, counts, settings));
}

function iamPlan(name: string, graph: SecretGraph, counts: Below, settings: IamSettings): Planned {
  const faults: ObjectFault[] = [];
  const entries = awsEntries(graph).filter(entry => {
    if (isHomeless(entry)) return false;
    const wrong = [...unnamable(entry, graph, settings)];
    faults.push(...wrong);
    return wrong.length === 0 && entry.name !== '';
  });
  const { drafts, account } = draftRoles(entries, graph, settings);
  const roles = drafts.flatMap(draft => {
    const role = sizedRole(draft, account, counts);
    if ('message' in role) faults.push(role);
    return 'message' in role ? [] : [role];
  });
  const missing = [sessions, uncovered, homeless, absentStores, otherProviders].flatMap(notesOn =>
    notesOn(graph),
  );
  return { plan: { name, cluster: settings.cluster, roles, missing }, faults };
}

/** Faults for names of an entry, its key or its roles that a policy would misread: not filled in, or a pattern. */
function* unnamable(entry: AwsEntry, graph: SecretGraph, settings: IamSettings) {
  const { object, store } = entry;
  const account =
    awsHome(store, graph).account ??
    (settings.account === VARIABLES.account ? undefined : settings.account);
  const { role, hops, account: login } = loginOf(entry, graph, settings);
  const roles = [...(role === undefined ? [] : [role]), ...hops.map(hop => hop.role)];
  const accounts = login === undefined ? [] : [login.namespace, login.name];
  const ofStore = { path: store.path, object: store.object };
  const names = [
    ...unresolvedNames(entry).map(({ text, path }) => ({ text, path, object })),
    ...[...roles, ...accounts].filter(isUnresolved).map(text => ({ text, ...ofStore })),
  ];
  const fault = (id: string, at: ObjectField, message: string, hint: string): ObjectFault => {
    return { ...at, id, severity: 'error', message, hint };
  };
  const { region } = store;
  if (region !== '' && !isUnresolved(region) && !isAwsRegion(region)) {
    const at = { ...ofStore, path: [...store.path, 'region'] };
    yield fault('aws-name', at, `AWS has no region "${region}"`, awsRegionHint(region));
  }
  for (const text of roles.filter(role => !isUnresolved(role) && !ROLE.test(role))) {
    const message = `"${text}" is no role: a policy would take it for a pattern, an account or a user`;
    yield fault('aws-name', ofStore, message, 'Write the ARN of a role, without "*" and "?".');
  }
  for (const text of accounts.filter(name => !isUnresolved(name) && !ACCOUNT.test(name)))
    yield fault('aws-name', ofStore, `"${text}" is no name of a ServiceAccount`, ACCOUNTS);
  for (const { text, ...at } of names) {
    const message = `"${text}" is not filled in, so that no policy can name it`;
    const hint = 'Give the manifests as they are after the tool that fills it in.';
    yield fault('unresolved-name', at, message, hint);
  }
  if (names.length === 0)
    yield* entryFaults(entry, account).filter(({ isHarmless }) => !isHarmless);
}

/** The ARN of a role, or its name. As a principal `arn:aws:iam::123456789012:root` is all who are in the account. */
const ROLE = /^(?:arn:aws[\w-]*:iam::\d{12}:role\/(?:[^*?\s]*\/)?)?[\w+=,.@-]{1,64}$/;

/** The name of a ServiceAccount, or of its namespace. In a policy `*` and `${…}` would be patterns. */
const ACCOUNT = /^[a-z0-9](?:[-.a-z0-9]*[a-z0-9])?$/;

const ACCOUNTS = 'Write lower-case letters, digits, "-" and ".", as Kubernetes wants them.';

/** A role while its grants are collected, before they become policies. */
interface DraftRole extends Pick<IamRole, 'name' | 'arn' | 'path' | 'isUser'> {
  readonly trust: PolicyStatement[];
  associated?: ServiceAccountName;
  readonly annotated: ServiceAccountName[];
  readonly grants: Grant[];
  readonly entry: AwsEntry;
  readonly stores: Set<string>;
}

type Roles = Map<string, DraftRole>;

function draftRoles(named: readonly AwsEntry[], graph: SecretGraph, settings: IamSettings) {
  const entries = sortBy(named, ({ store: { object }, namespace }) =>
    [object.kind, object.namespace, object.name, namespace].join('/'),
  );
  const roles: Roles = new Map();
  const accounts = new Set<string>();
  for (const [entry, home] of homesOf(entries, settings)) {
    const login = loginOf(entry, graph, settings);
    const { account, by, hops } = login;
    const first = roleAt(firstArn(login, entry, home, settings), entry, roles);
    const owner = accountOf(first.arn);
    if (owner !== undefined) accounts.add(owner);
    addNew(first.trust, accountTrust(login, settings, { ...home, account: owner ?? home.account }));
    if (account !== undefined && by === 'IRSA') addNew(first.annotated, [account]);
    else if (account !== undefined) first.associated = account;
    const last = lastOf(first, hops, entry, home, roles);
    last.grants.push(...entryGrants(entry, accountOf(last.arn) ?? settings.account, settings));
    last.stores.add(`${entry.store.object.kind} ${entry.store.object.name}`);
  }
  const [only, ...others] = accounts;
  const isVariable = settings.account === VARIABLES.account && others.length === 0;
  return { drafts: [...roles.values()], account: isVariable ? only : settings.account };
}

/** Where the role of each entry is. An unknown region is assumed to be in the partition of all other regions. */
function homesOf(entries: readonly AwsEntry[], { account }: IamSettings) {
  const homes = entries.map(entry => [entry, homeOf(entry.store, account)] as const);
  const partitions = new Set(homes.map(([, { partition }]) => partition));
  partitions.delete(VARIABLES.partition);
  const [only = VARIABLES.partition] = partitions.size === 1 ? partitions : [];
  return homes.map(([entry, home]): [AwsEntry, Home] => {
    const isOpen = home.partition === VARIABLES.partition;
    return [entry, isOpen ? { ...home, partition: only } : home];
  });
}

/** A role or user that no manifest names has a name of ours: one for ESO, and one for each ServiceAccount or store. */
function firstArn(login: RoleLogin, { store }: AwsEntry, home: Home, settings: IamSettings) {
  const { role, account } = login;
  const { prefix, controller } = settings;
  if (role !== undefined) return roleArn(role, home);
  if (account === undefined) {
    const user = ['user', store.object.namespace, store.object.name].filter(Boolean).join('@');
    return `arn:${home.partition}:iam::${home.account}:user/${cut(`${prefix}-${user}`)}`;
  }
  const isController = isSame(account, controller);
  const rest = isController ? 'external-secrets' : `${account.namespace}.${account.name}`;
  return roleArn(cut(`${prefix}-${rest}`), home);
}

/** The most characters of the name of a role (docs/facts/aws.md#iam-limits). */
const LONGEST = 64;

function cut(name: string): string {
  const hash = shortHash(name);
  return name.length > LONGEST ? `${name.slice(0, LONGEST - hash.length - 1)}_${hash}` : name;
}

/** The role that reads an entry: the last one of those that are assumed one after the other. */
function lastOf(first: DraftRole, hops: readonly Hop[], entry: AwsEntry, home: Home, roles: Roles) {
  return hops.reduce((last, hop) => {
    const next = roleAt(roleArn(hop.role, home), entry, roles);
    for (const action of ['sts:AssumeRole', ...(hop.isTagging ? ['sts:TagSession'] : [])])
      last.grants.push({ action, on: { head: next.arn, name: '', tail: '' }, condition: {} });
    addNew(next.trust, hopTrust(last.arn, hop));
    return next;
  }, first);
}

function roleAt(arn: string, entry: AwsEntry, roles: Roles): DraftRole {
  const path = /:(?:role|user)(\/.+\/)[^/]*$/.exec(arn)?.[1];
  const role = roles.get(arn) ?? {
    name: arn.slice(arn.lastIndexOf('/') + 1),
    arn,
    ...(path !== undefined && { path }),
    isUser: arn.includes(':user/'),
    trust: [],
    annotated: [],
    grants: [],
    entry,
    stores: new Set(),
  };
  roles.set(arn, role);
  return role;
}

function addNew<T>(list: T[], more: readonly T[]): void {
  list.push(...more.filter(item => !list.some(listed => isSame(listed, item))));
}

/** The most characters of a trust policy (docs/facts/aws.md#iam-limits). */
const TRUST_SIZE = 2048;

function sizedRole(draft: DraftRole, account: string | undefined, counts: Below) {
  const { grants, entry, stores, ...rest } = draft;
  const { name, arn, trust } = rest;
  const at = { id: 'iam-size', object: entry.store.object, path: entry.store.path };
  const sized = sizedPolicies(grants, counts);
  if (sized === undefined) {
    const hint =
      'Keep values that are read together in one entry, as JSON, put them below a path of their own, or give the stores roles of their own.';
    const message = `role "${name}" would need more than ${POLICIES} policies of ${POLICY_SIZE} characters`;
    return { ...at, message, hint };
  }
  if (sizeOf(policyDocument(trust)) > TRUST_SIZE) {
    const message = `the trust policy of role "${name}" is longer than the ${TRUST_SIZE} characters that AWS allows`;
    return { ...at, message, hint: 'Let fewer roles or accounts take on this one.' };
  }
  const policies = sized.policies.map((statements, index, { length }) => {
    // Our names of roles never end with such a number.
    return { name: length === 1 ? name : `${name}_${index + 1}`, statements };
  });
  const owner = accountOf(arn);
  const elsewhere = owner !== undefined && owner !== account && { otherAccount: owner };
  return { ...rest, ...elsewhere, policies, stores: [...stores].sort(), wider: sized.wider };
}

/** What is read from AWS or pushed to it, and is not known by name. */
export function uncovered(graph: SecretGraph): string[] {
  return [bulkPushes, unreadNamespaces, otherServices].flatMap(notesOn => notesOn(graph));
}

function bulkPushes(graph: SecretGraph): string[] {
  return awsPushes(graph).unknown.map(({ object, store: { object: store } }) => {
    const what = `what it pushes to ${store.kind} ${store.name} is known only from the Secret`;
    return `dataTo of ${objectText(objectName(object))} is not covered: ${what}`;
  });
}

/** STS gives sessions without any permission, and to users alone (docs/facts/aws.md#session-tokens). */
function sessions(graph: SecretGraph): string[] {
  return awsSessions(graph).map(({ object, by }) => {
    const why =
      by === 'user'
        ? 'needs no permission: AWS asks a user for none to get a session'
        : 'cannot work with any permission: AWS gives a session to a user with access keys, and to no role';
    return `${objectText(objectName(object))} ${why}`;
  });
}

/** Stores of AWS that are of another service, such as CertificateManager of ESO 2.x. */
function otherServices({ byKind }: SecretGraph): string[] {
  return STORES.flatMap(byKind).flatMap(store => {
    const aws = mapAt(specOf(store), 'provider')['aws'];
    if (!isMap(aws) || awsStore(store) !== undefined) return [];
    const service = textAt(aws, 'service') ?? '';
    return `what ${objectText(objectName(store))} may do is not covered: its service is "${service}"`;
  });
}

function otherProviders(graph: SecretGraph): string[] {
  const titles = [...storeReads(graph).keys()].flatMap(
    store => providerOf(mapAt(specOf(store), 'provider'))?.provider.title ?? [],
  );
  if (titles.length === 0) return [];
  const all = [...new Set(titles)].sort().join(', ');
  return [`policies are of AWS alone: what External Secrets may read of ${all} is set there`];
}

/** ClusterExternalSecrets whose labels may choose namespaces elsewhere: what they read there, or how they log in, is in no policy. */
function unreadNamespaces(graph: SecretGraph): string[] {
  const externalSecrets = new Set(graph.externalSecrets.map(({ object }) => object));
  return graph.byKind(clusterExternalSecret).flatMap(object => {
    const spec = specOf(object);
    const isOpen = isMap(spec['namespaceSelector']) || isMap(listAt(spec, 'namespaceSelectors')[0]);
    const { storeRef, data, dataFrom } = partsOf(mapAt(spec, 'externalSecretSpec'), []);
    const refs = [storeRef, ...[...data, ...dataFrom].map(entry => entry.storeRef)];
    const stores = refs.flatMap(ref => {
      const store = ref && storeOf(graph.find, ref, '');
      return (store && awsStore(store)) ?? [];
    });
    const isOfEach = stores.some(isOfReader);
    const isRead =
      stores.length > 0 ||
      refs.some(ref => ref !== undefined && storeOf(graph.find, ref, '') === undefined) ||
      dataFrom.some(({ generator }) => generator !== undefined && mayBeRegistry(generator, graph));
    if (!isOpen || !isRead || (externalSecrets.has(object) && !isOfEach)) return [];
    const called = objectText(objectName(object));
    return externalSecrets.has(object)
      ? `${called} chooses namespaces by labels: of those that are not in the manifests no role is known`
      : `what ${called} reads is not covered: no namespace that its labels choose is in the manifests`;
  });
}

/** Whether a store logs in as an account of the namespace that uses it. */
function isOfReader({ settings }: AwsSource): boolean {
  const account = mapAt(settings, 'auth', 'jwt', 'serviceAccountRef');
  return textAt(account, 'name') !== undefined && textAt(account, 'namespace') === undefined;
}

function mayBeRegistry(named: Parameters<typeof generatorOf>[1], { find }: SecretGraph): boolean {
  const generator = generatorOf(find, named, '');
  return generator === undefined
    ? named.kind === 'ECRAuthorizationToken'
    : registryLogin(generator) !== undefined;
}

/** Whether an entry of a ClusterPushSecret logs in as an account of each namespace that it chooses. */
function isHomeless({ namespace, store }: AwsEntry): boolean {
  return namespace === '' && isOfReader(store);
}

function homeless(graph: SecretGraph): string[] {
  const objects = new Set(
    awsEntries(graph).flatMap(entry => (isHomeless(entry) ? entry.object : [])),
  );
  return [...objects].map(
    object =>
      `what ${objectText(objectName(object))} pushes is not covered: it logs in as an account of each namespace`,
  );
}

/** The stores that are read or pushed to, and that no manifest has. */
function absentStores(graph: SecretGraph): string[] {
  const names = storeUses(graph).flatMap(({ namespace, ref }) =>
    ref.name === '' || storeOf(graph.find, ref, namespace) !== undefined
      ? []
      : objectText(storeName(ref, namespace)),
  );
  return [...new Set(names)].map(
    name => `what is read of ${name} and pushed there is not covered: no manifest has that store`,
  );
}
