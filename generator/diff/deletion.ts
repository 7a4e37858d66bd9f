import { annotationOf, type Item, listAt, mapAt, specOf, textAt } from '../graph/item.ts';
import type { Comparison } from './comparison.ts';

/** What Argo CD does with an object that Git no longer has. */
export interface Deletion {
  readonly outcome: 'deleted' | 'kept' | 'waiting' | 'unknown';
  /** In words, without a full stop. */
  readonly text: string;
}

/** The sync options of an object, as its annotation lists them. */
export function syncOptions(item: Item): string[] {
  const text = annotationOf(item, 'argocd.argoproj.io/sync-options') ?? '';
  return text
    .split(',')
    .map(option => option.trim())
    .filter(option => option !== '');
}

/**
 * What becomes of a removed object. Its own guard goes first, then the Application that its
 * namespace is the destination of (argo-cd, user-guide/sync-options.md and auto_sync.md).
 */
export function deletionOf(comparison: Comparison, removed: Item): Deletion {
  if (isGuarded(removed))
    return { outcome: 'kept', text: 'left running: it is guarded with Prune=false' };
  if (syncOptions(removed).includes('Prune=confirm'))
    return { outcome: 'waiting', text: 'deleted once somebody confirms it (Prune=confirm)' };
  const application = applicationOf(comparison, removed);
  if (application === undefined)
    return { outcome: 'unknown', text: 'deleted if its Application prunes, else left running' };
  const { name } = application;
  if (isPruning(application))
    return { outcome: 'deleted', text: `deleted by Argo CD: Application "${name}" prunes` };
  return {
    outcome: 'kept',
    text: `left running until somebody prunes: Application "${name}" does not by itself`,
  };
}

/** Whether Argo CD never deletes an object, whatever its Application does. */
export function isGuarded(item: Item): boolean {
  const isHelms = annotationOf(item, 'helm.sh/resource-policy') === 'keep';
  return isHelms || syncOptions(item).includes('Prune=false');
}

/** Whether an Application deletes what Git no longer has without being asked. */
export function isPruning(application: Item): boolean {
  const automated = mapAt(specOf(application), 'syncPolicy', 'automated');
  const options = listAt(specOf(application), 'syncPolicy', 'syncOptions');
  return (
    automated['prune'] === true &&
    automated['enabled'] !== false &&
    !options.includes('Prune=false')
  );
}

/** The Argo CD Application whose destination is the object's namespace; head's before base's. */
export function applicationOf({ base, head, name }: Comparison, item: Item): Item | undefined {
  const all = [...head.byKind('Application'), ...base.byKind('Application')].filter(
    ({ group }) => group === 'argoproj.io',
  );
  return (
    all.find(application => isOfOverlay(application, name)) ??
    all.find(
      application => textAt(specOf(application), 'destination', 'namespace') === item.namespace,
    )
  );
}

/** Whether an Application renders the overlay of an environment. */
function isOfOverlay(application: Item, environment: string): boolean {
  const sources = [mapAt(specOf(application), 'source'), ...listAt(specOf(application), 'sources')];
  return (
    environment !== '' &&
    sources.some(source => textAt(source, 'path')?.split('/').at(-1) === environment)
  );
}
