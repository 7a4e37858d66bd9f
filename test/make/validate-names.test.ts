import { expect, test } from 'vitest';
import { exits, folderOf, runMain } from '../machine.ts';

async function validate(metadata: string): Promise<string> {
  const pod = `apiVersion: v1\nkind: Pod\n${metadata}\nspec: { containers: 5 }\n`;
  return exits(1, await runMain(folderOf([['pod.yaml', pod]]), 'validate pod.yaml')).stderr;
}

// kubeconform names such objects in ways of its own, and both must be seen to mean the same.
test.for<[metadata: string, name: string]>([
  ['metadata: { name: web }', 'Pod web'],
  ['metadata: { name: 5 }', 'Pod 5'],
  ['metadata: { generateName: web- }', 'Pod'],
  ['metadata: { name: web, generateName: web- }', 'Pod web'],
  ['metadata:', 'Pod'],
  ['# no metadata', 'Pod'],
  ['metadata: text', 'Pod'],
  ['metadata: { name: { toString: 1 } }', 'Pod'],
  ['metadata: { name: [web] }', 'Pod'],
])('a Pod with %s', async ([metadata, name]) => {
  const stderr = await validate(metadata);
  expect(stderr).toContain(`error: ${name}: "containers" must be a list`);
  expect(stderr).not.toContain('validators-disagree');
});
