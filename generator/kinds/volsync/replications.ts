import { textAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { readOf, referenceReads } from '../secret-refs.ts';

const VOLSYNC = 'volsync.backube';

/** Copies of volumes (docs/facts/operators.md#volsync). */
export const volsyncReplications: readonly Kind[] = [
  'ReplicationSource',
  'ReplicationDestination',
].map(kind => ({
  group: VOLSYNC,
  kind,
  reads: replicationReads,
  /** Keys for the movers that it makes itself. */
  mayMakeToo: (_: Item, secret: string) => secret.startsWith('volsync-'),
}));

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
