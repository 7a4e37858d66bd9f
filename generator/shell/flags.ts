import { type Host, HostError } from '../core/host.ts';
import { knownNames } from '../core/names.ts';
import { type ProductRelease, products, releaseOf, type Versions } from '../kinds/products.ts';
import { unknownVersion } from '../spec/model/operators.ts';
import { helmOn } from '../world/helm.ts';
import type { Allowed } from '../world/programs.ts';

/** Which manifests a command looks at. */
export interface ManifestFlags extends Allowed {
  readonly paths: readonly string[];
  readonly environment?: string;
  readonly root?: string;
  /** The namespace of objects that name none. */
  readonly namespace: string;
}

/** The manifests that a command looks at, where it takes any. */
export const PATHS = [
  '[path...]',
  'files, folders, kustomizations, or - for stdin; default: the overlays',
] as const;

/** The flag for what the API server fills in from where somebody applies. */
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

/** What flags allow, before the programs are looked for that it needs. */
export interface AllowedFlags extends Omit<Allowed, 'helm'> {
  /** Make charts of the repository. */
  readonly helm?: boolean;
}

/** What is allowed; where Helm is to make charts it has to be there, whether there are any or not. */
export function allowedFor(
  { helm, ...allowed }: AllowedFlags,
  host: Host,
  kubernetes?: ProductRelease,
): Allowed {
  return { ...allowed, ...(helm === true && { helm: helmOn(host, kubernetes) }) };
}

/** What `--versions` says: `externalSecrets=2.x,cloudnativePg=1.30`. */
export function parsedVersions(said: string | undefined): Versions {
  const parts = said === undefined ? [] : said.split(',').map(part => part.trim());
  return Object.fromEntries(parts.map(versionIn));
}

function versionIn(part: string): [string, ProductRelease] {
  const [, name, version] = /^(\w+)=(\S+)$/.exec(part) ?? [];
  if (name === undefined || version === undefined)
    wrongUsage(
      `--versions takes a list such as externalSecrets=2.x,cloudnativePg=1.30, not "${part}"`,
    );
  const product = products.find(known => known.name === name);
  if (product === undefined) {
    const known = products.map(({ name }) => name);
    wrongUsage(`--versions knows no "${name}". ${knownNames('names', name, known)}`);
  }
  const release = releaseOf(product, version);
  if (release !== undefined) return [product.name, release];
  const { message, hint } = unknownVersion(product, version);
  return wrongUsage(`${message}. ${hint}`);
}

/** Ends the run for what its command line asks: `guarded` tells it in one line. */
export function wrongUsage(message: string): never {
  throw new HostError(message);
}

/** Each path that is named is there; `-` is stdin. */
export function expectPaths(paths: readonly string[], host: Host): void {
  const absent = paths.find(path => path !== '-' && host.kindOf(path) === undefined);
  if (absent !== undefined) wrongUsage(`there is no ${absent}`);
}

/** What may be said. */
export interface FlagForm {
  readonly test: RegExp;
  /** In words, as what a flag takes. */
  readonly form: string;
}

/** What was said, if it has the form that a flag takes. */
export function expectForm(said: string, { test, form }: FlagForm, flag: string): string {
  return test.test(said) ? said : wrongForm(said, form, flag);
}

/** Ends the run for what a flag does not take. */
export function wrongForm(said: string, form: string, flag: string): never {
  return wrongUsage(`${flag} takes ${form}, not ${JSON.stringify(said)}`);
}
