import { isAbsolute, join } from 'node:path';
import { type Host, HostError, type Run } from '../core/host.ts';
import { onceFor } from '../core/once.ts';
import type { LocalRelease } from '../kinds/kind.ts';

/** kustomize, or kubectl, which has one in it. */
interface Kustomize {
  readonly path: string;
  readonly isKubectl: boolean;
}

/** The oldest major: 5.5, which is in kubectl 1.32, builds what 5.8 does (docs/support.md). */
const OLDEST = 5;

const KUSTOMIZE: Tool = {
  name: 'kustomize',
  wanted: `kustomize ${OLDEST} (https://kubectl.docs.kubernetes.io/installation/kustomize), or kubectl,`,
};

const ONLY_KUSTOMIZE: Tool = {
  ...KUSTOMIZE,
  wanted: 'kustomize itself, as kubectl runs no functions,',
};

/** What is built, and how. */
export interface KustomizeRun {
  readonly folder: string;
  readonly flags: readonly string[];
  readonly allowed: Allowed;
}

/** Builds a folder with kustomize, or with that of kubectl where there is no other. */
export function runKustomize(wanted: KustomizeRun, host: Host): Run {
  const [path, args, options] = programFor(wanted, host);
  const run = host.run(path, args, options);
  if (run.status === 127) throw new HostError(`cannot run ${path}`);
  return run;
}

/** Has a build begin that is asked for later. */
export function beginKustomize(wanted: KustomizeRun, host: Host): void {
  host.startAhead(...programFor(wanted, host));
}

function programFor({ folder, flags, allowed }: KustomizeRun, host: Host): Parameters<Host['run']> {
  const found = kustomizeOn(host, allowed);
  if (found === undefined)
    throw notInstalled(allowed.enableExec === true ? ONLY_KUSTOMIZE : KUSTOMIZE, host);
  const args = [found.isKubectl ? 'kustomize' : 'build', ...flags, folder];
  return [found.path, args, { env: environmentFor(allowed) }];
}

/** What tells one build of kustomize from another; undefined: there is none. */
export function kustomizeForm(host: Host): string | undefined {
  const found = kustomizeOn(host, {});
  return found && `${found.path} ${host.sizeOf(found.path)}`;
}

/** Says of a kustomize that is too old that it is; it is asked only when a build has failed. */
export function oldKustomize(allowed: Allowed, host: Host): string | undefined {
  const found = kustomizeOn(host, allowed);
  if (found === undefined) return undefined;
  const args = found.isKubectl ? ['version', '--client'] : ['version'];
  const { stdout } = host.run(found.path, args, { env: environmentFor(allowed) });
  const text = found.isKubectl ? (/^Kustomize Version:.*$/m.exec(stdout)?.[0] ?? '') : stdout;
  const version = versionIn(text);
  if (version === undefined || version[0] >= OLDEST) return undefined;
  const name = found.isKubectl ? 'the kustomize of kubectl' : 'kustomize';
  return `It may be that ${name} is too old: it is ${version.join('.')}, and ${OLDEST}.0 or a newer one is needed.`;
}

/** kubectl has no flag that lets functions run (kubectl kustomize --help, 1.32). */
function kustomizeOn(host: Host, { enableExec }: Allowed): Kustomize | undefined {
  const own = toolPath('kustomize', host);
  if (own !== undefined) return { path: own, isKubectl: false };
  const kubectl = enableExec === true ? undefined : toolPath('kubectl', host);
  return kubectl === undefined ? undefined : { path: kubectl, isKubectl: true };
}

/** A program that this one runs, and where people get it. */
interface Tool {
  readonly name: 'kubeconform' | 'kustomize' | 'kubectl' | 'helm';
  /** What to put on the PATH. */
  readonly wanted: string;
}

/**
 * Where a tool is: the one that `make tools` builds in a clone, or else the one on the PATH;
 * undefined: it is not there. By its whole path: a repository that has a file of that name, or a PATH
 * that names `.`, is no matter.
 */
export function toolPath(name: Tool['name'], host: Host): string | undefined {
  const folders = absolutePath()
    .split(':')
    .filter(folder => folder !== '');
  const files = [host.packageFile(`.tools/${name}`), ...folders.map(folder => join(folder, name))];
  return files.find(file => host.exists(file) && !host.isFolder(file));
}

/** What is said where a tool is needed and not there: in a clone it can be made. */
function notInstalled({ name, wanted }: Tool, host: Host): HostError {
  const way = host.exists(host.packageFile('tools/go.mod'))
    ? `run \`make tools\`, or put ${name} on the PATH`
    : `put ${wanted} on the PATH`;
  return new HostError(`${name} is not installed: ${way}`);
}

/** `4.5` of a text that holds a version in some way, as numbers; undefined: it holds none. */
function versionIn(text: string): readonly [major: number, minor: number] | undefined {
  const [, major, minor] = /v?(\d{1,4})\.(\d{1,4})/.exec(text) ?? [];
  return major === undefined ? undefined : [Number(major), Number(minor)];
}

