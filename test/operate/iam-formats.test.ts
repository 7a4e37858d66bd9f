import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../generator/core/json.ts';
import { isMap, listAt, mapAt, textAt } from '../../generator/core/json.ts';
import { iamFormats } from '../../generator/iam/formats/formats.ts';
import { folderOf, runMain } from '../machine.ts';
import { specOf } from '../spec-text.ts';
import { caseNames, FILLED, manifestsOf, type PrintedRole, printed, rolesIn } from './iam-cases.ts';

/** `trust NAME` of each role with its document, and `policy NAME` with its own and with the trust of the role that has it. */
type Documents = readonly (readonly Json[])[];

/** What a policy or a trust policy says, however it is written: IAM takes one for a list of one. */
function said(document: unknown): Json {
  const policy = typeof document === 'string' ? JSON.parse(document) : document;
  const { Statement: statements } = policy as { Statement: JsonObject[] };
  return [statements].flat().map(({ Principal, Action, Resource, Condition, ...more }) => ({
    ...more,
    Principal: listed(Principal),
    Action: [Action ?? []].flat(),
    Resource: [Resource ?? []].flat(),
    Condition: Object.entries(Condition ?? {}).map(([operator, keys]) => [operator, listed(keys)]),
  }));
}

function listed(keys: Json = {}): Json {
  return Object.entries(keys as JsonObject).map(([key, value]) => [key, [value].flat()]);
}

/** The roles and policies in the words of a format: objects, and what is said of one. */
interface Parts {
  readonly roles: readonly JsonObject[];
  readonly policies: readonly JsonObject[];
  readonly nameOf: (object: JsonObject) => Json | undefined;
  readonly documentOf: (object: JsonObject, field: 'policy' | 'trust') => Json;
  readonly isOf: (policy: JsonObject, role: JsonObject) => boolean;
}

