import { type Fault, fieldOf, type Path, type Report } from '../../core/finding.ts';
import { commaParts, words } from '../../core/json.ts';
import { type BuiltObject, groupOf, type KubeObject, refOf } from '../../core/kube-object.ts';
import { SYNC_OPTIONS } from '../../kinds/argocd/application.ts';
import { SYNC_WAVE } from '../../kinds/argocd/sync-order.ts';
import { job } from '../../kinds/batch.ts';
import { KEPT, REPLACED } from '../../kinds/flux/kustomization.ts';
import { kindOf } from '../../kinds/kinds.ts';
import type { Injected } from '../inject/patches.ts';
import { operatorsOf } from '../model/operators.ts';
import { documentPath, inDocument } from '../parse.ts';
import type { DeployerSpecs, Named, SpecObject } from '../spec.ts';

/** Objects with the annotations for Argo CD and Flux, as far as the spec has a section for them. */
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

/** Keeps Flux from pruning data, and recreates Jobs (docs/facts/flux.md#pruning). Annotations of the object win. */
function withFluxOptions(object: KubeObject): KubeObject {
  const kind = kindOf(groupOf(object), object.kind);
  const options = { ...(kind?.data?.isPrecious === true && KEPT), ...(kind === job && REPLACED) };
  if (Object.keys(options).length === 0) return object;
  return annotated(object, { ...options, ...object.metadata.annotations });
}

/** The annotations that Argo CD and Flux get on an object which has none. */
export function deployerAnnotations(object: KubeObject, deployers: DeployerSpecs): Named<string> {
  const bare = { ...object, metadata: { name: object.metadata.name } };
  const [marked] = withDeployerOptions([{ object: bare, path: [], needs: [] }], deployers);
  return marked?.object.metadata.annotations ?? {};
}

/** Argo CD asks before it deletes such an object, by pruning or with its Application. */
const CONFIRM: readonly string[] = ['Delete=confirm', 'Prune=confirm'];

/** docs/user-guide/sync-options.md of argo-cd 3.5, and docs/facts/argocd.md#missing-definitions. */
function withSyncOptions(object: KubeObject, installedGroups: ReadonlySet<string>): KubeObject {
  const group = groupOf(object);
  const added = [
    ...(kindOf(group, object.kind)?.data?.isPrecious ? CONFIRM : []),
    ...(installedGroups.has(group) ? ['SkipDryRunOnMissingResource=true'] : []),
  ];
  if (added.length === 0) return object;
  const { [SYNC_OPTIONS]: text, ...others } = object.metadata.annotations ?? {};
  const before = commaParts(text ?? '');
  const names = new Set(before.map(nameOf));
  const options = [...before, ...added.filter(option => !names.has(nameOf(option)))];
  return annotated(object, { [SYNC_OPTIONS]: options.join(','), ...others });
}

function annotated(object: KubeObject, annotations: Named<string>): KubeObject {
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function nameOf(option: string): string {
  return option.replace(/=.*/, '');
}

/** The ids of the faults of entries of `inject` that do nothing. */
export const IDLE_INJECTIONS: ReadonlySet<string> = new Set(
  words('idle-injection unknown-container unknown-shape unknown-workload'),
);

/** Reports patches and entries of `inject` that do nothing in any environment: others may lack the workload. */
export function idleParts(
  spec: SpecObject,
  all: readonly {
    readonly environment: string | undefined;
    readonly objects: readonly BuiltObject[];
    readonly injected: Injected;
  }[],
): Fault[] {
  const found = new Map<string, Fault | undefined>();
  const add = (environment: string | undefined, path: Path, fault: Fault | undefined): void => {
    const field = fieldOf(documentPath(spec, environment, path));
    const isBusy = found.has(field) && found.get(field) === undefined;
    if (!isBusy) found.set(field, fault && inDocument([fault], spec, environment)[0]);
  };
  for (const { environment, objects, injected } of all) {
    for (const { patch } of objects)
      if (patch !== undefined)
        add(environment, patch.path, patch.isIdle ? idlePatch(patch.path) : undefined);
    for (const { name, fault } of injected.entries) add(environment, ['inject', name], fault);
  }
  return [...found.values()].filter(fault => fault !== undefined);
}

function idlePatch(path: Path): Fault {
  const message = `the patch of ${path.at(-1)} changes nothing: the object has all of it already`;
  const hint = 'Take it out, or look whether a field is misspelt or stands in the wrong place.';
  return { id: 'idle-patch', message, hint, path, isAboutName: true };
}

/** Each object with its Argo CD sync wave: one more than the highest wave of the objects that it needs. */
export function withSyncWaves(built: readonly BuiltObject[], report: Report): BuiltObject[] {
  const byRef = new Map(built.map(entry => [refOf(entry.object), entry]));
  const waves = new Map<string, number>();
  const waveOf = (ref: string, entry: BuiltObject, chain: readonly string[]): number => {
    const cached = waves.get(ref);
    if (cached !== undefined) return cached;
    if (chain.includes(ref)) {
      const loop = [...chain.slice(chain.indexOf(ref)), ref];
      const message = `objects wait for each other in a circle: ${loop.join(' → ')}`;
      const hint = 'Take one of the references away: no order of creation can satisfy them all.';
      report({ id: 'dependency-cycle', message, hint, path: entry.path });
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
  return built.map(entry => {
    const { object } = entry;
    const wave = String(waveOf(refOf(object), entry, []));
    const annotations = { [SYNC_WAVE]: wave, ...object.metadata.annotations };
    return { ...entry, object: annotated(object, annotations) };
  });
}
