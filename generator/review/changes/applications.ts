import { itemIdentity } from '../../graph/graph-of.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { matchesGlob } from '../../ground/glob.ts';
import { textAt } from '../../ground/json.ts';
import {
  APPLICATIONS,
  destinationOf,
  policyOf,
  sourcesOf,
  trackedBy,
} from '../../kinds/argocd/application-spec.ts';
import type { Item } from '../../kinds/kind.ts';
import { type Comparison, deployerOf, folderOf } from './comparison.ts';

/** Objects that say how Argo CD treats what it syncs: Applications, and what makes them. */
export function applicationsOf({ byKind }: SecretGraph): Item[] {
  return APPLICATIONS.flatMap(byKind);
}

/** The Application that an object belongs to, and whether head still has it. */
export interface Owner {
  readonly application: Item;
  readonly isRemoved: boolean;
}

/**
 * The Application that syncs an object. Argo CD tells by the tracking id that it writes itself
 * (docs/facts/argocd.md#tracking); in Git there is what the Application renders, and the namespace
 * that it is for. Undefined where several fit that treat objects differently.
 */
export function ownerOf(comparison: Comparison, item: Item): Owner | undefined {
  const { base, head } = comparison;
  const still = applicationsOf(head);
  const known = new Set(still.map(itemIdentity));
  const gone = applicationsOf(base).filter(application => !known.has(itemIdentity(application)));
  const isOther = (application: Item): boolean => itemIdentity(application) !== itemIdentity(item);
  const all = [...still, ...gone].filter(isOther);
  const [first, ...others] = bestOf(all, item, comparison);
  if (first === undefined) return undefined;
  const isSame = others.every(other => policyOf(other) === policyOf(first));
  return isSame ? { application: first, isRemoved: !known.has(itemIdentity(first)) } : undefined;
}

function bestOf(all: readonly Item[], item: Item, comparison: Comparison): Item[] {
  const deployer = deployerOf(comparison, item);
  const applying = all.filter(one => deployer && itemIdentity(one) === itemIdentity(deployer));
  const tracked = trackedBy(item);
  const own = all.filter(({ name, namespace }) =>
    [name, `${namespace}_${name}`].includes(tracked ?? ''),
  );
  const rendering = all.filter(application => isRendering(application, folderOf(comparison, item)));
  const here = (list: readonly Item[]): Item[] =>
    list.filter(application => destinationOf(application) === item.namespace);
  const candidates = [
    applying,
    own,
    here(rendering),
    rendering,
    item.namespace === '' ? [] : here(all),
  ];
  return candidates.find(list => list.length > 0) ?? [];
}

/** Whether the folder of an environment is the end of an Application's path; `{{…}}` may be any. */
function isRendering(application: Item, environment: string): boolean {
  if (environment === '') return false;
  const depth = environment.split('/').length;
  return sourcesOf(application).some(source => {
    const path = (textAt(source, 'path') ?? '')
      .replaceAll(/\{\{.{0,200}?\}\}/g, '*')
      .replace(/\/$/, '');
    const folders = path.split('/').slice(-depth).join('/');
    return path !== '*' && matchesGlob(folders, environment);
  });
}
