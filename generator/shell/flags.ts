import { type Host, HostError } from '../core/host.ts';
import { knownNames } from '../core/names.ts';
import {
  olderRelease,
  type ProductRelease,
  products,
  releaseOf,
  type Versions,
} from '../kinds/products.ts';
import { unknownVersion } from '../spec/model/operators.ts';
import { helmOn } from '../world/helm.ts';
import type { Allowed } from '../world/programs.ts';

/** The manifests that a command looks at. */
export interface ManifestFlags extends Allowed {
  readonly paths: readonly string[];
  readonly environment?: string;
  readonly root?: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
}

export const PATHS = [
  '[path...]',
  'files, folders, kustomizations, or - for stdin; default: the overlays',
] as const;

/** The flag for the namespace that `kubectl apply -n` would fill in. */
export const NAMESPACE = [
  '-n, --namespace <namespace>',
  'the namespace of objects that name none',
] as const;

/** The flag of commands that look at one overlay after the other. */
export const OVERLAY = ['-e, --environment <name>', 'one overlay only'] as const;

/** The flag of commands that look at all overlays of a cluster together. */
export const ENVIRONMENT = [
  '-e, --environment <name>',
  'one environment only, or the cluster that it shares',
] as const;

/** The flag that tells which versions run. */
export const VERSIONS = [
  '--versions <versions>',
  'what runs, such as externalSecrets=2.x,cloudnativePg=1.30,kubernetes=1.34',
] as const;

/** What flags allow, before Helm is looked for. */
export interface AllowedFlags extends Omit<Allowed, 'helm'> {
  /** Make charts of the repository. */
  readonly helm?: boolean;
}

/** What is allowed. If Helm is to make charts it has to be there, even if there are none. */
export async function allowedFor(
  { helm, ...allowed }: AllowedFlags,
  host: Host,
  kubernetes?: ProductRelease,
): Promise<Allowed> {
  return { ...allowed, ...(helm === true && { helm: await helmOn(host, kubernetes) }) };
}

/** The value of `--versions`: `externalSecrets=2.x,cloudnativePg=1.30`. */
export function parsedVersions(value: string | undefined): Versions {
  const parts = value === undefined ? [] : value.split(',').map(part => part.trim());
  return Object.fromEntries(parts.map(versionIn));
}

function versionIn(part: string): [string, ProductRelease] {
  const [, name, version] = /^(\w+)=(\S+)$/.exec(part) ?? [];
  if (name === undefined || version === undefined)
    wrongUsage(
      `--versions takes a list such as externalSecrets=2.x,cloudnativePg=1.30, not "${part}"`,
    );
  const names = products.map(product => product.name);
  const product = products.find(({ name: known }) => known === name);
  if (product === undefined)
    wrongUsage(`--versions knows no "${name}". ${knownNames('names', name, names)}`);
  const release = releaseOf(product, version) ?? olderRelease(product, version);
  if (release !== undefined) return [product.name, release];
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

/** A form of a flag's value. */
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
