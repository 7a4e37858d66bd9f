import { expect, test } from 'vitest';
import { exits, folderOf, objectsOf, run, runMain, tool } from '../machine.ts';

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
  const { stdout } = exits(1, await runMain(folder, 'lint .'));
  expect(stdout).toMatch(/^prod\/kustomization\.yaml:.* error: kustomize cannot build it: /m);
});

const map = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;

/** Objects that kustomize leaves out, takes apart, or refuses. */
test.for([
  map('a'),
  map('a', '  annotations: { config.kubernetes.io/local-config: "true" }\n'),
  map('a', '  annotations: { config.kubernetes.io/local-config: "false" }\n'),
  map('a', '  annotations: { "": b }\n'),
  map('a').replace('name: a', 'generateName: a-'),
  `${map('a')}---\n${map('a', '  namespace: default\n')}`,
  `${map('a')}---\n${map('a', '  namespace: b\n')}`,
  'apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: { name: a }\n- metadata: { name: b }\n',
  'apiVersion: v1\nkind: List\nitems: []\n',
  map('a', 'data: { k: }\n'),
  map('a', 'data:\n  k: >\n    a\n     b\n    c\n'),
])('a list gives what kustomize makes of it: %j', async text => {
  const folder = folderOf([
    ['kustomization.yaml', 'resources: [a.yaml, b.yaml]\n'],
    ['a.yaml', text],
    ['b.yaml', map('b')],
  ]);
  const { status, stdout } = run(tool('kustomize'), ['build', folder]);
  const lint = await runMain(folder, 'lint .');
  if (status !== 0) expect(lint.stdout).toContain('kustomize cannot build it');
  else expect(lint.stdout).toMatch(new RegExp(` in ${objectsOf(stdout).length} objects?\\b`));
});
