import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../generator/core/json.ts';
import { folderOf, runMain } from '../machine.ts';
import { specOf } from '../spec-text.ts';
import { FILLED, printed } from './iam-cases.ts';

/** Each role with all policies that a format attaches to it, as one text. */
const readers: Readonly<Record<string, (text: string) => string[]>> = {
  terraform: text => {
    const { data, resource } = JSON.parse(text) as { data: JsonObject; resource: JsonObject };
    const of = (reference: unknown): unknown => {
      const [, type = '', id = ''] =
        /^\$\{(?:data\.)?(\w+)\.([\w-]+)\./.exec(String(reference)) ?? [];
      return mapAt(resource, type)[id] ?? mapAt(data, type)[id];
    };
    const attached = Object.values(mapAt(resource, 'aws_iam_role_policy_attachment'));
    return Object.values(mapAt(resource, 'aws_iam_role')).map(role => {
      const policies = attached
        .filter(one => of(textAt(one, 'role')) === role)
        .map(one => of(textAt(of(textAt(one, 'policy_arn')), 'policy')));
      return JSON.stringify([of(textAt(role, 'assume_role_policy')), policies]);
    });
  },
  cloudformation: text => {
    const [template] = loadAll(text);
    const resources = Object.entries(mapAt(template, 'Resources'));
    return resources
      .filter(([, one]) => textAt(one, 'Type') === 'AWS::IAM::Role')
      .map(([id, role]) => {
        const policies = resources.filter(([, one]) =>
          listAt(one, 'Properties', 'Roles').some(ref => textAt(ref, 'Ref') === id),
        );
        return JSON.stringify([role, policies]);
      });
  },
  ack: text => {
    const of = ofKind(text);
    return of('Role').map(role => {
      const refs = listAt(role, 'spec', 'policyRefs').map(ref => textAt(ref, 'from', 'name'));
      return JSON.stringify([role, of('Policy').filter(one => refs.includes(nameOf(one)))]);
    });
  },
  crossplane: text => {
    const of = ofKind(text);
    const ref = (one: JsonObject, field: string): string | undefined =>
      textAt(one, 'spec', 'forProvider', field, 'name');
    return of('Role').map(role => {
      const refs = of('RolePolicyAttachment')
        .filter(one => ref(one, 'roleRef') === nameOf(role))
        .map(one => ref(one, 'policyArnRef'));
      return JSON.stringify([role, of('Policy').filter(one => refs.includes(nameOf(one)))]);
    });
  },
};

function ofKind(text: string): (kind: string) => JsonObject[] {
  const objects = loadAll(text).filter(isMap);
  return kind => objects.filter(one => one['kind'] === kind);
}

function nameOf(object: JsonObject): string | undefined {
  return textAt(object, 'metadata', 'name');
}

test.for(Object.keys(readers))('as %s roles of the same name keep what is theirs', async format => {
  const roles = readers[format]?.(await printed('same-names', format, ...FILLED)) ?? [];
  const own = roles.map(role => [
    [...new Set(role.match(/\b\d{12}\b/g))].join(),
    [...new Set(role.match(/(?<=:parameter)[\w/-]+/g))].join(),
  ]);
  expect(own.sort()).toEqual([
    ['111111111111', '/shop/reader'],
    ['123456789012', '/a-b/c'],
    ['123456789012', '/a/b-c'],
    ['123456789012', '/shop/own'],
    ['222222222222', '/bank/reader'],
  ]);
});

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
    const own = (readers[format]?.(stdout) ?? []).flatMap(
      role => role.match(/:parameter[\w/-]+/g) ?? [],
    );
    expect(own.sort()).toEqual([':parameter/dev/stripe', ':parameter/prod/stripe']);
  },
);
