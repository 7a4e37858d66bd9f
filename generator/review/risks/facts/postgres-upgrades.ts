import { objectIdentity } from '../../../graph/graph-of.ts';
import type { Path } from '../../../ground/finding.ts';
import { isSame, valueAt } from '../../../ground/json.ts';
import { asJson } from '../../../ground/kube-object.ts';
import type { PlacedObject } from '../../../kinds/kind.ts';
import { keptVolumes } from '../../../kinds/pod-volumes.ts';
import type { Container, Pod } from '../../../kinds/pods.ts';
import { postgresMajorOf } from '../../../kinds/postgres-image.ts';
import type { Comparison } from '../../changes/comparison.ts';

/** A PostgreSQL that finds the data of another major version. */
export interface PostgresUpgrade {
  readonly object: PlacedObject;
  readonly path: Path;
  readonly from: number;
  readonly to: number;
  /** An operator takes care of it; else the server of an image finds the files. */
  readonly isOperated: boolean;
}

/** The objects whose PostgreSQL becomes another major version on the data that it has. CNPG's own is another matter. */
export function postgresUpgrades(comparison: Comparison): PostgresUpgrade[] {
  return [...operated(comparison), ...inPods(comparison)];
}

function operated({ changes }: Comparison): PostgresUpgrade[] {
  return changes.flatMap(change => {
    if (change.what !== 'changed') return [];
    const path = change.head.known?.postgresMajorAt;
    const [from, to] = [change.before, change.after].map(one =>
      path === undefined ? Number.NaN : Number(valueAt(asJson(one), path)),
    );
    const object = change.head;
    return upgradeOf({ object, path: path ?? [], from, to, isOperated: true });
  });
}

function inPods({ base, head, own }: Comparison): PostgresUpgrade[] {
  const before = new Map(base.pods.map(pod => [objectIdentity(pod.object), pod]));
  return head.pods
    .filter(({ object }) => own.has(object))
    .flatMap(pod => {
      const was = before.get(objectIdentity(pod.object));
      return was === undefined ? [] : pod.containers.flatMap(one => inContainer(was, pod, one));
    });
}

function inContainer(was: Pod, pod: Pod, container: Container): PostgresUpgrade[] {
  const old = was.containers.find(({ name }) => name === container.name);
  if (old === undefined || container.role === 'init') return [];
  const volumes = keptVolumes(was, old);
  if (!keptVolumes(pod, container).some(one => volumes.some(other => isSame(one, other))))
    return [];
  const [from, to] = [postgresMajorOf(old), postgresMajorOf(container)];
  const path = [...container.path, 'image'];
  return upgradeOf({ object: pod.object, path, from, to, isOperated: false });
}

type Perhaps = Omit<PostgresUpgrade, 'from' | 'to'> & {
  readonly from: number | undefined;
  readonly to: number | undefined;
};

function upgradeOf({ from, to, ...upgrade }: Perhaps): PostgresUpgrade[] {
  if (from === undefined || to === undefined || from === to) return [];
  return Number.isInteger(from) && Number.isInteger(to) ? [{ ...upgrade, from, to }] : [];
}
