import { wrongUsage } from '../usage.ts';
import type { LookFlags } from './cluster-look.ts';

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
