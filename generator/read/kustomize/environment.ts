import { isAbsolute } from 'node:path';
import type { Allowed } from './allowed.ts';

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
export function absolutePath(): string {
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
