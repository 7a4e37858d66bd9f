import { entryCommands } from '../../operate/runbook/aws-commands.ts';
import type { Runbook, RunbookEntry } from '../../operate/runbook/runbook.ts';
import { type Block, heading, joined, listed, t, told } from './blocks.ts';
import { objectWords, renewal } from './words.ts';

/** Each entry of AWS: putting, listing, reading, rotating it, and what follows. */
export function entrySections({ entries }: Runbook): Block[] {
  if (entries.length === 0) return [];
  return [
    heading(2, ['Parameters and secrets of AWS']),
    {
      text: t`A value is asked for, and is no argument: it stands neither in the history nor in the list of processes. One of several lines comes from a file, which is deleted afterwards: leave out all before ${'aws'}, and write the path of the file in place of ${'/dev/stdin'}. A newline at its end would be part of the value. ${'rem-secrets params check'} says what is missing or wrong, and ${'rem-secrets params put NAME'} asks for a value too, and looks at what is there before.`,
    },
    ...entries.flatMap(section),
  ];
}

function section(entry: RunbookEntry): Block[] {
  const { name, service, account, properties, stores, secrets } = entry;
  const { list, put, rotate, read } = entryCommands(entry);
  const of = joined(stores.map(store => objectWords(store)));
  const what = service === 'ParameterStore' ? 'Parameter' : 'Secret of Secrets Manager';
  const json =
    properties.length === 0
      ? ['.']
      : t`; its value is JSON with ${listed(properties)}, and is put as a whole.`;
  const where = account === undefined ? [] : t` in account ${account}`;
  const whose = account === undefined ? [] : [' The commands need credentials of that account.'];
  return [
    heading(3, t`${name}`),
    {
      text: t`${[what]} of ${of}${where}, for Secret ${listed(secrets.map(secret => secret.name))}${json}${whose}`,
    },
    ...(put === rotate
      ? told(['Put it, or rotate it: a new value under the same name.'], put)
      : [...told(['Make it:'], put), ...told(['Rotate it:'], rotate)]),
    ...told(['Is it there, and since when:'], list),
    ...told(['Read it; this shows the value:'], read),
    ...renewal(secrets),
  ];
}
