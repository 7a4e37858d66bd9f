import { expect, test } from 'vitest';
import { folderOf, objectsOf, runMain } from '../machine.ts';
import { blocks } from '../markdown-blocks.ts';

test('the worked example of docs/inject.md is what comes of it', async () => {
  const [injection = '', before = '', after = ''] = blocks('docs/inject.md', 'yaml');
  const folder = folderOf({ 'injection.yaml': injection, 'web.yaml': before, 'after.yaml': after });
  for (const file of ['web.yaml', 'after.yaml']) {
    const ran = await runMain(folder, ['inject', file, '--config', 'injection.yaml']);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(objectsOf(ran.stdout)).toEqual(objectsOf(after));
  }
});
