import type { Command } from 'commander';
import { type Host, HostError } from '../core/host.ts';
import { knownNames } from '../core/names.ts';
import { olderRelease, products, releaseOf, type Versions } from '../kinds/products.ts';
import { unknownVersion } from '../spec/model/operators.ts';
import { helmOn } from '../world/helm.ts';
import type { Allowed } from '../world/programs.ts';

/** The manifests that a command looks at. */
export interface ManifestFlags extends Allowed {
  readonly paths: readonly string[];
  readonly environment?: string;
  readonly root?: string;
  readonly namespace: string;
}

const FLAGS = {
  paths: ['[path...]', 'files, folders, kustomizations, or - for stdin; default: the overlays'],
  /** Of commands that look at one overlay after the other. */
  overlay: ['-e, --environment <name>', 'one overlay only'],
  /** Of commands that look at all overlays of a cluster together. */
  environment: ['-e, --environment <name>', 'one environment only, or the cluster that it shares'],
  /** As `kubectl apply -n` would fill it in. */
  namespace: ['-n, --namespace <namespace>', 'the namespace of objects that name none', ''],
  /** The same, where another file may say it. */
  ownNamespace: ['-n, --namespace <namespace>', 'the namespace of objects that name none'],
  versions: [
    '--versions <versions>',
    'the versions that run, such as externalSecrets=2.x,cloudnativePg=1.30,kubernetes=1.34',
  ],
  root: [
    '--root <folder>',
    'the folder with all manifests that those at the paths may refer to; default: their repository',
  ],
  noCache: ['--no-cache', 'reuse nothing of earlier runs'],
  helm: ['--helm', 'render the charts in the repository, with the helm on the PATH'],
  exec: ['--enable-exec', 'let kustomize run the functions that a kustomization names'],
  remote: [
    '--enable-remote',
    'let kustomize fetch what a kustomization names; for trusted repositories only',
  ],
} as const;

/** Adds flags to a command, in the order of its help. */
export function withFlags(command: Command, ...names: readonly (keyof typeof FLAGS)[]): Command {
  for (const name of names) {
    const [flag, text, usual]: readonly [string, string, string?] = FLAGS[name];
    if (flag.startsWith('[')) command.argument(flag, text);
    else command.option(flag, text, usual);
  }
  return command;
}

/** What flags allow, before Helm is looked for. */
export interface AllowedFlags extends Omit<Allowed, 'helm'> {
  readonly helm?: boolean;
}

/** What is allowed. If Helm is to make charts it has to be there, even if there are none. */
export async function allowedFor(
  { helm, ...allowed }: AllowedFlags,
  host: Host,
  kubernetes?: Versions['kubernetes'],
): Promise<Allowed> {
  return { ...allowed, ...(helm === true && { helm: await helmOn(host, kubernetes) }) };
}

/** The value of `--versions`: `externalSecrets=2.x,cloudnativePg=1.30`. */
export function parsedVersions(value: string | undefined): Versions {
  const parts = value === undefined ? [] : value.split(',').map(part => part.trim());
  return Object.fromEntries(parts.map(versionIn));
}

function versionIn(part: string) {
  const [, name, version] = /^(\w+)=(\S+)$/.exec(part) ?? [];
  if (name === undefined || version === undefined)
    wrongUsage(
      `--versions takes a list such as externalSecrets=2.x,cloudnativePg=1.30, not "${part}"`,
    );
  const names = products.map(product => product.name);
  const product = products.find(({ name: candidate }) => candidate === name);
  if (product === undefined)
    wrongUsage(`--versions knows no "${name}". ${knownNames('names', name, names)}`);
  const release = releaseOf(product, version) ?? olderRelease(product, version);
  if (release !== undefined) return [product.name, release] as const;
  const { message, hint } = unknownVersion(product, version);
  return wrongUsage(`${message}. ${hint}`);
}

/** Ends the run for a mistake in its command line, which `guarded` prints in one line. */
export function wrongUsage(message: string): never {
  throw new HostError(message);
}

/** Ends the run if one of the paths does not exist; `-` is stdin. */
export function expectPaths(paths: readonly string[], host: Host): void {
  const absent = paths.find(path => path !== '-' && host.kindOf(path) === undefined);
  if (absent !== undefined) wrongUsage(`there is no ${absent}`);
}

export interface FlagForm {
  readonly test: RegExp;
  /** In words that fit after `--flag takes`. */
  readonly form: string;
}

/** The value of a flag; ends the run if it has another form. */
export function expectForm(value: string, { test, form }: FlagForm, flag: string): string {
  return test.test(value) ? value : wrongForm(value, form, flag);
}

/** Ends the run for a value that a flag does not take. */
export function wrongForm(value: string, form: string, flag: string): never {
  return wrongUsage(`${flag} takes ${form}, not ${JSON.stringify(value)}`);
}
