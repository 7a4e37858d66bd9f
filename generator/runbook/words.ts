import type { ObjectName } from '../core/finding.ts';
import { shown } from '../report/text.ts';
import {
  adminCommands,
  apiKeyCommand,
  forwardCommand,
  pipedInto,
  renewCommand,
  restartCommand,
  rolloutCommand,
  syncCommand,
  syncedCommand,
} from './commands.ts';
import type {
  Pattern,
  Phoenix,
  Rollout,
  Runbook,
  RunbookReader,
  RunbookSecret,
} from './entries.ts';

/** The API key with which traces get into Phoenix, made in one of two ways (docs/facts/phoenix.md#api-keys). */
export function phoenixSections({ phoenixes }: Runbook): Block[] {
  return phoenixes.flatMap(phoenix => [
    heading(2, t`The API key of Phoenix: ${phoenix.target}`),
    ...told(
      t`Both ways need a way to it. This runs until it is stopped; the page is then at ${'http://127.0.0.1:6006'}:`,
      forwardCommand(phoenix),
    ),
    heading(3, ['On its page']),
    {
      text: t`As an administrator under Settings, API Keys, make a system key. It is shown once: ${whereTo(phoenix)}`,
    },
    ...byRequest(phoenix),
  ]);
}

function whereTo({ entries: [entry] }: Phoenix): Text {
  return entry === undefined ? ['keep it.'] : t`put it into ${entry.name}, as above.`;
}

function byRequest(phoenix: Phoenix): Block[] {
  const { adminSecret, isAdmin, entries } = phoenix;
  if (adminSecret === undefined) return [];
  const [on, off] = adminCommands(phoenix);
  const [entry] = entries;
  const make = apiKeyCommand(phoenix);
  return [
    heading(3, ['By a request']),
    ...(isAdmin
      ? []
      : told(
          t`It has to know ${'PHOENIX_ADMIN_SECRET'} for a while. Where a tool keeps the cluster as Git has it, this belongs into Git:`,
          on,
        )),
    ...told(
      t`${'POST /v1/system/api_keys'} makes the key, ${entry === undefined ? ['which is shown:'] : t`which goes straight into ${entry.name}:`}`,
      entry === undefined ? make : pipedInto(make, entry),
    ),
    ...(isAdmin ? [] : told(['Take the variable away again:'], off)),
  ];
}

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

/** A text in which some words are names or code. */
export type Text = readonly (string | { readonly code: string })[];

/** A part of a runbook, whatever it is written as. */
export type Block =
  | { readonly heading: Text; readonly level: 2 | 3 }
  | { readonly text: Text }
  | { readonly items: readonly Text[] }
  | { readonly head: readonly string[]; readonly rows: readonly (readonly Text[])[] }
  | { readonly command: string };

/** A name from anywhere, as it may be shown. */
function named(name: string): Text {
  return [{ code: shown(name) }];
}

/** A sentence of ours; what is put in is a name, or text of ours again. */
export function t(parts: TemplateStringsArray, ...names: readonly (string | Text)[]): Text {
  return parts.flatMap((part, index) => {
    const name = names[index - 1];
    const own = part === '' ? [] : [part];
    if (name === undefined) return own;
    return [...(typeof name === 'string' ? named(name) : name), ...own];
  });
}

/** Texts one after the other. */
export function joined(texts: readonly Text[], between: string = ', '): Text {
  return texts.flatMap((text, index) => (index === 0 ? text : [between, ...text]));
}

/** Names one after the other. */
export function listed(names: readonly string[]): Text {
  return joined(names.map(named));
}

export function heading(level: 2 | 3, text: Text): Block {
  return { heading: text, level };
}

/** Why a command is given, and the command. */
export function told(text: Text, ...commands: readonly string[]): Block[] {
  return [{ text }, ...commands.map(command => ({ command }))];
}
