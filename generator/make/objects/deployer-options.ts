import { type BuiltObject, groupOf, type KubeObject } from '../../ground/kube-object.ts';
import { SYNC_OPTIONS, syncOptionsIn } from '../../kinds/argocd/sync-options.ts';
import { job } from '../../kinds/batch/job.ts';
import { KEPT, REPLACED } from '../../kinds/flux/pruning.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { operatorsOf } from '../model/operators.ts';
import type { DeployerSpecs } from '../spec/deployer-spec.ts';

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
  const options = { ...(known?.isPrecious === true && KEPT), ...(known === job && REPLACED) };
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
    ...(kindOf(group, object.kind)?.isPrecious ? CONFIRM : []),
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
