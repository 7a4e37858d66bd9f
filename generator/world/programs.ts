import { basename, dirname, isAbsolute, join } from 'node:path';
import { type Host, HostError, type KeptPart, type Run, type RunOptions } from '../core/host.ts';
import type { LocalRelease } from '../kinds/kind.ts';

/** The oldest major: 5.5, which is in kubectl 1.32, builds what 5.8 does (docs/support.md). */
const OLDEST = 5;

export interface KustomizeRun {
  readonly folder: string;
  readonly flags: readonly string[];
  readonly allowed: Allowed;
  /** Whether it leaves something behind in the process that builds it. */
  readonly isLasting: boolean;
  /** Absent: the folder is on the disk. */
  readonly unwritten?: RunOptions['unwritten'];
}

/** Builds a folder with kustomize, or with that of kubectl where there is no other. */
export async function runKustomize(build: KustomizeRun, host: Host): Promise<Run> {
  const { folder, flags, allowed, isLasting, unwritten } = build;
  const found = kustomizeOn(host, allowed);
  if (found === undefined) throw notInstalled(allowed, host);
  const args = [found.isKubectl ? 'kustomize' : 'build', ...flags, folder];
  // It is in no folder of ours.
  const isAlone = isLasting || !isAbsolute(folder);
  const resident = isAlone ? undefined : residentOf(found, allowed, host);
  const options = { env: environmentFor(allowed), resident, unwritten };
  const run = await host.run(found.path, args, options);
  if (run.status === 'absent') throw new HostError(`cannot run ${found.path}`);
  return run;
}

/** The program of tools/kustomize-builder: `make tools` makes it beside kustomize, of the same version. */
function residentOf(
  { path, isKubectl }: NonNullable<ReturnType<typeof kustomizeOn>>,
  { enableExec, enableRemote }: Allowed,
  host: Host,
): string | undefined {
  const builder = join(dirname(path), 'kustomize-builder');
  if (isKubectl || enableExec === true || enableRemote === true) return undefined;
  return host.exists(builder) ? builder : undefined;
}

/** Says which kustomize it is that builds; undefined: there is none. */
export function kustomizeForm(host: Host): KeptPart {
  const found = kustomizeOn(host, {});
  return found === undefined ? '' : { program: found.path };
}

/** A hint where kustomize is too old. */
export async function oldKustomize(allowed: Allowed, host: Host): Promise<string | undefined> {
  const builder = await foreignBuilder(allowed, host);
  const { version: [major = OLDEST, minor] = [] } = builder ?? {};
  if (builder === undefined || Number(major) >= OLDEST) return undefined;
  const name = builder.isKubectl ? 'the kustomize of kubectl' : 'kustomize';
  return `It may be that ${name} is too old: it is ${Number(major)}.${Number(minor)}, and ${OLDEST}.0 or a newer one is needed.`;
}

/** What a summary says of a kustomize that is not the pinned one: `kustomize 5.4.3`. */
export async function builderName(allowed: Allowed, host: Host): Promise<string | undefined> {
  const builder = await foreignBuilder(allowed, host);
  if (builder === undefined) return undefined;
  const { isKubectl, version } = builder;
  return `kustomize ${version.join('.') || 'of unknown version'}${isKubectl ? ' of kubectl' : ''}`;
}

/** A kustomize that has no builder of ours beside it, and so any version. */
async function foreignBuilder(allowed: Allowed, host: Host) {
  const found = kustomizeOn(host, allowed);
  if (found === undefined || residentOf(found, {}, host) !== undefined) return undefined;
  const { path, isKubectl } = found;
  const answer = answers.get(path) ?? versionRun(found, allowed, host);
  answers.set(path, answer);
  const { stdout } = await answer;
  const text = isKubectl ? (/^Kustomize Version:.*$/m.exec(stdout)?.[0] ?? '') : stdout;
  const [, ...version] = /v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?/.exec(text) ?? [];
  return { isKubectl, version };
}

/** What each program said: a process costs 40 ms, so it is asked once in a run, and its answer is kept. */
const answers = new Map<string, Promise<Run>>();

function versionRun(
  { path, isKubectl }: NonNullable<ReturnType<typeof kustomizeOn>>,
  allowed: Allowed,
  host: Host,
): Promise<Run> {
  return keptRun(host.kept(['version', { program: path }]), () => {
    // The folders of a commit may not be on the disk: a failure that was kept needs none of them.
    const scratch = host.scratchFolder();
    scratch.makeFolder('.');
    const args = isKubectl ? ['version', '--client'] : ['version'];
    return scratch.run(path, args, { env: environmentFor(allowed) });
  });
}

/** kustomize, or kubectl, which has one in it, and no flag that lets functions run (kubectl kustomize --help, 1.32). */
function kustomizeOn(host: Host, { enableExec }: Allowed) {
  const kustomize = toolPath('kustomize', host);
  if (kustomize !== undefined) return { path: kustomize, isKubectl: false };
  const kubectl = enableExec === true ? undefined : toolPath('kubectl', host);
  return kubectl === undefined ? undefined : { path: kubectl, isKubectl: true };
}

/** The path of a tool: the one of `make tools` or npm, or on the PATH; never a repository's file. */
export function toolPath(
  name: 'kubeconform' | 'kustomize' | 'kubectl' | 'helm',
  host: Host,
): string | undefined {
  const isFile = (file: string): boolean => host.exists(file) && !host.isFolder(file);
  const made = host.packageFile(`.tools/${name}`);
  if (isFile(made)) return made;
  const ofNpm = name === 'kustomize' ? besidePackage(host) : [];
  return [...ofNpm, ...absoluteFolders().map(folder => join(folder, name))].find(isFile);
}

