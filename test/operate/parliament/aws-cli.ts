import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, runMain } from '../../machine.ts';
import { fakeAws } from '../params/fake-aws.ts';
import { commandsIn } from '../runbook/commands.ts';

/** AWS's own program, in the folder that `make parliament` fills. */
const programs = join(root, '.tools/parliament/bin');

const TYPED = 'typed "by" somebody, $HOME';

/** What somebody sees who runs a command of a runbook, and types a value when asked. */
async function ranWith(
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const path = `${programs}:/usr/bin:/bin`;
  const bash = spawn('bash', ['-c', command], { env: { ...env, PATH: path, HOME: '/nowhere' } });
  bash.stdin.end(`${TYPED}\n`);
  let [stdout, stderr] = ['', ''];
  bash.stdout.setEncoding('utf8').on('data', text => {
    stdout += text;
  });
  bash.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  const status = await new Promise<number | null>(resolve => bash.on('close', resolve));
  return { status, stdout, stderr };
}

const mixed = join(root, 'test/operate/runbook/cases/mixed');

test.for([
  ['prod', readFileSync(join(root, 'runbook/prod.md'), 'utf8')],
  ['mixed', (await runMain(mixed, ['runbook', 'in.yaml'])).stdout],
] as const)('the AWS CLI runs every command of AWS of the runbook %s', async ([, runbook]) => {
  expect(existsSync(join(programs, 'aws')), 'run `make parliament`').toBe(true);
  const { env, state } = await fakeAws();
  const commands = commandsIn(runbook).filter(
    command => command.includes('aws ') && !command.startsWith('curl'),
  );
  expect(commands.length).toBeGreaterThan(3);
  for (const command of commands) {
    const { status, stdout, stderr } = await ranWith(command, env);
    expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: '' });
    const isRead = /get-parameter |get-secret-value /.test(command);
    const isList = /describe-/.test(command);
    if (isRead) expect(stdout).toBe(`${TYPED}\n`);
    if (isList) expect(stdout).toMatch(/^[\w/-]+\t/);
  }
  const all = [...state.parameters.values(), ...state.secrets.values()];
  for (const { value, type } of all) expect([value, type]).toEqual([TYPED, all[0]?.type]);
});
