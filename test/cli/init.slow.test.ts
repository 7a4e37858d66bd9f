import { mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, test } from 'vitest';
import { DEPLOYERS, SERVERS, STORES } from '../../generator/init/command.ts';
import { nodeHost } from '../../generator/shell/host.ts';
import { folderOf, output, remSecretsFn, run, runKeeping, runMain, tool } from '../machine.ts';

const USES = {
  none: '',
  github: ' --uses platform/rem-secrets@v1',
  gitlab: ' --uses git.example.com/platform/rem-secrets/rem-secrets@1.0.0',
};
const REPOSITORY = '--repository https://git.example.com/platform/shop.git';

/** The flags of every first spec. */
const specs: readonly string[] = STORES.flatMap(store =>
  ['--database', '--no-database'].map(database => `--store ${store} ${database}`),
);

/** The flags of everything beside it. */
const beside: readonly string[] = DEPLOYERS.flatMap(deployer =>
  SERVERS.flatMap(ci =>
    ['', ' --plugin'].map(
      plugin =>
        `--deployer ${deployer}${deployer === 'argocd' ? ` ${REPOSITORY}` : ''} --ci ${ci}${USES[ci]}${plugin}`,
    ),
  ),
);

/** What a first spec depends on, as flags: each of it with some of everything beside it. */
const combinations: readonly string[] = specs.flatMap((spec, at) =>
  beside.filter((_, index) => index % 6 === at % 6).map(flags => `${spec} ${flags}`),
);

/** Of these every first spec once, and some of everything beside it. */
const samples: readonly string[] = specs.map(
  (spec, index) => `${spec} ${beside[(index * 5) % beside.length]}`,
);

test('each combination of flags makes a spec that expands', async () => {
  for (const flags of combinations) {
    const folder = folderOf();
    const { status, stdout, stderr } = await runMain(folder, `init --yes ${flags}`);
    expect({ status, stderr }, flags).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^For editors: .*\nNow change /),
    });
    expect(stdout.trim().split('\n').sort(), flags).toEqual(nodeHost(folder).listFiles('.'));
    expect(await runMain(folder, 'expand'), flags).toMatchObject({ status: 0, stdout: '' });
  }
});

test.for(samples)('what init %s writes is valid, and so are its references', async flags => {
  const folder = folderOf();
  for (const line of [`init --yes --name shop ${flags}`, 'expand', 'expand --check'])
    expect(await runMain(folder, line), line).toMatchObject({ status: 0 });
  expect(await runMain(folder, 'validate'), 'validate').toMatchObject({ status: 0, stderr: '' });
  const cache = folderOf();
  expect(await runKeeping(cache, folder, 'lint')).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^no findings in \d+ objects(?:; read: .+)?\n$/),
  });
  if (flags.includes('--plugin')) expectPlugin(folder);
  else expect((await runKeeping(cache, folder, 'lint .')).status).toBe(0);
});

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
