import { appendFileSync, cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expandedText } from '../../generator/environments/expanded.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { byIdentity, folderOf, kustomizeBuild, objectsOf, root } from '../machine.ts';

const golden = join(root, 'test/golden');

/** A spec beside the tree that it makes. */
function madeTree(name: string): string {
  const folder = folderOf();
  for (const from of ['expected', 'rem-secrets.yaml'])
    cpSync(join(golden, name, from), join(folder, from === 'expected' ? '.' : from), {
      recursive: true,
    });
  return folder;
}

test('what stands for a large build has the objects that kustomize makes of the tree', () => {
  const compared = readdirSync(golden).flatMap(name => {
    const folder = madeTree(name);
    const overlays = readdirSync(join(folder, 'overlays')).map(overlay => `overlays/${overlay}`);
    return ['base', ...overlays].filter(path => {
      const text = expandedText(path, nodeHost(folder));
      if (text === undefined) return false;
      const built = kustomizeBuild(join(folder, path));
      expect(byIdentity(objectsOf(text)), `${name} ${path}`).toEqual(byIdentity(built));
      return true;
    });
  });
  expect(compared.length).toBeGreaterThan(40);
});

test("nothing stands for the build of a folder in which a file is not the spec's", () => {
  const folder = madeTree('variables');
  const path = 'overlays/dev';
  expect(expandedText(path, nodeHost(folder))).toBeDefined();
  appendFileSync(join(folder, path, 'kustomization.yaml'), '\n');
  expect(expandedText(path, nodeHost(folder))).toBeUndefined();
});
