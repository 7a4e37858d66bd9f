import {
  renewCommand,
  restartCommand,
  rolloutCommand,
  syncCommand,
  syncedCommand,
} from '../../operate/runbook/kubectl-commands.ts';
import type { Rollout, RunbookSecret } from '../../operate/runbook/runbook.ts';
import { type Block, joined, t, told } from './blocks.ts';
import { pickupWords } from './words.ts';

/** How a new value gets into Secrets, and from there to those who read them. */
export function renewal(secrets: readonly RunbookSecret[]): Block[] {
  return secrets.flatMap(secret => [...sync(secret), ...restarts(secret)]);
}

function sync({ namespace, name, external, interval }: RunbookSecret): Block[] {
  if (external === undefined) return [];
  if (interval === undefined)
    return told(
      t`Secret ${name} was fetched once; when it is gone, it is fetched again:`,
      renewCommand(namespace, name),
    );
  return [
    ...told(
      t`Secret ${name} has it within ${interval}, or at once after:`,
      syncCommand(namespace, external),
    ),
    ...told(['When it was last fetched, and what was said:'], syncedCommand(namespace, external)),
  ];
}

/** Those that nothing restarts are restarted by a command; of the others it is said how they learn of it. */
export function restarts({ namespace, name, readers }: RunbookSecret): Block[] {
  if (readers.length === 0) return [];
  const late = readers.filter(({ pickup }) => pickup === 'never');
  const rollouts = late.flatMap(({ rollout }): Rollout[] => (rollout ? [rollout] : []));
  const words = joined(
    readers.map(reader => pickupWords(reader, namespace)),
    '; ',
  );
  return told(
    t`Who reads ${name}: ${words}.`,
    ...rollouts.flatMap(rollout => [restartCommand(rollout), rolloutCommand(rollout)]),
  );
}
