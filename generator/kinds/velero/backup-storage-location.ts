import { mapAt, textAt } from '../../ground/json.ts';
import type { BackupPlace } from '../backups.ts';
import { type Kind, type PlacedObject, specOf } from '../kind.ts';
import { readOf } from '../secret-refs.ts';

export const VELERO = 'velero.io';

/** A bucket that Velero keeps backups in (docs/facts/operators.md#velero). */
export const backupStorageLocation: Kind = {
  group: VELERO,
  kind: 'BackupStorageLocation',
  isPrecious: true,
  backupPlace: bucketOf,
  reads: object =>
    readOf({
      name: textAt(specOf(object), 'credential', 'name'),
      path: ['spec', 'credential', 'name'],
      key: textAt(specOf(object), 'credential', 'key'),
      keyPath: ['spec', 'credential', 'key'],
      how: 'ref',
    }),
};

function bucketOf(object: PlacedObject): BackupPlace | undefined {
  const { bucket, prefix } = mapAt(specOf(object), 'objectStorage');
  if (typeof bucket !== 'string') return undefined;
  const folder = typeof prefix === 'string' ? prefix.replaceAll(/^\/|\/$/g, '') : '';
  const called = folder === '' ? bucket : `${bucket}/${folder}`;
  const { provider } = specOf(object);
  const address = textAt(specOf(object), 'config', 's3Url') ?? '';
  return {
    path: ['spec', 'objectStorage', 'bucket'],
    called,
    place: JSON.stringify([provider, address, bucket, folder]),
  };
}