/** What npm has installed beside our package (tools/release/kustomize.ts). */
function besidePackage(host: Host): string[] {
  const folder = host.packageFile('..');
  const name = `rem-secrets-kustomize-${process.platform}-${process.arch}`;
  return basename(folder) === 'node_modules' ? [join(folder, name, 'kustomize-builder')] : [];
}

/** What to do where there is no kustomize: a clone can make it. */
function notInstalled({ enableExec }: Allowed, host: Host): HostError {
  const program =
    enableExec === true
      ? 'kustomize itself, as kubectl runs no functions,'
      : `kustomize ${OLDEST} (https://kubectl.docs.kubernetes.io/installation/kustomize), or kubectl,`;
  const way = host.exists(host.packageFile('tools/go.mod'))
    ? 'run `make tools`, or put kustomize on the PATH'
    : `put ${program} on the PATH`;
  return new HostError(`kustomize is not installed: ${way}`);
}

/** What a program made of the same input in an earlier run, or makes now. Failures that the input causes are kept too. */
export function keptRun(kept: ReturnType<Host['kept']>, run: () => Promise<Run>): Promise<Run> {
  if (kept === undefined) return run();
  return kept.once(async () => {
    const { text } = kept;
    if (text?.startsWith(FAILED) === true)
      return { status: 'failed', stdout: '', stderr: text.slice(FAILED.length) };
    if (text !== undefined) return { status: 'ok', stdout: text, stderr: '' };
    const done = await run();
    const { status, stdout, stderr } = done;
    if (isOfInput(done)) kept.keep(status === 'ok' ? stdout : `${FAILED}${stderr}`);
    return done;
  });
}

const FAILED = '\0';

/** Whether a program does the same with the same input again; it may have failed because of what the machine refused. */
export function isOfInput({ status, stderr }: Run): boolean {
  return status === 'ok' || (status === 'failed' && stderr !== '' && !OF_MACHINE.test(stderr));
}

/** What the system may refuse now, and not the next time. */
const OF_MACHINE =
  /permission denied|not permitted|no space|too many open|temporarily unavailable|input\/output|read-only|timed? ?out|allocate/i;

/** Why a program was stopped; the hints say what to do. */
export function overLimit(limit: string): string {
  return `it took more than ${limit}`;
}

export const RAISE_LIMITS =
  '--limits gives it more, as in --limits memory=8GB,seconds=600, if you trust what it reads.';

const NOWHERE = '/nonexistent';

const proxies = ['http_proxy', 'https_proxy', 'all_proxy'];
const PROXIES = [...proxies, ...proxies.map(name => name.toUpperCase())];

/** Nobody can listen on port 0. Go uses no proxy for loopback addresses, which are therefore left out. */
const DEAD_PROXIES = Object.fromEntries(PROXIES.map(name => [name, 'http://127.0.0.1:0']));

/** Go collects garbage a fourth as often, up to 200 MiB (https://pkg.go.dev/runtime): a fifth of the CPU less. */
const FRUGAL = { GOGC: '400', GOMEMLIMIT: '200MiB' };

const FOR_FUNCTIONS = ['XDG_CONFIG_HOME', 'KUSTOMIZE_PLUGIN_HOME', 'DOCKER_HOST'];

/** Variables that git needs to reach servers. */
const FOR_SERVERS = ['SSH_AUTH_SOCK', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'no_proxy', 'NO_PROXY'];

/** kustomize's environment: no programs, settings, servers or user's variables but for allowed functions. */
export function environmentFor({ enableExec, enableRemote }: Allowed): Record<string, string> {
  if (enableExec !== true && enableRemote !== true)
    return { PATH: '', HOME: NOWHERE, TMPDIR: NOWHERE, ...DEAD_PROXIES, ...FRUGAL };
  return {
    PATH: absoluteFolders().join(':'),
    ...taken(['HOME', 'USER', 'LANG', 'TMPDIR']),
    ...(enableExec === true && taken(FOR_FUNCTIONS)),
    ...(enableRemote === true
      ? { GIT_TERMINAL_PROMPT: '0', ...taken([...FOR_SERVERS, ...PROXIES]) }
      : { GIT_ALLOW_PROTOCOL: 'none', ...DEAD_PROXIES }),
  };
}

/** Programs are never looked for in the working directory, where a repository may bring one. */
function absoluteFolders(): string[] {
  return (process.env['PATH'] ?? '').split(':').filter(isAbsolute);
}

/** These of our variables, where they are set. */
export function taken(names: readonly string[]): Record<string, string> {
  const entries = names.map(name => [name, process.env[name]] as const);
  return Object.fromEntries(entries.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

/** What kustomize may do besides reading files of a repository that is trusted. */
export interface Allowed {
  /** Run the functions that a kustomization names (`--enable-exec`). */
  readonly enableExec?: boolean | undefined;
  /** Fetch what a kustomization names (`--enable-remote`). */
  readonly enableRemote?: boolean | undefined;
  /** Make charts of the repository with it (`--helm`). */
  readonly helm?: Helm | undefined;
  /** False: nothing of earlier runs is used (`--no-cache`). */
  readonly cache?: boolean | undefined;
}

/** The helm that renders charts, and the version of Kubernetes that it renders for. */
export interface Helm {
  readonly path: string;
  readonly version: string;
  readonly kubernetes: string;
  /** How many charts took it over a limit in this run. */
  stopped: number;
  last: Promise<unknown>;
}

export interface ChartToMake {
  readonly folder: string;
  /** The folder that its files may not leave. */
  readonly root: string;
  readonly release: LocalRelease;
  readonly helm: Helm;
}
