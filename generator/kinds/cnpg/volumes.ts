import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, listAt, mapAt } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import { annotationOf, type PlacedObject } from '../kind.ts';

/** A volume that every instance of a CNPG Cluster has. */
export interface CnpgVolume {
  /** `storage`, `walStorage` or `tablespace "archive"`. */
  readonly name: string;
  readonly path: Path;
  readonly size: VolumeField;
  readonly storageClass: VolumeField;
}

/** What a volume asks for, and the field that says it; no text where none does. */
interface VolumeField {
  readonly text?: string;
  readonly path: Path;
}

/** The volumes of a CNPG Cluster, by name. */
export function cnpgVolumes(cnpgCluster: KubeObject): Map<string, CnpgVolume> {
  const spec = mapAt(cnpgCluster, 'spec');
  const own = ['storage', 'walStorage'].flatMap(name => {
    const storage = spec[name] ?? null;
    const path = ['spec', name];
    return isMap(storage) ? [{ name, path, ...fieldsOf(storage, path) }] : [];
  });
  const tablespaces = listAt(spec, 'tablespaces').flatMap((entry, index) => {
    if (!isMap(entry)) return [];
    const path = ['spec', 'tablespaces', index];
    const fields = fieldsOf(mapAt(entry, 'storage'), [...path, 'storage']);
    return [{ name: `tablespace "${entry['name']}"`, path, ...fields }];
  });
  return new Map([...own, ...tablespaces].map(volume => [volume.name, volume]));
}

/**
 * A field of the storage itself goes before the one of its pvcTemplate (CNPG 1.30.0,
 * pkg/reconciler/persistentvolumeclaim/build.go).
 */
function fieldsOf(storage: JsonObject, path: Path): Pick<CnpgVolume, 'size' | 'storageClass'> {
  const field = (name: string, value: Json | undefined, ...template: string[]): VolumeField => {
    const own = textOf(storage[name]);
    const given = own ?? textOf(value);
    const place = own === undefined && given !== undefined ? ['pvcTemplate', ...template] : [name];
    return { path: [...path, ...place], ...(given !== undefined && { text: given }) };
  };
  const template = mapAt(storage, 'pvcTemplate');
  const requests = mapAt(template, 'resources', 'requests');
  return {
    size: field('size', requests['storage'], 'resources', 'requests', 'storage'),
    storageClass: field('storageClass', template['storageClassName'], 'storageClassName'),
  };
}

function textOf(value: Json | undefined): string | undefined {
  const isGiven = typeof value === 'number' || (typeof value === 'string' && value !== '');
  return isGiven ? String(value) : undefined;
}

/** Whether the operator takes what it would refuse: how CNPG itself shrinks volumes (CloudNativePG 1.30, docs/src/storage.md). */
export function isUnchecked(object: PlacedObject): boolean {
  return annotationOf(object, 'cnpg.io/validation') === 'disabled';
}
