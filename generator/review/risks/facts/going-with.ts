import { cnpgClusters } from '../../../graph/cnpg-hosts.ts';
import { destinationOf } from '../../../kinds/argocd/application-spec.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import type { Comparison } from '../../changes/comparison.ts';
import { isKept } from '../../changes/deletion.ts';
import { relatedObjects } from '../places.ts';
import type { Level, RelatedObject } from '../risk-rule.ts';
import { type Gone, goneWith, relatedGone, withoutKept } from './gone-with.ts';

/** What the deletion of an Application with the cascade finalizer takes with it. */
export interface Going {
  readonly level: Level;
  /** What is said of what another one applies on head, behind what is deleted. */
  readonly more: string;
  readonly related: readonly RelatedObject[];
  /** Whether some of it is asked for. */
  readonly isOwn: boolean;
}

/** What goes with an Application of base; where nothing was read of it, the databases where it deploys to. */
export function goingWith(comparison: Comparison, application: PlacedObject): Going {
  const gone = withoutKept(goneWith(comparison, application), one => isKept(one, application));
  const { data, makers, others, remade } = gone;
  const related = relatedGone(gone);
  return {
    level: levelOf(comparison, application, gone),
    more: remade.length > 0 ? ', also what is applied by another one now' : '',
    related: related.length > 0 ? related : clustersNear(comparison, application),
    isOwn: [...data, ...makers, ...others, ...remade].some(object => comparison.own.has(object)),
  };
}

/** Of what was read in full, and keeps no data, nobody loses any. */
function levelOf({ base }: Comparison, application: PlacedObject, gone: Gone): Level {
  const { data, makers, others, remade, emptied } = gone;
  const all = [...data, ...makers, ...others, ...remade];
  const isPartly = (application.known?.unknowns?.(application, base.find) ?? []).length > 0;
  if (all.length === 0 || isPartly || data.length + emptied.length > 0) return 'block';
  return remade.length > 0 || all.some(isStranger) ? 'high' : 'warn';
}

/** Whether an object is of an operator that is not known: it may keep data. */
function isStranger({ known, group }: PlacedObject): boolean {
  return known === undefined && group.includes('.') && !group.endsWith('.k8s.io');
}

/** Where its folder was not read. */
function clustersNear({ base }: Comparison, application: PlacedObject): RelatedObject[] {
  const managed = cnpgClusters(base).filter(
    cluster => cluster.namespace === destinationOf(application) && !isKept(cluster, application),
  );
  const placed = managed.map(object => ({ object, path: ['metadata', 'name'] }));
  return relatedObjects(placed, 'base', 'goes with it, and its volumes too');
}
