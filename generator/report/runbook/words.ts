import type { ObjectName } from '../../ground/finding.ts';
import {
  renewCommand,
  restartCommand,
  rolloutCommand,
  syncCommand,
  syncedCommand,
} from '../../operate/runbook/kubectl-commands.ts';
import type {
  Pattern,
  Rollout,
  RunbookReader,
  RunbookSecret,
} from '../../operate/runbook/runbook.ts';
import { type Block, joined, listed, type Text, t, told } from './blocks.ts';

/** `Kind/name`; in another namespace that too. */
export function objectWords({ kind, namespace, name }: ObjectName, home?: string): Text {
  const isElsewhere = namespace !== undefined && home !== undefined && namespace !== home;
  return t`${isElsewhere ? `${kind}/${namespace}/${name}` : `${kind}/${name}`}`;
}

export function sourceWords({ namespace, maker, sources, pattern }: RunbookSecret): Text {
  if (maker === undefined) return [pattern === 'manual' ? 'made by hand' : 'nothing here makes it'];
  if (sources.length === 0) return objectWords(maker, namespace);
  return joined(
    sources.map(({ keys, ...store }) =>
      keys.length === 0
        ? objectWords(store, namespace)
        : t`${objectWords(store, namespace)}${[pattern === 'transformed' ? ', from ' : ': ']}${listed(keys)}`,
    ),
    '; ',
  );
}

const PICKUPS: Readonly<Record<RunbookReader['pickup'], string>> = {
  reloader: 'Reloader restarts it',
  files: 'its files change',
  'next run': 'its next run has it',
  'reload label': 'CNPG takes it up',
  'at use': 'it reads at each use',
  never: 'it has to be restarted',
};

function pickupWords(reader: RunbookReader, home: string): Text {
  return t`${objectWords(reader, home)}: ${[PICKUPS[reader.pickup]]}`;
}

/** How a new value comes about, and how it gets to those who read it. */
export function rotationWords({ pattern, interval, readers, namespace }: RunbookSecret): Text {
  const stopped = 'fetched once: delete the Secret to have it fetched again';
  const starts: Readonly<Record<Pattern, Text>> = {
    database: ['delete the Secret: CNPG makes another password'],
    fetched: interval === undefined ? [stopped] : t`put the entry; fetched every ${interval}`,
    transformed: interval === undefined ? [stopped] : t`follows its source every ${interval}`,
    generated: ['made once: delete the Secret to have another made'],
    manual: ['replace it'],
    made: ['by what makes it'],
    absent: ['replace it, if people make it'],
  };
  const late = readers.filter(({ pickup }) => pickup === 'never');
  const restart = joined(late.map(reader => objectWords(reader, namespace)));
  return late.length === 0 ? starts[pattern] : t`${starts[pattern]}; then restart ${restart}`;
}

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
