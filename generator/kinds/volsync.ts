import { mapAt, textAt } from '../core/json.ts';
import { type BackupPlace, type BackupPlan, countRetention, scopeOf } from './facets.ts';
import { type Kind, type PlacedObject, type Read, specOf } from './kind.ts';
import { fieldReads, specReads } from './secret-refs.ts';

/** Copies of volumes (docs/facts/operators.md#volsync). */
export const replicationSource: Kind = {
  ...replication('ReplicationSource'),
  data: {
    backupPlan: planOf,
    backupPlace: repositoryOf,
    retentions: object =>
      Object.entries(specOf(object)).flatMap(([mover, settings]) =>
        Object.entries(mapAt(settings, 'retain')).flatMap(([name, value]) =>
          countRetention(value, ['spec', mover, 'retain', name]),
        ),
      ),
  },
};

export const replicationDestination: Kind = replication('ReplicationDestination');

function replication(kind: string): Kind {
  return {
    group: 'volsync.backube',
    kind,
    reads: replicationReads,
    secrets: { mayMake: (_, secret) => secret.startsWith('volsync-') },
  };
}

function replicationReads(object: PlacedObject): Read[] {
  const ofMovers = Object.entries(specOf(object)).flatMap(([mover, settings]) =>
    fieldReads(settings, ['spec', mover], 'ref', {
      keySecret: [],
      rcloneConfig: [],
      repository: mover === 'restic' ? ['RESTIC_REPOSITORY', 'RESTIC_PASSWORD'] : [],
      sshKeys: [],
    }),
  );
  return [...ofMovers, ...specReads(object)];
}

function repositoryOf(object: PlacedObject): BackupPlace | undefined {
  for (const [mover, settings] of Object.entries(specOf(object))) {
    const secret = textAt(settings, 'repository');
    if (secret === undefined) continue;
    const called = `the repository of Secret "${secret}"`;
    return { path: ['spec', mover, 'repository'], called, place: secret };
  }
  return undefined;
}

function planOf(object: PlacedObject): BackupPlan | undefined {
  const { paused } = specOf(object);
  const claim = textAt(specOf(object), 'sourcePVC');
  if (claim === undefined) return undefined;
  return {
    isStopped: paused === true,
    path: ['spec', paused === true ? 'paused' : 'sourcePVC'],
    scope: scopeOf('PersistentVolumeClaim', `${object.namespace}/${claim}`),
    schedule: textAt(specOf(object), 'trigger', 'schedule'),
  };
}
