import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load, loadAll } from 'js-yaml';
import { afterAll, expect, onTestFinished } from 'vitest';
import type { Host, Run } from '../generator/core/host.ts';
import { identityOf, type KubeObject } from '../generator/core/kube-object.ts';
import { runFunction } from '../generator/krm/function.ts';
import { main } from '../generator/main.ts';
import { printable, shownLines } from '../generator/report/text.ts';
import type { ExitCode } from '../generator/shell/command.ts';
import { nodeHost } from '../generator/shell/host.ts';
import { guarded } from '../generator/shell/run-main.ts';

/** The repository's root. */
export const root: string = fileURLToPath(new URL('../', import.meta.url));

/** The launchers, as a user runs them. */
export const remSecrets: string = join(root, 'generator/rem-secrets');
export const remSecretsFn: string = join(root, 'generator/rem-secrets-fn');

/** A pinned tool; a missing one fails the test. */
export function tool(name: 'glua' | 'kubeconform' | 'kustomize' | 'kustomize-builder'): string {
  const path = join(root, '.tools', name);
  if (!existsSync(path)) throw new Error(`${path} is missing; run \`make tools\``);
  return path;
}

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly input?: string;
    readonly env?: NodeJS.ProcessEnv;
    readonly uid?: number;
  } = {},
): Ran {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 29,
    ...options,
  });
  if (error !== undefined) throw error;
  return { status, stdout, stderr };
}

/** The run, which has to have this exit code. */
export function exits<T extends Partial<Ran>>(status: number, ran: T): T {
  expect(ran.status, `${ran.stdout}${ran.stderr}`).toBe(status);
  return ran;
}

type Said = readonly (RegExp | string)[];

/** The run has this exit code, and its stdout has each of the texts. */
export function expectStdout(ran: Omit<Ran, 'stderr'>, status: number, ...said: Said): void {
  expectTexts(ran.stdout, said);
  expect(ran.status).toBe(status);
}

/** The run has this exit code and an empty stdout, and its stderr has each of the texts. */
export function expectStderr(ran: Ran, status: number, ...said: Said): void {
  expectTexts(ran.stderr, said);
  expect(ran).toMatchObject({ status, stdout: '' });
}

/** A text has each of these. */
export function expectTexts(shown: string, texts: Said): void {
  for (const text of texts)
    if (typeof text === 'string') expect(shown).toContain(text);
    else expect(shown).toMatch(text);
}

/** The text of a file. */
export function readText(...path: readonly string[]): string {
  return readFileSync(join(...path), 'utf8');
}

/** What a YAML file holds. */
export function yamlIn<T>(...path: readonly string[]): T {
  return load(readText(...path)) as T;
}

/** Runs a program that has to succeed; gives its stdout. */
export function output(...args: Parameters<typeof run>): string {
  const { status, stdout, stderr } = run(...args);
  if (status !== 0)
    throw new Error(`${args[0]} ${args[1].join(' ')} exited with ${status}: ${stderr}`);
  return stdout;
}

/** What a program is told: its words, or a line of words without spaces. */
type Words = string | readonly string[];

/** Runs the command line in this process, as if started in the folder; `input` is its stdin. */
export function runMain(
  folder: string,
  args: Words,
  input = '',
  on: (host: Host) => Host = host => host,
): Promise<Ran> {
  return onHost('rem-secrets', { folder, input, on }, host => main(wordsOf(args), host));
}

function wordsOf(args: Words): readonly string[] {
  return typeof args === 'string' ? args.split(' ') : args;
}

/** What kustomize said when it was asked before. */
const builds = new Map<string, Promise<Run>>();

/** A machine that starts kustomize once for a folder that stays as it is, however many runs read it. */
export function remembering(host: Host): Host {
  const run: Host['run'] = (command, args, options) => {
    if (basename(command) !== 'kustomize') return host.run(command, args, options);
    const asked = JSON.stringify([command, args, options]);
    const answer = builds.get(asked) ?? host.run(command, args, options);
    builds.set(asked, answer);
    return answer;
  };
  return { ...host, run, below: folder => remembering(host.below(folder)) };
}