const readers: Readonly<Record<string, (text: string) => Parts>> = {
  terraform: text => {
    const { data, resource } = JSON.parse(text) as { data: JsonObject; resource: JsonObject };
    const all = (type: string): JsonObject[] => Object.values(mapAt(resource, type)).filter(isMap);
    const at = (reference: Json | undefined): unknown => {
      const [, type = '', id = ''] =
        /^\$\{(?:data\.)?(\w+)\.([\w-]+)\./.exec(String(reference)) ?? [];
      return mapAt(resource, type)[id] ?? mapAt(data, type)[id];
    };
    const attached = all('aws_iam_role_policy_attachment');
    return {
      roles: all('aws_iam_role'),
      policies: all('aws_iam_policy'),
      nameOf: object => object['name'],
      documentOf: (object, field) => {
        const document = at(object[field === 'policy' ? 'policy' : 'assume_role_policy']);
        return said({ Statement: listAt(document, 'statement').map(ofTerraform) });
      },
      isOf: (policy, role) =>
        attached.some(one => at(one['role']) === role && at(one['policy_arn']) === policy),
    };
  },
  cloudformation: text => {
    const [template] = loadAll(text) as [JsonObject];
    const all = Object.entries(mapAt(template, 'Resources'));
    const of = (type: string): JsonObject[] =>
      all.flatMap(([id, one]) =>
        textAt(one, 'Type') === type ? [{ id, ...mapAt(one, 'Properties') }] : [],
      );
    return {
      roles: of('AWS::IAM::Role'),
      policies: of('AWS::IAM::ManagedPolicy'),
      nameOf: object => object['ManagedPolicyName'] ?? object['RoleName'],
      documentOf: (object, field) =>
        said(object[field === 'policy' ? 'PolicyDocument' : 'AssumeRolePolicyDocument']),
      isOf: (policy, role) =>
        listAt(policy, 'Roles').some(ref => textAt(ref, 'Ref') === role['id']),
    };
  },
  ack: text => ({
    ...ofKinds(text),
    nameOf: object => textAt(object, 'spec', 'name'),
    documentOf: (object, field) =>
      said(
        textAt(object, 'spec', field === 'policy' ? 'policyDocument' : 'assumeRolePolicyDocument'),
      ),
    isOf: (policy, role) =>
      listAt(role, 'spec', 'policyRefs').some(
        ref => textAt(ref, 'from', 'name') === textAt(policy, 'metadata', 'name'),
      ),
  }),
  crossplane: text => {
    const { attachments, ...parts } = ofKinds(text);
    return {
      ...parts,
      nameOf: object => mapAt(object, 'metadata', 'annotations')['crossplane.io/external-name'],
      documentOf: (object, field) =>
        said(
          textAt(object, 'spec', 'forProvider', field === 'policy' ? 'policy' : 'assumeRolePolicy'),
        ),
      isOf: (policy, role) =>
        attachments.some(
          one =>
            textAt(one, 'spec', 'forProvider', 'roleRef', 'name') ===
              textAt(role, 'metadata', 'name') &&
            textAt(one, 'spec', 'forProvider', 'policyArnRef', 'name') ===
              textAt(policy, 'metadata', 'name'),
        ),
    };
  },
};

function ofKinds(text: string): Record<'roles' | 'policies' | 'attachments', JsonObject[]> {
  const objects = loadAll(text).filter(isMap);
  const of = (kind: string): JsonObject[] => objects.filter(one => one['kind'] === kind);
  return { roles: of('Role'), policies: of('Policy'), attachments: of('RolePolicyAttachment') };
}

/** The same documents once more, in the words of another format. */
function documentsIn(format: string, text: string): Documents {
  const parts = readers[format]?.(text);
  if (parts === undefined) throw new Error(format);
  const { roles, policies, nameOf, documentOf, isOf } = parts;
  return [
    ...roles.map(role => [`trust ${nameOf(role)}`, documentOf(role, 'trust')]),
    ...policies.map(policy => [
      `policy ${nameOf(policy)}`,
      documentOf(policy, 'policy'),
      ...roles.filter(role => isOf(policy, role)).map(role => documentOf(role, 'trust')),
    ]),
  ];
}

function ofTerraform(statement: unknown): JsonObject {
  const condition: Record<string, Record<string, Json>> = {};
  for (const one of listAt(statement, 'condition')) {
    const test = textAt(one, 'test') ?? '';
    condition[test] = {
      ...condition[test],
      [textAt(one, 'variable') ?? '']: listAt(one, 'values'),
    };
  }
  const principals = listAt(statement, 'principals').map(one => [
    textAt(one, 'type') ?? '',
    listAt(one, 'identifiers'),
  ]);
  return {
    Effect: 'Allow',
    Principal: Object.fromEntries(principals),
    Action: listAt(statement, 'actions'),
    Resource: listAt(statement, 'resources'),
    Condition: condition,
  };
}

function documentsOf(roles: readonly PrintedRole[]): Documents {
  return roles.flatMap(({ name, trustPolicy, policies }) => {
    const trust = trustPolicy === undefined ? [] : [said(trustPolicy)];
    return [
      ...trust.map(document => [`trust ${name}`, document]),
      ...policies.map(policy => [`policy ${policy.name}`, said(policy.document), ...trust]),
    ];
  });
}

const sorted = (documents: Documents): string[] => documents.map(one => JSON.stringify(one)).sort();

test.for(caseNames.flatMap(name => Object.keys(readers).map(format => [name, format] as const)))(
  '%s says the same as %s, of each role',
  async ([name, format]) => {
    const roles = rolesIn(await printed(name, 'json', ...FILLED));
    const read = documentsIn(format, await printed(name, format, ...FILLED));
    expect(sorted(read)).toEqual(sorted(documentsOf(roles)));
  },
);

test.for(Object.keys(readers))(
  'as %s a role that two clusters name is that of each',
  async format => {
    const spec = specOf(`
namespace: shop
stores:
  aws: { aws: { service: ParameterStore, region: eu-west-1, role: 'arn:aws:iam::111111111111:role/eso' } }
secrets: { api-keys: { store: aws, keys: { stripe: stripe } } }
environments:
  dev: { stores: { aws: { aws: { prefix: /dev } } } }
  prod: { stores: { aws: { aws: { prefix: /prod } } } }`);
    const folder = folderOf([['rem-secrets.yaml', spec]]);
    expect((await runMain(folder, ['expand'])).status).toBe(0);
    const { stdout } = await runMain(folder, ['--format', format, 'iam']);
    const own = documentsIn(format, stdout).flatMap(
      ([, document]) => JSON.stringify(document).match(/:parameter[\w/-]+/g) ?? [],
    );
    expect(own.sort()).toEqual([':parameter/dev/stripe', ':parameter/prod/stripe']);
  },
);

test.for([
  ['parameter-store', 'podIdentityAssociations', ['rem-secrets-external-secrets']],
  [
    'service-accounts',
    'serviceAccounts',
    ['rem-secrets-bank.reader', 'rem-secrets-platform.reader'],
  ],
  ['other-account', 'podIdentityAssociations', ['rem-secrets-external-secrets']],
  ['shared-roles', 'serviceAccounts', ['rem-secrets-mail.sender']],
] as const)('eksctl makes the roles that accounts have: %s', async ([name, field, names]) => {
  const roles = rolesIn(await printed(name, 'json', ...FILLED));
  const text = await printed(name, 'eksctl', ...FILLED);
  const [config] = loadAll(text) as [JsonObject];
  const made = listAt(config, 'iam', field).map(one => [
    textAt(one, 'roleName'),
    said(mapAt(one, field === 'serviceAccounts' ? 'attachPolicy' : 'permissionPolicy')),
  ]);
  const isMade = (role: PrintedRole): boolean => names.some(wanted => wanted === role.name);
  expect(made).toEqual(
    roles.filter(isMade).map(({ name, policies }) => [name, said(policies[0]?.document)]),
  );
  for (const role of roles.filter(one => !isMade(one)))
    expect(text).toContain(`# ${role.name} is not here: `);
});

test.for(Object.keys(iamFormats))('as %s no account is named that was not given', async format => {
  const unnamed = caseNames.filter(name => !/\b\d{12}\b/.test(manifestsOf(name)));
  expect(unnamed).not.toEqual([]);
  for (const name of unnamed) expect(await printed(name, format)).not.toMatch(/\b\d{12}\b/);
});

test.for(Object.keys(iamFormats))(
  'as %s it is said that a bulk push is not covered, of the stores that it goes to',
  async format => {
    const text = await printed('pushed', format);
    expect(text).toContain(
      'dataTo of PushSecret shop/all is not covered: what it pushes to ClusterSecretStore secrets is known only from the Secret',
    );
    expect(text.match(/dataTo/g)).toHaveLength(1);
  },
);

/** What lint says of IAM in the manifests of a case together with the objects of ACK. */
async function linted(name: string, ack: string): Promise<string[]> {
  const folder = folderOf([['all.yaml', `${manifestsOf(name)}---\n${ack}`]]);
  const { stdout } = await runMain(folder, ['--format', 'json', 'lint', 'all.yaml', '-n', 'shop']);
  const { findings } = JSON.parse(stdout) as { findings: { rule: string }[] };
  return findings.map(({ rule }) => rule).filter(id => id.startsWith('iam-'));
}

test.for(caseNames)(
  'lint finds nothing missing in the roles of %s, and what is taken out',
  async name => {
    const ack = await printed(name, 'ack', ...FILLED);
    expect(await linted(name, ack)).toEqual([]);
    const isSecrets = !ack.includes('ssm:GetParameter"');
    const less = isSecrets
      ? ack.replaceAll('secretsmanager:GetSecretValue"', 'secretsmanager:Other"')
      : ack.replaceAll('ssm:GetParameter"', 'ssm:GetParameters"');
    expect(await linted(name, less)).toContain('iam-action');
  },
);

test('lint finds a login to a registry that is taken out', async () => {
  const ack = await printed('tokens', 'ack', ...FILLED);
  const less = ack.replaceAll('ecr:GetAuthorizationToken"', 'ecr:BatchGetImage"');
  expect(less).not.toBe(ack);
  expect(await linted('tokens', less)).toEqual(['iam-action']);
});
