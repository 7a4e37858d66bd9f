import type { Json, JsonObject } from '../../core/json.ts';
import { changedThroughout, fieldsWhere, mapAt, mapsIn } from '../../core/json.ts';
import { type KubeObject, optional, plainName, unlessEmpty } from '../../core/kube-object.ts';
import { VARIABLES } from '../../environments/clusters.ts';
import { iamPolicy, iamRole, podIdentity } from '../../kinds/ack.ts';
import type { Kind } from '../../kinds/kind.ts';
import { oneLine } from '../../report/text.ts';
import { renderValue, renderYaml } from '../../yaml/write.ts';
import type { IamPlan, IamPolicy, IamRole } from '../plan.ts';
import { type PolicyStatement, policyDocument, sizeOf } from '../policies.ts';

export const yamlFormats: Readonly<
  Record<'cloudformation' | 'eksctl' | 'ack' | 'crossplane', (plans: readonly IamPlan[]) => string>
> = {
  cloudformation: renderCloudFormation,
  eksctl: plans => plans.map(eksctlText).join('---\n'),
  ack: renderAck,
  crossplane: plans =>
    yamlNotes(plans) + renderYaml(writtenRoles(plans, plainName).flatMap(crossplaneObjects)),
};

const PARAMETERS: JsonObject = {
  ClusterName: { Type: 'String', Description: 'The name of the EKS cluster.' },
  OidcProvider: { Type: 'String', Description: "The cluster's OIDC provider, without https://." },
};

/** A CloudFormation template. A role of another account is made if the stack is deployed there too. */
function renderCloudFormation(plans: readonly IamPlan[]): string {
  // In a stack no two resources may have the same id, whatever their types.
  const roles = writtenRoles(plans, idOf, { policy: '-Policy', association: '-Association' });
  const accounts = new Set(roles.flatMap(({ role }) => role.otherAccount ?? []));
  const conditions = [...accounts].map((account): [string, Json] => {
    return [`InAccount${account}`, { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, account] }];
  });
  const resources = Object.fromEntries(roles.flatMap(resourcesOf));
  const used = JSON.stringify(resources);
  const parameters = fieldsWhere(PARAMETERS, name => used.includes(`\${${name}}`));
  const template = {
    AWSTemplateFormatVersion: '2010-09-09',
    ...unlessEmpty('Parameters', parameters),
    ...unlessEmpty('Conditions', Object.fromEntries(conditions)),
    Resources: resources,
  };
  return yamlNotes(plans) + renderValue(template);
}

