import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { blocks } from '../markdown-blocks.ts';

/** Files that the examples name. */
const manifests: readonly (readonly [string, string])[] = [
  [
    'manifests/api-ingress.yaml',
    'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: api }\nspec: { defaultBackend: { service: { name: api, port: { name: http } } } }\n',
  ],
  ['files/start.sh', 'exec worker --verbose\n'],
  ['files/app.ini', 'level = info\n'],
  ['files/install.sql', 'CREATE TABLE orders (id bigint);\n'],
  [
    'manifests/quota.yaml',
    'apiVersion: v1\nkind: ResourceQuota\nmetadata: { name: shop }\nspec: { hard: { pods: 50 } }\n',
  ],
];

const header = 'apiVersion: rem-secrets.io/v1alpha1\nkind: RemSecrets\nmetadata: { name: shop }\n';

const examples = ['docs/spec.md', 'docs/resources.md', 'docs/versions.md'].flatMap(file =>
  blocks(file, 'yaml').map((text, index) => [`${file}, example ${index + 1}`, text] as const),
);

test.for(examples)('%s expands, is valid, and lint finds no error', async ([, text]) => {
  const folder = folderOf([['rem-secrets.yaml', header + text], ...manifests]);
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  expect(await runMain(folder, 'validate')).toMatchObject({ status: 0, stderr: '' });
  const { status, stdout } = await runMain(folder, 'lint --format json');
  expect(
    JSON.parse(stdout).findings.filter((found: { severity: string }) => found.severity === 'error'),
  ).toEqual([]);
  expect(status).toBeLessThan(2);
});
