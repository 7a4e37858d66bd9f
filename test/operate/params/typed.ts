import { spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** What somebody types at a terminal, once it shows this. */
export type Keys = readonly [shown: string, typed: string];

/**
 * Runs a line of the shell on a real terminal, whose kernel echoes what is typed unless a program tells it
 * not to. Gives all that the terminal showed, without carriage returns.
 */
export function typedAt(
  line: string,
  keys: readonly Keys[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<string> {
  // `script` (util-linux) makes the terminal: what comes through the pipe is typed there.
  const args = ['--quiet', '--echo', 'always', '--command', line, '/dev/null'];
  const terminal = spawn('script', args, { ...options, stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void terminal.kill());
  const left = [...keys];
  let [seen, shown] = ['', ''];
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    seen += text;
    for (let next = left[0]; next !== undefined && seen.includes(next[0]); next = left[0]) {
      left.shift();
      seen = '';
      terminal.stdin.write(next[1]);
    }
  });
  return new Promise((resolve, reject) => {
    terminal.on('error', reject);
    terminal.on('close', () =>
      left.length === 0
        ? resolve(shown.replaceAll('\r', ''))
        : reject(new Error(`the terminal never showed ${left[0]?.[0]}: ${shown}`)),
    );
  });
}