function idOf(name: string): string {
  const words = name.split(/[^a-zA-Z0-9]+/);
  return words.map(word => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

function resourcesOf({ role, cluster, ids }: WrittenRole): [id: string, value: Json][] {
  const { name, path, isUser, otherAccount, trust, associated } = role;
  const where = otherAccount === undefined ? {} : { Condition: `InAccount${otherAccount}` };
  const managed = ids.policies.map((policy): [string, Json] => {
    const properties = {
      ManagedPolicyName: policy.name,
      PolicyDocument: inStack(policyDocument(policy.statements)),
      ...(!isUser && { Roles: [{ Ref: ids.role }] }),
    };
    return [policy.id, { Type: 'AWS::IAM::ManagedPolicy', ...where, Properties: properties }];
  });
  if (isUser) return managed;
  const properties = {
    RoleName: name,
    ...optional('Path', path),
    AssumeRolePolicyDocument: inStack(policyDocument(trust)),
  };
  const block = { Type: 'AWS::IAM::Role', ...where, Properties: properties };
  const made: [string, Json] = [ids.role, block];
  if (associated === undefined) return [made, ...managed];
  const association = {
    Type: 'AWS::EKS::PodIdentityAssociation',
    Properties: {
      ClusterName: inStack(cluster),
      Namespace: associated.namespace,
      ServiceAccount: associated.name,
      RoleArn: { 'Fn::GetAtt': [ids.role, 'Arn'] },
    },
  };
  return [made, ...managed, [ids.association, association]];
}

const REFERENCES: Readonly<Record<string, string>> = {
  [VARIABLES.account]: 'AWS::AccountId',
  [VARIABLES.partition]: 'AWS::Partition',
  [VARIABLES.region]: 'AWS::Region',
  [VARIABLES.cluster]: 'ClusterName',
  [VARIABLES.oidcProvider]: 'OidcProvider',
};

/** A value in which the stack fills in the variables. A document with a variable in a name becomes one text. */
function inStack(value: Json): Json {
  const names = mapsIn(value, []).flatMap(({ map }) => Object.keys(map));
  if (names.join().includes('$' + '{'))
    return { 'Fn::Sub': filled(JSON.stringify(value, undefined, 2), REFERENCES, literal) };
  return changedThroughout(value, part =>
    typeof part === 'string' && part.includes('$' + '{')
      ? { 'Fn::Sub': filled(part, REFERENCES, literal) }
      : part,
  );
}

function literal(text: string): string {
  return text.replaceAll('$' + '{', '$' + '{!');
}

/** The part of eksctl's configuration with the roles of ServiceAccounts. Roles that other roles assume are left out. */
function eksctlText(plan: IamPlan): string {
  const made = plan.roles.filter(role => whyLeft(role) === undefined);
  const left = plan.roles.flatMap(role => {
    const why = whyLeft(role);
    return why === undefined ? [] : [`${role.name} is not here: ${why}`];
  });
  const accounts = made.flatMap(role =>
    role.annotated.map(({ namespace, name }) => ({
      metadata: { name, namespace },
      roleName: role.name,
      roleOnly: true, // Others make the ServiceAccount.
      attachPolicy: documentOf(role),
    })),
  );
  const pods = made.flatMap(role => {
    if (role.associated === undefined) return [];
    const { namespace, name: serviceAccountName } = role.associated;
    const permissionPolicy = documentOf(role);
    return { namespace, serviceAccountName, roleName: role.name, permissionPolicy };
  });
  const config = {
    apiVersion: 'eksctl.io/v1alpha5',
    kind: 'ClusterConfig',
    metadata: { name: plan.cluster, region: VARIABLES.region },
    iam: {
      ...(accounts.length > 0 && { withOIDC: true, serviceAccounts: accounts }),
      ...((pods.length > 0 || accounts.length === 0) && { podIdentityAssociations: pods }),
    },
  };
  return yamlNotes([plan], left) + renderValue(config);
}

/** The most characters of all inline policies of a role (docs/facts/aws.md#iam-limits). */
const INLINE_SIZE = 10_240;

function whyLeft(role: IamRole): string | undefined {
  const { isUser, path, otherAccount, trust } = role;
  const accounts = [...(role.associated ? [role.associated] : []), ...role.annotated];
  const names = accounts.map(({ namespace, name }) => `${namespace}/${name}`);
  if (isUser) return 'it is a user';
  if (path !== undefined) return 'eksctl gives roles no path';
  if (otherAccount !== undefined) return 'eksctl makes roles in the account of the cluster alone';
  if (trust.some(({ principal = {} }) => Object.hasOwn(principal, 'AWS')))
    return 'other roles assume it, and eksctl lets accounts alone do so';
  if (accounts.length > 1)
    return `eksctl makes a role for one account, and this one is for ${names.join(', ')}`;
  return sizeOf(documentOf(role)) > INLINE_SIZE
    ? `its policy is longer than the ${INLINE_SIZE} characters of an inline policy`
    : undefined;
}

function documentOf({ policies }: IamRole): JsonObject {
  return policyDocument(policies.flatMap(({ statements }) => statements));
}

/** Objects of AWS Controllers for Kubernetes. A note says which ones belong into a namespace of another account. */
function renderAck(plans: readonly IamPlan[]): string {
  const roles = writtenRoles(plans, plainName);
  const elsewhere = roles.flatMap(({ role: { otherAccount }, ids }) =>
    otherAccount === undefined
      ? []
      : `${ids.role}: put it into a namespace with the annotation services.k8s.aws/owner-account-id: "${otherAccount}"`,
  );
  return yamlNotes(plans, elsewhere) + renderYaml(roles.flatMap(ackObjects));
}

function ackObjects({ role, cluster, ids }: WrittenRole): KubeObject[] {
  const { name, path, trust, isUser } = role;
  const policies = ids.policies.map(policy => {
    const policyDocument = documentText(policy.statements);
    return ackObject(iamPolicy, policy.id, { name: policy.name, policyDocument });
  });
  const made = ackObject(iamRole, ids.role, {
    name,
    ...optional('path', path),
    assumeRolePolicyDocument: documentText(trust),
    policyRefs: ids.policies.map(({ id }) => ({ from: { name: id } })),
  });
  const associations = associationsOf(role, cluster).map(fields =>
    ackObject(podIdentity, ids.role, { ...fields, roleRef: { from: { name: ids.role } } }),
  );
  return [...policies, ...(isUser ? [] : [made]), ...associations];
}

/** The association of a ServiceAccount with the role, without the field that refers to the role. */
function associationsOf({ associated }: IamRole, clusterName: string): JsonObject[] {
  if (associated === undefined) return [];
  const { namespace, name: serviceAccount } = associated;
  return [{ clusterName, namespace, serviceAccount }];
}

/** All kinds of these controllers have been v1alpha1 from the beginning. */
function ackObject({ group, kind }: Kind, name: string, spec: JsonObject): KubeObject {
  return { apiVersion: `${group}/v1alpha1`, kind, metadata: { name }, spec };
}

/** Managed resources of Crossplane's provider-upjet-aws. */
function crossplaneObjects({ role, cluster, ids }: WrittenRole): KubeObject[] {
  const { path, isUser } = role;
  const reference = { name: ids.role };
  const policies = ids.policies.flatMap(({ id, name, statements }) => {
    const attached = { policyArnRef: { name: id }, roleRef: reference };
    return [
      iamObject('Policy', named(id, name), { policy: documentText(statements) }, role),
      ...(isUser ? [] : [iamObject('RolePolicyAttachment', { name: id }, attached, role)]),
    ];
  });
  const settings = { ...optional('path', path), assumeRolePolicy: documentText(role.trust) };
  const made = iamObject('Role', named(ids.role, role.name), settings, role);
  const associations = associationsOf(role, cluster).map(fields => {
    const forProvider = { region: VARIABLES.region, ...fields, roleArnRef: reference };
    const [apiVersion, kind] = ['eks.aws.upbound.io/v1beta1', 'PodIdentityAssociation'];
    return { apiVersion, kind, metadata: reference, spec: { forProvider } };
  });
  return [...policies, ...(isUser ? [] : [made]), ...associations];
}

function named(id: string, name: string): KubeObject['metadata'] {
  return { name: id, annotations: { 'crossplane.io/external-name': name } };
}

/** A role of another account needs another configuration of the provider. */
function iamObject(
  kind: string,
  metadata: KubeObject['metadata'],
  forProvider: JsonObject,
  { otherAccount: account }: IamRole,
): KubeObject {
  const configRef = account !== undefined && { providerConfigRef: { name: `account-${account}` } };
  const spec = { forProvider, ...configRef };
  return { apiVersion: 'iam.aws.upbound.io/v1beta1', kind, metadata, spec };
}

export interface WrittenRole {
  readonly role: IamRole;
  readonly cluster: string;
  readonly ids: Readonly<Record<'role' | 'trust' | 'association', string>> & {
    readonly policies: readonly (IamPolicy & { readonly id: string })[];
  };
}

/** The roles of all plans, with ids that are unique in one document: their names, or longer where names repeat. */
export function writtenRoles(
  plans: readonly IamPlan[],
  idOf: (name: string) => string,
  suffixes: Readonly<Partial<Record<'policy' | 'trust' | 'association', string>>> = {},
): WrittenRole[] {
  const { policy: ofPolicy = '', trust = '', association = '' } = suffixes;
  const idsAs = (name: string, role: IamRole): WrittenRole['ids'] => ({
    role: idOf(name),
    trust: idOf(name + trust),
    association: idOf(name + association),
    policies: role.policies.map(policy => {
      const rest = policy.name.slice(role.name.length);
      return { ...policy, id: idOf(name + rest + ofPolicy) };
    }),
  });
  const taken = new Set<string>();
  return plans.flatMap(plan =>
    plan.roles.map(role => {
      const longer = `${role.name}-${role.otherAccount ?? plan.name}`;
      let ids = idsAs(role.name, role);
      for (let number = 1; allIds(ids).some(id => taken.has(id)); number += 1)
        ids = idsAs(number === 1 ? longer : `${longer}-${number}`, role);
      for (const id of allIds(ids)) taken.add(id);
      return { role, cluster: plan.cluster, ids };
    }),
  );
}

function allIds({ policies, ...others }: WrittenRole['ids']): string[] {
  return [...Object.values(others), ...policies.map(({ id }) => id)];
}

/** Notes for people about a role, a sentence each. */
export function roleNotes(role: IamRole): string[] {
  const { name, otherAccount, annotated, arn, policies, wider } = role;
  return [
    ...(otherAccount === undefined ? [] : [`${name} is in account ${otherAccount}`]),
    ...annotated.map(
      account =>
        `ServiceAccount ${account.namespace}/${account.name} needs the annotation eks.amazonaws.com/role-arn: ${arn}`,
    ),
    ...policies.flatMap(policy =>
      policy.statements.flatMap(({ why, actions, resources }) =>
        why === undefined ? [] : [`${actions.join(', ')} on ${resources.join(', ')}: ${why}`],
      ),
    ),
    ...[...wider].map(
      ([pattern, count]) =>
        `${name} may read all below ${pattern}: the ${count} entries that are known there, and whatever is put beside them`,
    ),
  ];
}

function yamlNotes(plans: readonly IamPlan[], leftOut: readonly string[] = []): string {
  const notes = plans.flatMap(({ missing, roles }) => [...missing, ...roles.flatMap(roleNotes)]);
  return [...new Set([...notes, ...leftOut])].map(note => `# ${oneLine(note)}\n`).join('');
}

function documentText(statements: readonly PolicyStatement[]): string {
  return `${JSON.stringify(policyDocument(statements), undefined, 2)}\n`;
}

/** Replaces the variables of a text by the references of a format, and escapes the rest. */
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
