import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KubeObject } from '../../generator/core/kube-object.ts';
import { effectiveForm } from '../../generator/diff/field-changes.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { byIdentity, folderOf, root, runMain } from '../machine.ts';
import { expandText } from '../spec-text.ts';

const golden = join(root, 'test/golden');

test.for(readdirSync(golden))('%s is imported as a spec that makes the same', async name => {
  // A copy, as the repository around a tree is read too.
  const tree = folderOf([['.git/HEAD', 'ref: refs/heads/main\n']]);
  cpSync(join(golden, name, 'expected'), tree, { recursive: true });
  const overlays = join(tree, 'overlays');
  const names = existsSync(overlays) ? readdirSync(overlays) : [];
  const paths =
    names.length === 0 ? [join(tree, 'base')] : names.map(one => `${one}=${join(overlays, one)}`);
  const folder = folderOf();

  const { status, stdout } = await runMain(folder, [
    '--format',
    'json',
    'import',
    '--name',
    'shop',
    ...paths,
  ]);
  expect({ status, differences: differencesIn(JSON.parse(stdout).environments) }).toEqual({
    status: 0,
    differences: [],
  });
  const spec = readFileSync(join(folder, 'rem-secrets.yaml'), 'utf8');
  await expect(spec).toMatchFileSnapshot(join(root, 'test/adopt/golden', `${name}.yaml`));
  expect(await runMain(folder, 'expand')).toMatchObject({ status: 0 });
  const deployers = ['argocd', 'flux'].filter(one => existsSync(join(tree, one)));
  expect(filesIn(folder, deployers), 'who applies it').toBe(filesIn(tree, deployers));
  if (filesIn(folder) === filesIn(tree)) return; // The same files are built to the same.
  const meant = unitsOf(readFileSync(join(golden, name, 'rem-secrets.yaml'), 'utf8'));
  expect(unitsOf(spec)).toEqual(meant);
});

/** What a spec means for each environment, which is what kustomize builds of its tree (test/make/golden-built.slow.test.ts). */
function unitsOf(spec: string): Record<string, Record<string, KubeObject>> {
  const { value } = expandText(spec);
  if (value === undefined) throw new Error('the spec has faults');
  const units = value.units.length === 0 ? [value.base] : value.units;
  return Object.fromEntries(
    units.map(({ name, objects }) => [name, inEffect(objects.map(({ object }) => object))]),
  );
}

/** All that kustomize builds of a tree, or what is in some of its folders, as one text. */
function filesIn(tree: string, folders: readonly string[] = ['base', 'overlays']): string {
  const files = folders.flatMap(one =>
    nodeHost(tree)
      .listFiles(one)
      .map(file => join(one, file)),
  );
  return files.map(file => `${file}\n${readFileSync(join(tree, file), 'utf8')}`).join('\n');
}

/** Objects as `diff` compares them. */
function inEffect(objects: readonly KubeObject[]): Record<string, KubeObject> {
  return byIdentity(objects.map(effectiveForm));
}

function differencesIn(environments: readonly { readonly differences: readonly unknown[] }[]) {
  return environments.flatMap(({ differences }) => [...differences]);
}
