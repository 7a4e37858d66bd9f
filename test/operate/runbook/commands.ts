import { chmodSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf, run } from '../../machine.ts';

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

/** Logs its arguments, and what the files among them hold; says what the next one in a pipe needs. */
const FAKE = `#!/usr/bin/env bash
log="$FAKES/calls/$$-\${0##*/}"
{ printf '%s\\0' "\${0##*/}" "$@"; } > "$log"
for word in "$@"; do
  case "$word" in
    --from-file=*=/dev/fd/*) cat "\${word##*=}" > "$FAKES/given/$$-\${word//[^a-zA-Z0-9]/_}" ;;
    @/dev/fd/*) cat "\${word#@}" > "$FAKES/given/$$-header" ;;
    *=file:///dev/stdin|--filename=-) cat > "$FAKES/given/$$-stdin" ;;
    --output=jsonpath=*ADMIN*) printf %s "$HELD" | base64 ;;
    --dry-run=client) printf 'an object' ;;
    --join-output) cat ;;
    namespace/*) exit 1 ;;
    http://127.0.0.1:6006/v1/system/api_keys) printf 'a new key' ;;
  esac
done
`;

/** Runs a command with bash, on a machine that has no program of its kind but ours. */
export function tellOf(command: string): Told {
  const programs = ['kubectl', 'aws', 'curl', 'jq', 'touch', 'rem-secrets'];
  const folder = folderOf([
    ...programs.map(name => [`bin/${name}`, FAKE] as const),
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