/** The same with the cache of a user, a folder: what an earlier run has built is not built again. */
export function runKeeping(cache: string, folder: string, args: Words): Promise<Ran> {
  return runMain(folder, args, '', host => ({
    ...host,
    env: name => (name === 'XDG_CACHE_HOME' ? cache : host.env(name)),
  }));
}

/** Runs the KRM function in this process, as if started in the folder. */
export function runKrm(input: string | Uint8Array, folder: string = root): Promise<Ran> {
  return onHost('rem-secrets-fn', { folder, input }, runFunction);
}

/** Where a program is started, with what for stdin, and what is other about the machine. */
interface Start {
  readonly folder: string;
  readonly input: string | Uint8Array;
  readonly on?: (host: Host) => Host;
}

async function onHost(
  name: string,
  { folder, input, on = host => host }: Start,
  command: (host: Host) => ExitCode,
): Promise<Ran> {
  const { host: heard, printed } = heardHost(folder, input);
  const host = on(heard);
  const status = await guarded(name, host, () => command(host));
  return { status, ...printed() };
}

/** What of the machine a test gives. */
type Given = Partial<Pick<Host, 'ask' | 'env' | 'now' | 'progress' | 'run' | 'serve' | 'wait'>> & {
  readonly input?: string;
};

/** Runs a command that asks other machines, without an environment, or the program aws. */
export async function runLater(folder: string, args: Words, given: Given): Promise<Ran> {
  const { input = '', ...own } = given;
  const { host: machine, printed } = heardHost(folder, input);
  const run: Host['run'] = async (command, ...rest) =>
    command === 'aws'
      ? { status: 'absent', stdout: '', stderr: '' }
      : await machine.run(command, ...rest);
  const host = { ...machine, env: () => undefined, ask: () => undefined, run, ...own };
  const status = await guarded('rem-secrets', host, () => main(wordsOf(args), host));
  return { status, ...printed() };
}

/** This machine, with stdin given and what is printed kept, shown as `tell` does; no terminal. */
function heardHost(
  folder: string,
  input: string | Uint8Array,
): { readonly host: Host; readonly printed: () => Omit<Ran, 'status'> } {
  let [stdout, stderr] = ['', ''];
  const host: Host = {
    ...nodeHost(folder),
    readStdin: () => Buffer.from(input),
    stdout: text => {
      stdout += text;
    },
    stderr: text => {
      stderr += shownLines(text);
    },
    stderrReport: text => {
      stderr += printable(text, false);
    },
    hasColors: () => false,
  };
  return { host, printed: () => ({ stdout, stderr }) };
}

/** The objects of a YAML stream. */
export function objectsOf(yaml: string): KubeObject[] {
  return loadAll(yaml).filter(document => document !== null) as KubeObject[];
}

/** What kustomize builds of a folder; `plugin` allows exec functions. */
export function kustomizeBuild(
  folder: string,
  { plugin = false }: { readonly plugin?: boolean } = {},
): KubeObject[] {
  const flags = plugin ? ['--enable-alpha-plugins', '--enable-exec'] : [];
  return objectsOf(output(tool('kustomize'), ['build', ...flags, folder]));
}

/** A file's text by its path, or as pairs of the two. */
type Written =
  | Readonly<Record<string, string | Uint8Array>>
  | Iterable<readonly [path: string, text: string | Uint8Array]>;

/** A folder with these files, removed when the test is over. */
export function folderOf(files: Written = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'rem-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const entries = Symbol.iterator in files ? files : Object.entries(files);
  for (const [path, text] of entries) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** An empty folder for all tests of a file, removed after the last. */
export function lastingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rem-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder with a copy of a file, and of the settings beside it: no repository is read around it. */
export function alone(file: string): string {
  const settings = join(dirname(file), '.rem-secrets-lint.yaml');
  const files = existsSync(settings) ? [file, settings] : [file];
  return folderOf(files.map(path => [basename(path), readFileSync(path)]));
}

/** Objects by what makes two of them one: for comparing sets whose order means nothing. */
export function byIdentity(objects: readonly KubeObject[]): Record<string, KubeObject> {
  return Object.fromEntries(objects.map(object => [identityOf(object), object]));
}
