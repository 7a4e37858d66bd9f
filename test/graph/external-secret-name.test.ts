import { expect, test } from 'vitest';
import { targetPath } from '../../generator/kinds/eso/external-secret-spec.ts';
import { graphOf } from './graph-of.ts';

function madeBy(spec: string): { secrets: string[]; at: string } {
  const yaml = `{ apiVersion: external-secrets.io/v1, kind: ClusterExternalSecret, metadata: { name: everywhere }, spec: ${spec} }`;
  const { secrets, externalSecrets } = graphOf(yaml);
  const [first] = externalSecrets;
  return { secrets: [...secrets.keys()], at: first ? targetPath(first).join('.') : '' };
}

test.for([
  ['data: [{ secretKey: k }]', 'a/everywhere', 'metadata.name'],
  ['data: []', 'a/keys', 'spec.externalSecretName'],
  ['target: { name: api }', 'a/api', 'spec.externalSecretSpec.target.name'],
])('a Secret that is given no name has that of its ExternalSecret: %s', ([spec, secret, at]) => {
  const named = at === 'metadata.name' ? '' : 'externalSecretName: keys, ';
  const made = madeBy(`{ namespaces: [a], ${named}externalSecretSpec: { ${spec} } }`);
  expect(made).toEqual({ secrets: [secret], at });
});
