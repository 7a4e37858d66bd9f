import { textAt } from '../../ground/json.ts';
import type { BackupPlace } from '../backup-place.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { readOf, referenceReads } from '../secret-refs.ts';

const VOLSYNC = 'volsync.backube';

/** Copies of volumes (docs/facts/operators.md#volsync). */
export const replicationSource: Kind = {
  ...replication('ReplicationSource'),
  backupPlace: repositoryOf,
};

export const replicationDestination: Kind = replication('ReplicationDestination');

function replication(kind: string): Kind {
  return {
    group: VOLSYNC,
    kind,
    reads: replicationReads,
    /** Keys for the movers that it makes itself. */
    mayMakeToo: (_, secret) => secret.startsWith('volsync-'),
  };
}

const FIELDS = ['keySecret', 'rcloneConfig', 'repository', 'sshKeys'];

/** Each mover names its Secrets, and whom it trusts. */
function replicationReads(item: Item): Read[] {
  const own = Object.entries(specOf(item)).flatMap(([mover, settings]) =>
    FIELDS.flatMap(field =>
      readOf({ name: textAt(settings, field), path: ['spec', mover, field], how: 'ref' }),
    ),
  );
  return [...own, ...referenceReads(specOf(item), ['spec'])];
}

/** The Secret in which the address of a repository is, and not that of an rsync. */
function repositoryOf(item: Item): BackupPlace | undefined {
  for (const [mover, settings] of Object.entries(specOf(item))) {
    const secret = textAt(settings, 'repository');
    if (secret === undefined) continue;
    const called = `the repository of Secret "${secret}"`;
    return { path: ['spec', mover, 'repository'], called, place: secret };
  }
  return undefined;
}
