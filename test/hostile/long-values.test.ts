import { expect, test } from 'vitest';
import { folderOf, runMain } from '../machine.ts';

test('a value of ten million characters is read', async () => {
  const value = 'x'.repeat(10_000_000);
  const text = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: long, namespace: shop }\ndata:\n  a: '${value}'\n`;
  const { status, stdout } = await runMain(folderOf([['long.yaml', text]]), ['lint', 'long.yaml']);
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'no findings in 1 object\n' });
});
