import { dirname } from 'node:path';
import type { Host } from '../../ground/host.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { ManifestSet } from '../../read/sets/manifest-set.ts';
import type { CommonOptions } from '../command.ts';
import type { ManifestFlags } from '../manifest-flags.ts';
import { type LookedAt, manifestsAt } from '../manifest-sets.ts';
import { wrongUsage } from '../usage.ts';
import type { LookFlags } from './cluster-look.ts';

export interface DoctorFlags extends ManifestFlags, LookFlags {
  /** Until all is well, or for as long as a duration of Go says. */
  readonly watch?: boolean;
  readonly timeout: string;
  /** AWS is asked which entries there are, with the credentials of a profile. */
  readonly aws?: boolean;
  readonly profile?: string;
}

/** What the paths, or the overlay of the one environment that is named, say; or the exit code, when the spec is wrong. */
export function lookedAt(options: ManifestFlags & CommonOptions, host: Host): LookedAt | number {
  const looked = manifestsAt(options, host);
  if (typeof looked === 'number' || options.paths.length > 0) return looked;
  return { ...looked, sets: oneOf(looked.sets) };
}

/** One cluster is looked at: what is in the others is none of its faults. */
function oneOf(sets: readonly ManifestSet[]): readonly ManifestSet[] {
  if (sets.length <= 1) return sets;
  const names = sets.flatMap(({ unit }) => unit?.name ?? []).join(', ');
  return wrongUsage(`name the environment that the cluster has with -e: ${names}`);
}

/** What kubectl applies an object of these sets from. */
export function appliedFrom(
  sets: readonly ManifestSet[],
): (object: PlacedObject) => readonly string[] | undefined {
  const sources = new Map(
    sets
      .flatMap(({ sources: own, context }) => [...own, ...context])
      .map(source => [source.number, source]),
  );
  return object => {
    const source = sources.get(object.file);
    if (source === undefined || source.file === 'stdin') return undefined;
    return source.isBuilt ? ['-k', dirname(source.file)] : ['-f', source.file];
  };
}

/** A flag that may be given for all environments, and for one: `NAME`, `dev=NAME`. */
type PerEnvironment = readonly string[];

/** Where each environment is looked for. */
export interface SourceFlags {
  readonly context?: PerEnvironment;
  readonly from?: PerEnvironment;
  readonly kubeconfig?: string;
}

/** The dump or the context of an environment. */
export function sourceOf(
  environment: string,
  { context = [], from = [], kubeconfig }: SourceFlags,
  environments: readonly string[],
): LookFlags {
  const folder = valueFor(environment, from, environments);
  const named = valueFor(environment, context, environments);
  if (folder !== undefined && named !== undefined)
    return wrongUsage(`environment ${JSON.stringify(environment)} has a context and a dump`);
  return folder === undefined ? { context: named, kubeconfig } : { from: folder };
}

/** What is not named for one environment is one cluster: others would be looked for where they are not. */
export function expectOneCluster(
  environments: readonly string[],
  { context = [], from = [] }: SourceFlags,
  homeOf: (environment: string) => string,
): void {
  const rest = environments.filter(name => ownValue(name, [...context, ...from]) === undefined);
  if (new Set(rest.map(homeOf)).size > 1)
    wrongUsage(
      `${rest.join(', ')} are in several clusters: name that of each with --context ENV=NAME or --from ENV=FOLDER, or one environment with -e`,
    );
}

function ownValue(environment: string, values: PerEnvironment): string | undefined {
  const own = values.find(value => value.startsWith(`${environment}=`));
  return own?.slice(environment.length + 1);
}

/** What is given for it, or else for all. */
function valueFor(
  environment: string,
  values: PerEnvironment,
  environments: readonly string[],
): string | undefined {
  const own = ownValue(environment, values);
  if (own !== undefined) return own;
  return values.find(value => !environments.some(name => value.startsWith(`${name}=`)));
}
