import { join } from 'node:path';
import { expect, test } from 'vitest';
import { filesOf } from '../cases.ts';
import { exits, readText, root } from '../machine.ts';
import { casesIn } from './cases.ts';
import { changed } from './repository.ts';

test.for(casesIn('example-world.yaml'))('%s is what is said', async ([, { base, head }]) => {
  const { stdout } = exits(1, await changed(filesOf(base), filesOf(head)));
  const file = join(root, 'docs/rendered-diff.md');
  const text = readText(file).replace(/(?<=```text\n)[\s\S]*?(?=```)/, () => stdout);
  await expect(text).toMatchFileSnapshot(file);
});
