import { type Fault, fieldOf, type Path, type Report } from '../../core/finding.ts';
import { type BuiltObject, groupOf, type KubeObject, refOf } from '../../core/kube-object.ts';
import { SYNC_OPTIONS, syncOptionsIn } from '../../kinds/argocd/application.ts';
import { job } from '../../kinds/batch.ts';
import { KEPT, REPLACED } from '../../kinds/flux/kustomization.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { operatorsOf } from '../model/operators.ts';
import { documentPath, inDocument } from '../parse.ts';
import type { DeployerSpecs, SpecObject } from '../spec.ts';
import type { Injected } from './injections.ts';

/** Objects as each of those that the spec has a section for is to treat them. */
export function withDeployerOptions(
  built: readonly BuiltObject[],
  { argocd, flux }: DeployerSpecs,
): readonly BuiltObject[] {
  const groups = new Set(argocd && operatorsOf(argocd).flatMap(operator => operator.groups));
  return built.map(entry => {
    const forFlux = flux === undefined ? entry.object : withFluxOptions(entry.object);
    const object = argocd === undefined ? forFlux : withSyncOptions(forFlux, groups);
    return object === entry.object ? entry : { ...entry, object };
  });
}

/**
 * An object as Flux is to treat it: what holds data stays when the spec no longer has it, and a Job, whose pods
 * cannot change, is made anew (docs/facts/flux.md#pruning). What an object says of its own stays.
 */
function withFluxOptions(object: KubeObject): KubeObject {
  const known = kindOf(groupOf(object), object.kind);
  const options = { ...(known?.data?.isPrecious === true && KEPT), ...(known === job && REPLACED) };
  if (Object.keys(options).length === 0) return object;
  return annotated(object, { ...options, ...object.metadata.annotations });
}

/** Not taken away unasked: when the spec no longer has it, and when its Application is deleted. */
const CONFIRM = ['Delete=confirm', 'Prune=confirm'] as const;

/**
 * An object with its Argo CD sync options: what holds data goes
 * only when somebody confirms it (docs/user-guide/sync-options.md of argo-cd 3.5), and what another
 * Application brings the CRD of is not dry-run while that is missing
 * (docs/facts/argocd.md#missing-definitions). Options that an object has of its own stay, and go
 * before.
 */
function withSyncOptions(object: KubeObject, installedGroups: ReadonlySet<string>): KubeObject {
  const group = groupOf(object);
  const added = [
    ...(kindOf(group, object.kind)?.data?.isPrecious ? CONFIRM : []),
    ...(installedGroups.has(group) ? ['SkipDryRunOnMissingResource=true'] : []),
  ];
  if (added.length === 0) return object;
  const { [SYNC_OPTIONS]: given, ...others } = object.metadata.annotations ?? {};
  const own = syncOptionsIn(given);
  const names = new Set(own.map(nameOf));
  const options = [...own, ...added.filter(option => !names.has(nameOf(option)))];
  return annotated(object, { [SYNC_OPTIONS]: options.join(','), ...others });
}

function annotated(object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function nameOf(option: string): string {
  return option.replace(/=.*/, '');
}

/** Objects that were built together, with what the spec calls them; the base has no name. */
interface Built {
  readonly environment: string | undefined;
  readonly objects: readonly BuiltObject[];
}

/** The patches of a spec after which no object of any environment is another than before. */
export function idlePatches(spec: SpecObject, all: readonly Built[]): Fault[] {
  const found = new Map<string, { readonly path: Path; readonly isIdle: boolean }>();
  for (const { environment, objects } of all) {
    for (const { patch } of objects) {
      if (patch === undefined) continue;
      const path = documentPath(spec, environment, patch.path);
      const field = fieldOf(path);
      found.set(field, { path, isIdle: patch.isIdle && found.get(field)?.isIdle !== false });
    }
  }
  return [...found.values()].filter(({ isIdle }) => isIdle).map(({ path }) => idlePatch(path));
}

function idlePatch(path: Path): Fault {
  return {
    id: 'idle-patch',
    message: `the patch of ${path.at(-1)} does nothing: all that it says is so without it`,
    hint: 'Take it out, or look whether a field is misspelt or stands in the wrong place.',
    path,
    isAboutName: true,
  };
}

/** What was injected into one environment; the base has no name. */
interface InjectedEnvironment {
  readonly environment: string | undefined;
  readonly injected: Injected;
}

/** What is said of them. */
export const IDLE_INJECTIONS: ReadonlySet<string> = new Set([
  'idle-injection',
  'unknown-container',
  'unknown-shape',
  'unknown-workload',
]);

/**
 * The entries of `inject`, as the base or an environment says them, that are for nothing in any
 * environment. One that is for something in some of them is right: others may lack the workload.
 */
export function idleInjections(spec: SpecObject, all: readonly InjectedEnvironment[]): Fault[] {
  const found = new Map<string, Fault | undefined>();
  for (const { environment, injected } of all) {
    for (const { name, fault } of injected.entries) {
      const field = fieldOf(documentPath(spec, environment, ['inject', name]));
      if (fault === undefined) found.set(field, undefined);
      else if (!found.has(field) || found.get(field) !== undefined)
        found.set(field, inDocument([fault], spec, environment)[0]);
    }
  }
  return [...found.values()].filter(fault => fault !== undefined);
}

const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/**
 * Each object with its Argo CD sync wave: one more than the highest wave of what it needs, so that
 * the order is that of the real dependencies and there are no more waves than they ask for.
 */
export function withSyncWaves(built: readonly BuiltObject[], report: Report): BuiltObject[] {
  const byRef = new Map(built.map(entry => [refOf(entry.object), entry]));
  const waves = new Map<string, number>();
  const waveOf = (ref: string, entry: BuiltObject, chain: readonly string[]): number => {
    const known = waves.get(ref);
    if (known !== undefined) return known;
    if (chain.includes(ref)) {
      report(cycle(entry, [...chain.slice(chain.indexOf(ref)), ref]));
      return 0;
    }
    let wave = 0;
    for (const need of entry.needs) {
      const needed = byRef.get(need);
      if (needed !== undefined) wave = Math.max(wave, 1 + waveOf(need, needed, [...chain, ref]));
    }
    waves.set(ref, wave);
    return wave;
  };
  return built.map(entry => ({
    ...entry,
    object: annotatedOfSyncWaves(entry.object, waveOf(refOf(entry.object), entry, [])),
  }));
}

function annotatedOfSyncWaves(object: KubeObject, wave: number): KubeObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels !== undefined && { labels }),
    annotations: { [SYNC_WAVE]: String(wave), ...annotations },
  };
  return { ...object, metadata: { ...object.metadata, ...metadata } };
}

function cycle({ path }: BuiltObject, loop: readonly string[]): Fault {
  return {
    id: 'dependency-cycle',
    message: `objects wait for each other in a circle: ${loop.join(' → ')}`,
    hint: 'Take one of the references away: no order of creation can satisfy them all.',
    path,
  };
}
