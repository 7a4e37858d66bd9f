import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, readText, run } from '../../machine.ts';

/** The commands of a runbook in Markdown, each once. */
export function commandsIn(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```sh\n(.*)\n```$/gm)].map(([, command = '']) => command);
  return [...new Set(blocks)];
}

/** What people type when they are asked, and what a Secret of the cluster holds. */
export const TYPED: readonly string[] = ['typed-0', 'typed-1', 'typed-2', 'typed-3'];
export const HELD = 'held-in-the-cluster';

/** What a command did on a machine where the programs are others. */
export interface Told {
  readonly status: number | null;
  readonly stderr: string;
  /** Each program that was started, with its arguments. */
  readonly calls: readonly (readonly string[])[];
  /** What was handed to them otherwise than by arguments. */
  readonly given: readonly string[];
  /** Files that should not be there. */
  readonly left: readonly string[];
}

/** Runs a command with bash, on a machine that has no program of its kind but ours. */
export function tellOf(command: string): Told {
  const programs = ['kubectl', 'aws', 'curl', 'jq', 'touch', 'rem-secrets'];
  const fake = readText(import.meta.dirname, 'fake.sh');
  const folder = folderOf([
    ...programs.map(name => [`bin/${name}`, fake] as const),
    ['calls/.keep', ''],
    ['given/.keep', ''],
    ['cwd/.keep', ''],
    ['typed', TYPED.map(value => `${value}\n`).join('')],
  ]);
  for (const name of programs) chmodSync(join(folder, 'bin', name), 0o755);
  const { status, stderr } = run('bash', ['-c', `exec < ../typed\n${command}`], {
    cwd: join(folder, 'cwd'),
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, FAKES: folder, HELD },
  });
  const filesIn = (name: string): string[] =>
    readdirSync(join(folder, name))
      .filter(file => file !== '.keep')
      .map(file => readFileSync(join(folder, name, file), 'utf8'));
  return {
    status,
    stderr,
    calls: filesIn('calls').map(text => text.split('\0').slice(0, -1)),
    given: filesIn('given').sort(),
    left: existsSync('/tmp/owned') ? ['/tmp/owned'] : filesIn('cwd'),
  };
}
