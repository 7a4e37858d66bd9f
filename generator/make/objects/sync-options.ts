import { type BuiltObject, groupOf, type KubeObject } from '../../ground/kube-object.ts';
import { SYNC_OPTIONS, syncOptionsIn } from '../../kinds/argocd/sync-options.ts';
import { kindOf } from '../../kinds/kinds.ts';
import { operatorsOf } from '../model/operators.ts';
import type { ArgocdSpec } from '../spec/deployer-spec.ts';

/** Not taken away unasked: when the spec no longer has it, and when its Application is deleted. */
const CONFIRM = ['Delete=confirm', 'Prune=confirm'] as const;

/**
 * Objects with their Argo CD sync options: what holds data goes
 * only when somebody confirms it (docs/user-guide/sync-options.md of argo-cd 3.5), and what another
 * Application brings the CRD of is not dry-run while that is missing
 * (docs/facts/argocd.md#missing-definitions). Options that an object has of its own stay, and go
 * before.
 */
export function withSyncOptions(
  built: readonly BuiltObject[],
  argocd: ArgocdSpec,
): readonly BuiltObject[] {
  const installedGroups = new Set(operatorsOf(argocd).flatMap(({ groups }) => groups));
  return built.map(entry => {
    const options = optionsOf(entry.object, installedGroups);
    return options.length === 0 ? entry : { ...entry, object: annotated(entry.object, options) };
  });
}

function optionsOf(object: KubeObject, installedGroups: ReadonlySet<string>): string[] {
  const group = groupOf(object);
  return [
    ...(kindOf(group, object.kind)?.isPrecious ? CONFIRM : []),
    ...(installedGroups.has(group) ? ['SkipDryRunOnMissingResource=true'] : []),
  ];
}

function annotated(object: KubeObject, added: readonly string[]): KubeObject {
  const { [SYNC_OPTIONS]: given, ...others } = object.metadata.annotations ?? {};
  const own = syncOptionsIn(given);
  const names = new Set(own.map(nameOf));
  const options = [...own, ...added.filter(option => !names.has(nameOf(option)))];
  const annotations = { [SYNC_OPTIONS]: options.join(','), ...others };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

function nameOf(option: string): string {
  return option.replace(/=.*/, '');
}
