import type { Kind } from '../kind.ts';
import { csiClass } from './csi-secrets.ts';

export const volumeSnapshotClass: Kind = {
  ...csiClass,
  group: 'snapshot.storage.k8s.io',
  kind: 'VolumeSnapshotClass',
};