/**
 * What a program printed before of the same input, or what it prints now. `secret`: in what is printed
 * where there may be a Secret; that is for this run alone.
 */
export function keptRun(
  kept: ReturnType<Host['kept']>,
  begin: () => () => Run,
  secret: RegExp,
): () => Run {
  if (kept === undefined) return begin();
  return kept.startOnce(() => {
    const { text } = kept;
    if (text !== undefined) return () => ({ status: 0, stdout: text, stderr: '' });
    const finish = begin();
    return onceFor(() => {
      const run = finish();
      if (run.status === 0 && !secret.test(run.stdout)) kept.keep(run.stdout);
      return run;
    });
  });
}

/** Nothing is there. */
const NOWHERE = '/nonexistent';

/** Nobody can listen on port 0. Go asks no proxy for loopback addresses: what names them is left out. */
const DEAD_PROXY = 'http://127.0.0.1:0';

const PROXIES = ['http_proxy', 'https_proxy', 'all_proxy'];

/**
 * A build is over before it has filled its memory: Go looks through it a fourth as often, as long as it is
 * not much (https://pkg.go.dev/runtime, GOGC and GOMEMLIMIT). That takes a fifth of the CPU.
 */
const FRUGAL = { GOGC: '400', GOMEMLIMIT: '200MiB' };

/** What functions need: programs, and where kustomize and they find what is installed for a person. */
const FOR_FUNCTIONS = ['XDG_CONFIG_HOME', 'KUSTOMIZE_PLUGIN_HOME', 'DOCKER_HOST'];

/** What git and servers need. */
const FOR_SERVERS = ['SSH_AUTH_SOCK', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'no_proxy', 'NO_PROXY'];

/**
 * The environment of kustomize: no program to call, no home to read settings from, no way to a
 * server, and none of our variables. What is allowed gets what it needs.
 */
export function environmentFor({ enableExec, enableRemote }: Allowed): Record<string, string> {
  if (enableExec !== true && enableRemote !== true)
    return { PATH: '', HOME: NOWHERE, TMPDIR: NOWHERE, ...proxies(() => DEAD_PROXY), ...FRUGAL };
  return {
    PATH: absolutePath(),
    ...taken(['HOME', 'USER', 'LANG', 'TMPDIR']),
    ...(enableExec === true && taken(FOR_FUNCTIONS)),
    ...(enableRemote === true
      ? { GIT_TERMINAL_PROMPT: '0', ...taken(FOR_SERVERS), ...proxies(name => process.env[name]) }
      : { GIT_ALLOW_PROTOCOL: 'none', ...proxies(() => DEAD_PROXY) }),
  };
}

/** A program is never looked for from the working directory: a repository may bring one. */
function absolutePath(): string {
  const folders = (process.env['PATH'] ?? '').split(':');
  return folders.filter(folder => isAbsolute(folder)).join(':');
}

function taken(names: readonly string[]): Record<string, string> {
  const entries = names.map(name => [name, process.env[name]] as const);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function proxies(settingOf: (name: string) => string | undefined): Record<string, string> {
  const names = PROXIES.flatMap(name => [name, name.toUpperCase()]);
  const entries = names.map(name => [name, settingOf(name)] as const);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** What kustomize may do beyond reading files: both are for repositories that are trusted. */
export interface Allowed {
  /** Run the functions that a kustomization names (`--enable-exec`). */
  readonly enableExec?: boolean | undefined;
  /** Fetch what a kustomization names (`--enable-remote`). */
  readonly enableRemote?: boolean | undefined;
  /** Make charts of the repository with it (`--helm`). */
  readonly helm?: Helm | undefined;
  /** What was built in earlier runs is built again (`--no-cache`). */
  readonly cache?: boolean | undefined;
}

/** The flag that has everything built anew. */
export const NO_CACHE = ['--no-cache', 'build again what was built in earlier runs'] as const;

/** The flag that says how far manifests know others. */
export const ROOT = [
  '--root <folder>',
  'the folder whose manifests are known to those at the paths; default: their repository',
] as const;

/** The flags that allow it. */
export const ENABLE_EXEC = [
  '--enable-exec',
  'let kustomize run the functions that a kustomization names',
] as const;

export const ENABLE_REMOTE = [
  '--enable-remote',
  'let kustomize fetch what a kustomization names; for trusted repositories only',
] as const;

/** The flag that has Helm make the charts that lie in the repository. */
export const HELM = [
  '--helm',
  'make the charts that lie in the repository, with the helm on the PATH',
] as const;

/** The helm that makes charts, and what it is told of the cluster. */
export interface Helm {
  readonly path: string;
  /** Its own version: `3.22.0`. */
  readonly version: string;
  /** The version of Kubernetes that charts are made for. */
  readonly kubernetes: string;
  /** How many charts it was stopped at so far in this run. */
  readonly stopped: { count: number };
}

/** A chart that is to be made, in a folder of a repository. */
export interface ChartToMake {
  /** Its folder, without links. */
  readonly folder: string;
  /** What its files may not be outside of. */
  readonly root: string;
  readonly release: LocalRelease;
  readonly helm: Helm;
}
