import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { folderOf, remSecrets } from '../../machine.ts';
import { type FakeOptions, fakeAws } from './fake-aws.ts';
import { NAMES, readsMany } from './reads-many.ts';

const THERE = Object.fromEntries(NAMES.map(name => [name, {}]));

test.for<NodeJS.Signals>(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  'a check that %s ends says how to go on, and another one does',
  async signal => {
    const folder = folderOf([['in.yaml', readsMany('ParameterStore')]]);
    const aws = await fakeAws();
    const check = async (
      options: FakeOptions,
      onCall: (kill: () => void, count: number) => void,
    ) => {
      const env = { PATH: process.env['PATH'], ...aws.env, XDG_CACHE_HOME: folder };
      let kill = (): void => {};
      const calls = aws.become({ ...options, onCall: count => onCall(kill, count) });
      const child = spawn(remSecrets, ['params', 'check', 'in.yaml'], { cwd: folder, env });
      kill = () => void child.kill(signal);
      let said = '';
      child.stderr.setEncoding('utf8').on('data', text => {
        said += text;
      });
      const ended = await new Promise<[number | null, string | null]>(resolve =>
        child.on('close', (status, by) => resolve([status, by])),
      );
      return { ended, said, calls: calls.length };
    };
    const broken = await check({ parameters: THERE, throttled: 0 }, (kill, count) => {
      if (count === 2) kill();
    });
    // A shell in between tells it by a number.
    expect([...broken.ended].join()).toMatch(new RegExp(`^,${signal}$|^(?:129|130|143),$`));
    expect(broken.said).toMatch(
      /^rem-secrets: broken off: (?:50|100) of 120 names were answered; the same command goes on from there within an hour\n$/,
    );
    const resumed = await check({ parameters: THERE }, () => {});
    expect(resumed).toMatchObject({ ended: [0, null] });
    expect(resumed.said).toMatch(
      /^rem-secrets: resumed: (?:50|100) of 120 names were answered at .{20}; --no-cache asks for all\nrem-secrets: 120 entries checked, 0 findings\n$/,
    );
  },
);
