import type { Json, JsonObject } from '../../ground/json.ts';
import { renderValue } from '../../make/objects/render-yaml.ts';
import { policyDocument } from '../../operate/iam/document.ts';
import type { IamPlan, IamRole } from '../../operate/iam/plan.ts';
import { VARIABLES } from '../../operate/iam/settings.ts';
import { filled, replaced } from './fill.ts';
import { yamlNotes } from './notes.ts';
import { policyNamesAfter, type RoleIds, type WrittenRole, writtenRoles } from './written-roles.ts';

const REFERENCES: Readonly<Record<string, string>> = {
  [VARIABLES.account]: 'AWS::AccountId',
  [VARIABLES.partition]: 'AWS::Partition',
  [VARIABLES.region]: 'AWS::Region',
  [VARIABLES.cluster]: 'ClusterName',
  [VARIABLES.oidcProvider]: 'OidcProvider',
};

const PARAMETERS: Readonly<Record<string, string>> = {
  ClusterName: 'The name of the EKS cluster.',
  OidcProvider: "The cluster's OIDC provider, without https://.",
};

/** A CloudFormation template. Roles of other accounts are made where the stack is deployed there. */
export function renderCloudFormation(plans: readonly IamPlan[]): string {
  const roles = writtenRoles(plans, idsOf);
  const accounts = new Set(roles.flatMap(({ role }) => role.otherAccount ?? []));
  const resources = Object.fromEntries(roles.flatMap(resourcesOf));
  const used = JSON.stringify(resources);
  const parameters = Object.entries(PARAMETERS).filter(([name]) => used.includes(`\${${name}}`));
  return (
    yamlNotes(plans) +
    renderValue({
      AWSTemplateFormatVersion: '2010-09-09',
      ...(parameters.length > 0 && {
        Parameters: Object.fromEntries(
          parameters.map(([name, Description]) => [name, { Type: 'String', Description }]),
        ),
      }),
      ...(accounts.size > 0 && {
        Conditions: Object.fromEntries(
          [...accounts].map(account => [
            conditionOf(account),
            { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, account] },
          ]),
        ),
      }),
      Resources: resources,
    })
  );
}

function conditionOf(account: string): string {
  return `InAccount${account}`;
}

function resourcesOf({ role, cluster, ids }: WrittenRole<StackIds>): [id: string, value: Json][] {
  const { name, path, isUser, otherAccount, trust, associated } = role;
  const where = otherAccount === undefined ? {} : { Condition: conditionOf(otherAccount) };
  const managed = role.policies.map((policy, index): [string, Json] => [
    ids.policies[index] ?? '',
    {
      Type: 'AWS::IAM::ManagedPolicy',
      ...where,
      Properties: {
        ManagedPolicyName: policy.name,
        PolicyDocument: inStack(policyDocument(policy.statements)),
        ...(!isUser && { Roles: [{ Ref: ids.role }] }),
      },
    },
  ]);
  if (isUser) return managed;
  const properties = {
    RoleName: name,
    ...(path !== undefined && { Path: path }),
    AssumeRolePolicyDocument: inStack(policyDocument(trust)),
  };
  return [
    [ids.role, { Type: 'AWS::IAM::Role', ...where, Properties: properties }],
    ...managed,
    ...(associated === undefined
      ? []
      : [
          [
            ids.association,
            {
              Type: 'AWS::EKS::PodIdentityAssociation',
              Properties: {
                ClusterName: inStack(cluster),
                Namespace: associated.namespace,
                ServiceAccount: associated.name,
                RoleArn: { 'Fn::GetAtt': [ids.role, 'Arn'] },
              },
            },
          ] satisfies [string, Json],
        ]),
  ];
}

/** All resources of a stack are called differently, of whatever type they are. */
interface StackIds extends RoleIds {
  readonly association: string;
}

function idsOf(name: string, role: IamRole): StackIds {
  return {
    role: idOf(name),
    policies: policyNamesAfter(name, role).map(policy => `${idOf(policy)}Policy`),
    association: `${idOf(name)}Association`,
  };
}

/** Logical IDs are of letters and digits. */
function idOf(name: string): string {
  return name
    .split(/[^a-zA-Z0-9]+/)
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/**
 * A value with its variables as the stack fills them in. It does so in values alone: a document with
 * a variable in a name is a text as a whole, which a template may have in the place of one.
 */
function inStack(value: Json): Json {
  const names = namesIn(value).join();
  if (names.includes('$' + '{'))
    return { 'Fn::Sub': filled(JSON.stringify(value, undefined, 2), REFERENCES, literal) };
  return replaced(value, text =>
    text.includes('$' + '{') ? { 'Fn::Sub': filled(text, REFERENCES, literal) } : text,
  );
}

function namesIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as JsonObject).flatMap(([name, child]) => [name, ...namesIn(child)]);
}

function literal(text: string): string {
  return text.replaceAll('$' + '{', '$' + '{!');
}
