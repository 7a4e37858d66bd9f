import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import {
  isMap,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  textAt,
} from '../../generator/core/json.ts';
import { folderOf, runMain } from '../machine.ts';
import { caseNames, FILLED, manifestsOf, type PrintedRole, printed, rolesIn } from './iam-cases.ts';

/** `policy NAME` and `trust NAME`, each with its document as JSON whose lists are lists. */
type Documents = readonly (readonly [what: string, document: Json])[];

/** What a policy or a trust policy says, however it is written: IAM takes one for a list of one. */
function said(document: unknown): Json {
  const { Statement: statements } = (
    typeof document === 'string' ? JSON.parse(document) : document
  ) as {
    Statement: JsonObject[];
  };
  return [statements].flat().map(({ Effect, Principal, Action, Resource, Condition }) => ({
    Effect: Effect ?? '',
    ...(Principal !== undefined && { Principal: listed(Principal) }),
    Action: [Action ?? []].flat(),
    ...(Resource !== undefined && { Resource: [Resource].flat() }),
    ...(Condition !== undefined && {
      Condition: Object.fromEntries(
        Object.entries(Condition as JsonObject).map(([operator, keys]) => [operator, listed(keys)]),
      ),
    }),
  }));
}

function listed(keys: Json): Json {
  return Object.fromEntries(
    Object.entries(keys as JsonObject).map(([key, value]) => [key, [value].flat()]),
  );
}

/** The same document once more, in the words of another format. */
const readers: Readonly<Record<string, (text: string) => Documents>> = {
  terraform: text => {
    const { data, resource } = JSON.parse(text) as { data: JsonObject; resource: JsonObject };
    const document = (reference: unknown): Json => {
      const [, id = ''] =
        /^\$\{data\.aws_iam_policy_document\.([\w-]+)\.json\}$/.exec(String(reference)) ?? [];
      return said({
        Statement: listAt(data, 'aws_iam_policy_document', id, 'statement').map(ofTerraform),
      });
    };
    const all = (type: string): JsonObject[] => Object.values(mapAt(resource, type)).filter(isMap);
    return [
      ...named('policy', all('aws_iam_policy'), ({ name, policy }) => [name, document(policy)]),
      ...named('trust', all('aws_iam_role'), role => [
        role['name'],
        document(role['assume_role_policy']),
      ]),
    ];
  },
  cloudformation: text => {
    const [template] = loadAll(text) as [JsonObject];
    const all = Object.values(mapAt(template, 'Resources')).filter(isMap);
    const of = (type: string): JsonObject[] =>
      all.filter(one => one['Type'] === type).map(one => mapAt(one, 'Properties'));
    return [
      ...named('policy', of('AWS::IAM::ManagedPolicy'), one => [
        one['ManagedPolicyName'],
        said(one['PolicyDocument']),
      ]),
      ...named('trust', of('AWS::IAM::Role'), one => [
        one['RoleName'],
        said(one['AssumeRolePolicyDocument']),
      ]),
    ];
  },
  ack: text => {
    const objects = loadAll(text).filter(isMap);
    const of = (kind: string): JsonObject[] => objects.filter(one => one['kind'] === kind);
    return [
      ...named('policy', of('Policy'), one => [
        textAt(one, 'spec', 'name'),
        said(textAt(one, 'spec', 'policyDocument')),
      ]),
      ...named('trust', of('Role'), one => [
        textAt(one, 'spec', 'name'),
        said(textAt(one, 'spec', 'assumeRolePolicyDocument')),
      ]),
    ];
  },
  crossplane: text => {
    const objects = loadAll(text).filter(isMap);
    const nameOf = (one: JsonObject): Json =>
      mapAt(one, 'metadata', 'annotations')['crossplane.io/external-name'] ?? '';
    const of = (kind: string): JsonObject[] => objects.filter(one => one['kind'] === kind);
    return [
      ...named('policy', of('Policy'), one => [
        nameOf(one),
        said(textAt(one, 'spec', 'forProvider', 'policy')),
      ]),
      ...named('trust', of('Role'), one => [
        nameOf(one),
        said(textAt(one, 'spec', 'forProvider', 'assumeRolePolicy')),
      ]),
    ];
  },
};

function named(
  what: string,
  blocks: readonly JsonObject[],
  entry: (block: JsonObject) => [name: Json | undefined, document: Json],
): Documents {
  return blocks.map(block => {
    const [name, document] = entry(block);
    return [`${what} ${String(name)}`, document];
  });
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
  const resources = listAt(statement, 'resources');
  return {
    Effect: 'Allow',
    ...(principals.length > 0 && { Principal: Object.fromEntries(principals) }),
    Action: listAt(statement, 'actions'),
    ...(resources.length > 0 && { Resource: resources }),
    ...(Object.keys(condition).length > 0 && { Condition: condition }),
  };
}

function expected(roles: readonly PrintedRole[]): Documents {
  return roles.flatMap(
    ({ name, trustPolicy, policies }): Documents => [
      ...(trustPolicy === undefined ? [] : [[`trust ${name}`, said(trustPolicy)] as const]),
      ...policies.map(policy => [`policy ${policy.name}`, said(policy.document)] as const),
    ],
  );
}

test.for(caseNames.flatMap(name => Object.keys(readers).map(format => [name, format] as const)))(
  '%s says the same as %s',
  async ([name, format]) => {
    const roles = rolesIn(await printed(name, 'json', ...FILLED));
    const read = readers[format]?.(await printed(name, format, ...FILLED)) ?? [];
    const sorted = (documents: Documents): string[] =>
      documents.map(one => JSON.stringify(one)).sort();
    expect(sorted(read)).toEqual(sorted(expected(roles)));
  },
);

test.for([
  [
    'parameter-store',
    'podIdentityAssociations',
    'permissionPolicy',
    ['rem-secrets-external-secrets'],
  ],
  ['service-accounts', 'serviceAccounts', 'attachPolicy', ['rem-secrets-bank.reader']],
  [
    'other-account',
    'podIdentityAssociations',
    'permissionPolicy',
    ['rem-secrets-external-secrets'],
  ],
  ['shared-roles', 'serviceAccounts', 'attachPolicy', ['rem-secrets-mail.sender']],
] as const)(
  'eksctl makes the roles that accounts have: %s',
  async ([name, field, policy, names]) => {
    const roles = rolesIn(await printed(name, 'json', ...FILLED));
    const text = await printed(name, 'eksctl', ...FILLED);
    const [config] = loadAll(text) as [JsonObject];
    const made = listAt(config, 'iam', field).map(one => [
      textAt(one, 'roleName'),
      said(mapAt(one, policy)),
    ]);
    const isMade = (role: PrintedRole): boolean => names.some(wanted => wanted === role.name);
    expect(made).toEqual(
      roles.filter(isMade).map(({ name, policies }) => [name, said(policies[0]?.document)]),
    );
    for (const role of roles.filter(one => !isMade(one)))
      expect(text).toContain(`# ${role.name} is not here: `);
  },
);

test.for(['terraform', 'cloudformation', 'ack', 'crossplane', 'eksctl', 'json', 'text'])(
  'as %s no account is named that was not given',
  async format => {
    const unnamed = caseNames.filter(name => !/\b\d{12}\b/.test(manifestsOf(name)));
    expect(unnamed).not.toEqual([]);
    for (const name of unnamed) expect(await printed(name, format)).not.toMatch(/\b\d{12}\b/);
  },
);

test.for(['terraform', 'cloudformation', 'ack', 'crossplane', 'eksctl', 'json', 'text'])(
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
