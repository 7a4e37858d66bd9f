import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService } from 'yaml-language-server';
import { folderOf, root, runMain } from '../machine.ts';

let versions = 0;

/** What yaml-language-server says of a spec at the sign `|`, by a schema. */
async function ask(spec: string, uri: string) {
  const offset = spec.indexOf('|');
  const text = spec.replace('|', '');
  const service = getLanguageService({
    schemaRequestService: async url => readFileSync(new URL(url), 'utf8'),
    workspaceContext: { resolveRelativePath: (path, from) => new URL(path, from).href },
  });
  service.configure({
    completion: true,
    hover: true,
    validate: true,
    schemas: [{ uri, fileMatch: ['*'] }],
  });
  versions += 1; // the server keeps a text that it has parsed by its version
  const document = TextDocument.create('file:///rem-secrets.yaml', 'yaml', versions, text);
  const position = document.positionAt(offset);
  const hover = await service.doHover(document, position);
  const completion = await service.doComplete(document, position, false);
  const faults = await service.doValidation(document, false);
  return {
    hover: JSON.stringify(hover?.contents ?? ''),
    names: completion.items.map(({ label }) => label),
    faults: faults.map(({ message }) => message),
  };
}

const HEAD = `apiVersion: rem-secrets.io/v1alpha1
kind: RemSecrets
metadata: { name: shop }
spec:
  namespace: shop
`;

const inPackage = pathToFileURL(join(root, 'schemas/rem-secrets.schema.json')).href;

async function printed(): Promise<string> {
  const { stdout } = await runMain(folderOf(), 'schema');
  return pathToFileURL(
    join(folderOf([['rem-secrets.schema.json', stdout]]), 'rem-secrets.schema.json'),
  ).href;
}

test.for([
  ['of the package', async () => inPackage],
  ['that `schema` prints', printed],
] as const)('an editor completes and explains a spec by the schema %s', async ([, uriOf]) => {
  const uri = await uriOf();
  const database = await ask(
    `${HEAD}  databases:\n    db:\n      storage: 10Gi\n      affinity:\n        |`,
    uri,
  );
  expect(database.names).toEqual(expect.arrayContaining(['topologyKey', 'nodeSelector']));
  const workload = await ask(
    `${HEAD}  workloads:\n    api:\n      image: example/api:1\n      secur|ity: restricted\n`,
    uri,
  );
  expect(workload.hover).toContain('preset');
  expect(workload.faults).toEqual([]);
  const wrong = await ask(
    `${HEAD}  workloads:\n    api: { imag|e: example/api:1, tolerations: 1 }\n`,
    uri,
  );
  expect(wrong.faults).toHaveLength(1);
});

test.for([
  'rem-secrets.schema.json',
  '../node_modules/rem-secrets/schemas/rem-secrets.schema.json',
])('init and import write the line for editors where %s is', async schema => {
  const folder = folderOf({
    [join('deploy', schema)]: '{}',
    '.git/HEAD': 'ref: refs/heads/main\n',
    'deploy/a.yaml':
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, namespace: shop }\ndata: { a: b }\n',
  });
  const deploy = join(folder, 'deploy');
  const line = `# yaml-language-server: $schema=${schema}\n`;
  expect(await runMain(deploy, 'init --yes')).toMatchObject({ status: 0 });
  expect(readFileSync(join(deploy, 'rem-secrets.yaml'), 'utf8')).toMatch(line);
  expect(await runMain(deploy, 'import --overwrite a.yaml')).toMatchObject({ status: 0 });
  expect(readFileSync(join(deploy, 'rem-secrets.yaml'), 'utf8').slice(0, line.length)).toBe(line);
});
