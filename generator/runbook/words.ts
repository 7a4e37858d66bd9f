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

/** A text in which some words are names or code. */
export type Text = readonly (string | { readonly code: string })[];

/** A part of a runbook, for every format. */
export type Block =
  | { readonly heading: Text; readonly level: 2 | 3 }
  | { readonly text: Text }
  | { readonly items: readonly Text[] }
  | { readonly head: readonly string[]; readonly rows: readonly (readonly Text[])[] }
  | { readonly command: string };

/** A sentence of ours; a string that is put in is a name, and shown as such. */
export function t(parts: TemplateStringsArray, ...names: readonly (string | Text)[]): Text {
  return parts.flatMap((part, index) => {
    const name = names[index - 1] ?? [];
    const words = typeof name === 'string' ? [{ code: shown(name) }] : name;
    return part === '' ? words : [...words, part];
  });
}

/** Texts one after the other. */
export function joined(texts: readonly Text[], between: string = ', '): Text {
  return texts.flatMap((text, index) => (index === 0 ? text : [between, ...text]));
}

/** Names one after the other. */
export function listed(names: readonly string[]): Text {
  return joined(names.map(name => t`${name}`));
}

export function heading(level: 2 | 3, text: Text): Block {
  return { heading: text, level };
}

/** Commands, and before them what they are for. */
export function explained(text: Text, ...commands: readonly string[]): Block[] {
  return [{ text }, ...commands.map(command => ({ command }))];
}

/** The API key with which traces get into Phoenix, made in one of two ways (docs/facts/phoenix.md#api-keys). */
export function phoenixSections({ phoenixes }: Runbook): Block[] {
  return phoenixes.flatMap(phoenix => [
    heading(2, t`The API key of Phoenix: ${phoenix.target}`),
    ...explained(
      t`Both ways need a way to it. This runs until it is stopped; the page is then at ${'http://127.0.0.1:6006'}:`,
      forwardCommand(phoenix),
    ),
    heading(3, ['On its page']),
    {
      text: t`As an administrator under Settings, API Keys, make a system key. It is shown once: ${phoenix.entries[0] === undefined ? ['keep it.'] : t`put it into ${phoenix.entries[0].name}, as above.`}`,
    },
    ...byRequest(phoenix),
  ]);
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
      : explained(
          t`It has to know ${'PHOENIX_ADMIN_SECRET'} for a while. Where a tool keeps the cluster as Git has it, this belongs into Git:`,
          on,
        )),
    ...explained(
      t`${'POST /v1/system/api_keys'} makes the key, ${entry === undefined ? ['which is shown:'] : t`which goes straight into ${entry.name}:`}`,
      entry === undefined ? make : pipedInto(make, entry),
    ),
    ...(isAdmin ? [] : explained(['Take the variable away again:'], off)),
  ];
}

/** `Kind/name`, and `Kind/namespace/name` where that is another namespace than `home`. */
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

/** How a Secret gets a new value, and how its readers get that. */
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
  const stale = readers.filter(({ pickup }) => pickup === 'never');
  const restart = joined(stale.map(reader => objectWords(reader, namespace)));
  return stale.length === 0 ? starts[pattern] : t`${starts[pattern]}; then restart ${restart}`;
}

/** How a new value gets into Secrets, and from there to their readers. */
export function renewal(secrets: readonly RunbookSecret[]): Block[] {
  return secrets.flatMap(secret => [...sync(secret), ...restarts(secret)]);
}

function sync({ namespace, name, external, interval }: RunbookSecret): Block[] {
  if (external === undefined) return [];
  const once = t`Secret ${name} was fetched once; when it is gone, it is fetched again:`;
  if (interval === undefined) return explained(once, renewCommand(namespace, name));
  return [
    ...explained(
      t`Secret ${name} has it within ${interval}, or at once after:`,
      syncCommand(namespace, external),
    ),
    ...explained(
      ['When it was last fetched, and what was said:'],
      syncedCommand(namespace, external),
    ),
  ];
}

/** How each reader learns of a new value, with the commands that restart those which nothing restarts. */
export function restarts({ namespace, name, readers }: RunbookSecret): Block[] {
  if (readers.length === 0) return [];
  const rollouts = readers.flatMap(({ pickup, rollout }): Rollout[] =>
    pickup === 'never' && rollout ? [rollout] : [],
  );
  const pickups = readers.map(
    reader => t`${objectWords(reader, namespace)}: ${[PICKUPS[reader.pickup]]}`,
  );
  return explained(
    t`Who reads ${name}: ${joined(pickups, '; ')}.`,
    ...rollouts.flatMap(rollout => [restartCommand(rollout), rolloutCommand(rollout)]),
  );
}
