import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../machine.ts';
import { commandsIn } from '../operate/runbook/commands.ts';

/** Why a command of a runbook cannot be run here (docs/e2e.md#limits). */
const NOT_HERE: readonly (readonly [command: RegExp, why: string])[] = [
  [/\baws /, 'make parliament runs it'],
  [/^curl /, 'no Phoenix runs'],
  [/ port-forward /, 'no container runs'],
  [/ rollout status deployment\/otel-collector-collector /, 'no operator of collectors runs'],
];

/** The commands of a committed runbook that a control plane can show. */
export function runbookCommands(environment: string): string[] {
  const markdown = readFileSync(join(root, 'runbook', `${environment}.md`), 'utf8');
  return commandsIn(markdown).filter(command => NOT_HERE.every(([form]) => !form.test(command)));
}

/** Runs a command as somebody would who types a value whenever one is asked for. */
export function ranByHand(
  command: string,
): Promise<{ readonly command: string; readonly status: number | null; readonly said: string }> {
  const bash = spawn('bash', ['-c', command], { cwd: root, stdio: ['pipe', 'ignore', 'pipe'] });
  bash.stdin.on('error', () => {});
  bash.stdin.end('typed by somebody\n'.repeat(5));
  let said = '';
  bash.stderr.setEncoding('utf8').on('data', text => {
    said += text;
  });
  return new Promise(resolve => bash.on('close', status => resolve({ command, status, said })));
}
