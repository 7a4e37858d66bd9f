import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';
import { configMap, fluxKustomization } from '../manifests.ts';

test('a text that variables make too long is not read, and is not left as it is written', async () => {
  const postBuild = 'postBuild: { substituteFrom: [{ kind: ConfigMap, name: vars }] }';
  const vars = configMap('vars', `{ A: "${'a'.repeat(1_000_000)}" }`);
  const folder = folderOf({
    'flux/web.yaml': fluxKustomization('web', 'web', postBuild),
    'flux/vars.yaml': vars.replace('namespace: shop', 'namespace: flux-system'),
    'web/a.yaml': configMap('web', `{ a: "${`\${A}`.repeat(12)}" }`),
  });
  const { status, stdout } = await runMain(folder, 'lint .');
  expect(stdout).toContain('not read: its variables make it longer than all that a cluster takes');
  expect(status).toBe(1);
});
