import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';

/** Nothing but a list at first sight, and refused by kustomize (api/types/kustomization.go, 5.8). */
test.for([
  'resources: { a: a.yaml }',
  'resources: a.yaml',
  'resources:',
  'resources: [1]',
  'kind: Other\nresources: [a.yaml]',
  'apiVersion: example.com/v1\nresources: [a.yaml]',
  'kind: Kustomization',
])('what only looks like a list of files is not passed over: %j', async text => {
  const folder = folderOf([
    ['other/kustomization.yaml', 'resources: [a.yaml]\n'],
    ['other/a.yaml', '{ apiVersion: v1, kind: ConfigMap, metadata: { name: a } }\n'],
    ['prod/kustomization.yaml', `${text}\n`],
  ]);
  const { status, stdout } = await runMain(folder, ['lint', '.']);
  expect(stdout).toMatch(/^prod\/kustomization\.yaml:.* error: kustomize cannot build it: /m);
  expect(status).toBe(1);
});
