import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root: string = fileURLToPath(new URL('../../', import.meta.url));

/** Of a checkout that is read, and in CI, no compiled code is run (generator/shell/start.ts). */
const ELSEWHERE = tmpdir();

/** A program with its arguments, run in a folder. */
export interface Command {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly input?: string;
}

/**
 * A measured number, with what it should not exceed: at most 1.3 times what was measured, or a tenth more than in
 * proportion. Without that it is shown for comparison only.
 */
export type Row = readonly [
  what: string,
  value: number,
  unit: 'ratio' | 'seconds' | 'MB',
  goal?: number,
];

/** Seconds and memory tell of the machine and its Node, so only a ratio can miss its goal. */
export function isMissed([, value, unit, goal]: Row): boolean {
  return unit === 'ratio' && goal !== undefined && !(value <= goal);
}

/** One of our launchers. */
export function launcher(name: 'rem-secrets' | 'rem-secrets-fn'): string {
  return needed(join(root, 'generator', name), 'check out generator/');
}

/** A call of the command line. */
export function rem(cwd: string | undefined, ...args: readonly string[]): Command {
  return { argv: [launcher('rem-secrets'), ...args], ...(cwd !== undefined && { cwd }) };
}

/** A pinned program. */
export function tool(
  name: 'dyff' | 'helm/helm' | 'kubeconform' | 'kustomize' | 'kustomize-builder',
): string {
  return needed(join(root, '.tools', name), 'run `make bench-peers`');
}

/** A command that has run as often as runs add to the compiled code that it starts from. */
export function settled(command: Command): Command {
  for (let run = 0; run < 3; run += 1) ran(command);
  return command;
}

/**
 * CPU seconds of a command and its children, user and system; bash tells milliseconds. As the first process of a
 * namespace it also counts processes that outlive the one which started them, as the kustomize that stays does; where
 * the system has no namespaces for us, it does not.
 */
export function cpuOf({ argv, ...rest }: Command): number {
  const bash = needed('/bin/bash', 'install bash');
  const script = '"$@" >/dev/null && sleep 0.05 && times >&2';
  const { stderr } = ran({ argv: [...APART, bash, '-c', script, 'bash', ...argv], ...rest });
  const [, ...times] = /(\d+)m([\d.]+)s (\d+)m([\d.]+)s\s*$/.exec(stderr) ?? [];
  const [minutes, user, systemMinutes, system] = times.map(Number);
  if (system === undefined) throw new Error(`no times in: ${stderr}`);
  return 60 * (Number(minutes) + Number(systemMinutes)) + Number(user) + system;
}

const NAMESPACE = ['unshare', '--user', '--map-root-user', '--pid', '--fork'];

const APART = spawnSync('unshare', [...NAMESPACE.slice(1), 'true']).status === 0 ? NAMESPACE : [];

/** Peak memory of a command in MB (10⁶ bytes). */
export function peakMemoryOf({ argv, ...rest }: Command): number {
  const time = needed('/usr/bin/time', 'install the package `time`');
  const { stderr } = ran({ argv: [time, '-f', 'peak %M', ...argv], ...rest });
  return (Number(/peak (\d+)\s*$/.exec(stderr)?.[1]) * 1024) / 1e6;
}

/** The stdout of a command. */
export function outputOf(command: Command): string {
  return ran(command).stdout;
}

/**
 * Measures two things in turn, A B A B …, so that a slow spell of the machine meets both. The
 * ratio is the median of the pairs' ratios; `a` and `b` are medians.
 */
export function compare(
  a: () => number,
  b: () => number,
  pairs: number,
): { readonly ratio: number; readonly a: number; readonly b: number } {
  const measured = Array.from({ length: pairs }, () => ({ a: a(), b: b() }));
  return {
    ratio: median(measured.map(pair => pair.a / pair.b)),
    a: median(measured.map(pair => pair.a)),
    b: median(measured.map(pair => pair.b)),
  };
}

/** The same of the CPU seconds of two commands. */
export function compareCpu(a: Command, b: Command, pairs: number): ReturnType<typeof compare> {
  return compare(
    () => cpuOf(a),
    () => cpuOf(b),
    pairs,
  );
}

/** Makes what is in a folder a commit of it. */
export function commitAll(cwd: string): void {
  const who = ['-c', 'user.name=bench', '-c', 'user.email=bench'];
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    [...who, 'commit', '-qm', 'change'],
  ])
    outputOf({ argv: ['git', ...args], cwd });
}

/** CPU seconds of this process for something; the first time, which compiles code, is not counted. */
export function cpuInProcess(what: () => void): () => number {
  what();
  return () => {
    const before = process.cpuUsage();
    what();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
}

/** The middle one; the upper of two. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

function ran({ argv: [program = '', ...args], cwd = ELSEWHERE, input = '' }: Command): Ran {
  // Node 20 reads the certificates that a machine may add at every start: they hide what a run takes beside it.
  const env = { ...process.env, CI: '', NODE_EXTRA_CA_CERTS: undefined };
  const options = { cwd, env, input, encoding: 'utf8', maxBuffer: 1 << 29 } as const;
  const { status, stdout, stderr, error } = spawnSync(program, args, options);
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${args.join(' ')} exited with ${status}: ${stderr}`);
  return { stdout, stderr };
}

function needed(path: string, how: string): string {
  if (!existsSync(path)) throw new Error(`${path} is missing; ${how}`);
  return path;
}
