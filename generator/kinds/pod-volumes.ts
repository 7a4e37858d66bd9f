import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../ground/json.ts';
import { specOf } from './kind.ts';
import type { Container, Pod } from './pods.ts';

/** A place where a container mounts a volume, or uses it as a device. */
export interface Mount {
  readonly container: Container;
  readonly volume: string;
  readonly path: Path;
  readonly spec: JsonObject;
}

/** The mounts of all containers of a pod. */
export function mountsOf({ containers }: Pod): Mount[] {
  return containers.flatMap(container =>
    ['volumeMounts', 'volumeDevices'].flatMap(field =>
      listAt(container.spec, field).flatMap((spec, index): Mount[] => {
        const volume = textAt(spec, 'name');
        if (volume === undefined || !isMap(spec)) return [];
        return [{ container, volume, path: [...container.path, field, index], spec }];
      }),
    ),
  );
}

/** The names of a pod's volumes; those that a StatefulSet or a collector claims count too. */
export function volumeNames({ object, spec }: Pod): Set<string> {
  const own = listAt(spec, 'volumes').flatMap(volume => textAt(volume, 'name') ?? []);
  const claims = listAt(specOf(object), 'volumeClaimTemplates').flatMap(
    claim => textAt(claim, 'metadata', 'name') ?? [],
  );
  return new Set([...own, ...claims]);
}

/** A file that a container takes out of a Secret by its name. */
export interface SubPathRead {
  readonly pod: Pod;
  readonly path: Path;
  readonly secret: string;
  readonly subPath: string;
  /** The files that the volume has; undefined: one for each key. */
  readonly files: readonly string[] | undefined;
}

/** Mounts of a Secret volume with subPath; an optional Secret may have none of its keys. */
export function subPathReads(pod: Pod): SubPathRead[] {
  const volumes = new Map(
    listAt(pod.spec, 'volumes').map(volume => [textAt(volume, 'name'), mapAt(volume, 'secret')]),
  );
  return mountsOf(pod).flatMap(({ volume, path, spec }): SubPathRead[] => {
    const subPath = textAt(spec, 'subPath') ?? '';
    const source = volumes.get(volume) ?? {};
    const secret = textAt(source, 'secretName');
    if (subPath === '' || secret === undefined || source['optional'] === true) return [];
    const items = listAt(source, 'items');
    const files = items.length === 0 ? undefined : items.map(item => textAt(item, 'path') ?? '');
    return [{ pod, path: [...path, 'subPath'], secret, subPath, files }];
  });
}

/** A volume of a pod that is a claim by its name. */
export interface ClaimVolume {
  readonly claim: string;
  readonly path: Path;
}

/** The claims that a pod names. */
export function claimVolumes({ spec, path }: Pod): ClaimVolume[] {
  return listAt(spec, 'volumes').flatMap((volume, index) => {
    const claim = textAt(volume, 'persistentVolumeClaim', 'claimName');
    const at = [...path, 'volumes', index, 'persistentVolumeClaim', 'claimName'];
    return claim === undefined ? [] : [{ claim, path: at }];
  });
}

/** What a container mounts that outlives its pod: the sources of the volumes, and claims of a StatefulSet by their names. */
export function keptVolumes(pod: Pod, container: Container): JsonObject[] {
  const mounted = new Set(
    mountsOf(pod).flatMap(mount => (mount.container === container ? [mount.volume] : [])),
  );
  const own = listAt(pod.spec, 'volumes').filter(isMap);
  const claims = listAt(specOf(pod.object), 'volumeClaimTemplates').flatMap(
    claim => textAt(claim, 'metadata', 'name') ?? [],
  );
  return [
    ...own.filter(
      ({ name, ...source }) =>
        mounted.has(String(name)) && KEPT.some(field => isMap(source[field])),
    ),
    ...claims.filter(name => mounted.has(name)).map(name => ({ name })),
  ];
}

const KEPT = ['persistentVolumeClaim', 'hostPath', 'nfs', 'iscsi', 'csi', 'cephfs', 'rbd'];
