import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeHost } from '../../generator/shell/host.ts';
import { folderOf, output, remSecretsFn, run, runKeeping, runMain, tool } from '../machine.ts';
import { combinations, samples } from './init-flags.ts';

test('each combination of flags makes a spec that expands', async () => {
  for (const flags of combinations) {
    const folder = folderOf();
    const { status, stdout, stderr } = await runMain(folder, [
      'init',
      '--yes',
      ...flags.split(' '),
    ]);
    expect({ status, stderr }, flags).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^For editors: .*\nNow change /),
    });
    expect(stdout.trim().split('\n').sort(), flags).toEqual(nodeHost(folder).listFiles('.'));
    expect(await runMain(folder, 'expand'), flags).toMatchObject({ status: 0, stdout: '' });
  }
});

test.for(samples)(
  'what init %s writes is valid, and no reference of it leads nowhere',
  async flags => {
    const folder = folderOf();
    for (const args of [
      ['init', '--yes', '--name', 'shop', ...flags.split(' ')],
      ['expand'],
      ['expand', '--check'],
    ])
      expect(await runMain(folder, args), args.join(' ')).toMatchObject({ status: 0 });
    expect(await runMain(folder, 'validate'), 'validate').toMatchObject({
      status: 0,
      stderr: '',
    });
    const cache = folderOf();
    const lint = await runKeeping(cache, folder, 'lint');
    expect(lint).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^no findings in \d+ objects(?:; read: .+)?\n$/),
    });
    if (flags.includes('--plugin')) expectPlugin(folder);
    else expect((await runKeeping(cache, folder, 'lint .')).status).toBe(0);
  },
);

/** kustomize builds what `render` prints, and fails where it runs no functions. */
function expectPlugin(folder: string): void {
  mkdirSync(join(folder, 'bin'));
  symlinkSync(remSecretsFn, join(folder, 'bin/rem-secrets-fn'));
  const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` };
  const args = ['build', '--enable-alpha-plugins', folder];
  const built = output(tool('kustomize'), [...args, '--enable-exec'], { env });
  expect(built).toContain('kind: Deployment');
  expect(run(tool('kustomize'), args, { env }).status).toBe(1);
}
