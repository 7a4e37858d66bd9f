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

/** A measured number, with what it should not exceed. */
export interface Row {
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: 'ratio' | 'seconds' | 'MB';
  /** Absent: shown for comparison only. */
  readonly target?: number;
}

/** One of our launchers. */
export function launcher(name: 'rem-secrets' | 'rem-secrets-fn'): string {
  return needed(join(root, 'generator', name), 'check out generator/');
}

/** The pinned kustomize. */
export function kustomize(): string {
  return needed(join(root, '.tools/kustomize'), 'run `make tools`');
}

/** The pinned kubeconform. */
export function kubeconform(): string {
  return needed(join(root, '.tools/kubeconform'), 'run `make tools`');
}

/** The pinned dyff. */
export function dyff(): string {
  return needed(join(root, '.tools/dyff'), 'run `make bench-tools`');
}

/** A command that has run as often as runs add to the compiled code that it starts from. */
export function settled(command: Command): Command {
  for (let run = 0; run < 3; run += 1) ran(command);
  return command;
}

/**
 * A command without the certificates that a machine may add, which Node 20 reads at every start: they hide
 * what a run takes beside it.
 */
export function bare(command: Command): Command {
  return { ...command, argv: ['env', '-u', 'NODE_EXTRA_CA_CERTS', ...command.argv] };
}

/** CPU seconds of a command and its children, user and system. */
export function cpuOf(command: Command): number {
  const { user, system } = timesOf(command);
  return user + system;
}

/** Seconds until a command is over. Other work on the machine counts: only pairs can be compared. */
export function wallOf(command: Command): number {
  return timesOf(command).wall;
}

/** Bash tells milliseconds. */
function timesOf({ argv, cwd = ELSEWHERE }: Command): Record<'wall' | 'user' | 'system', number> {
  const bash = needed('/bin/bash', 'install bash');
  const script = 'TIMEFORMAT="times %3R %3U %3S"; time "$@" >/dev/null';
  const { stderr } = ran({ argv: [bash, '-c', script, 'bash', ...argv], cwd });
  const [, wall, user, system] = /times ([\d.]+) ([\d.]+) ([\d.]+)\s*$/.exec(stderr) ?? [];
  if (system === undefined) throw new Error(`no times in: ${stderr}`);
  return { wall: Number(wall), user: Number(user), system: Number(system) };
}

/** Peak memory of a command in MB (10⁶ bytes). */
export function peakMemoryOf({ argv, cwd = ELSEWHERE }: Command): number {
  const time = needed('/usr/bin/time', 'install the package `time`');
  const { stderr } = ran({ argv: [time, '-f', 'peak %M', ...argv], cwd });
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

/** The middle one; the upper of two. */
function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

function ran({ argv: [program = '', ...args], cwd = ELSEWHERE, input = '' }: Command): Ran {
  const env = { ...process.env, CI: '' };
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
