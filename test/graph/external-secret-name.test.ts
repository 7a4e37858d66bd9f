import { expect, test } from 'vitest';
import { targetPath } from '../../generator/kinds/eso/external-secret-spec.ts';
import { graphOf } from './graph-of.ts';

function madeBy(spec: string): { secrets: string[]; at: string } {
  const yaml = `{ apiVersion: external-secrets.io/v1, kind: ClusterExternalSecret, metadata: { name: everywhere }, spec: ${spec} }`;
  const { secrets, externalSecrets } = graphOf(yaml);
  const [first] = externalSecrets;
  return { secrets: [...secrets.keys()], at: first ? targetPath(first).join('.') : '' };
}

test('a Secret that is given no name has that of its ExternalSecret', () => {
  expect(madeBy('{ namespaces: [a], externalSecretSpec: { data: [{ secretKey: k }] } }')).toEqual({
    secrets: ['a/everywhere'],
    at: 'metadata.name',
  });
  expect(
    madeBy('{ namespaces: [a], externalSecretName: keys, externalSecretSpec: { data: [] } }'),
  ).toEqual({ secrets: ['a/keys'], at: 'spec.externalSecretName' });
  expect(
    madeBy(
      '{ namespaces: [a], externalSecretName: keys, externalSecretSpec: { target: { name: api } } }',
    ),
  ).toEqual({ secrets: ['a/api'], at: 'spec.externalSecretSpec.target.name' });
});
