import type { Host, Run } from '../../ground/host.ts';
import { HostError } from '../../ground/host-error.ts';
import { notInstalled, type Tool, toolPath, versionIn } from '../tools.ts';
import type { Allowed } from './allowed.ts';
import { environmentFor } from './environment.ts';

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
  host.ahead(...programFor(wanted, host));
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
