import { pipedInto } from '../../operate/runbook/aws-commands.ts';
import {
  adminCommands,
  apiKeyCommand,
  forwardCommand,
} from '../../operate/runbook/kubectl-commands.ts';
import type { Phoenix, Runbook } from '../../operate/runbook/runbook.ts';
import { type Block, heading, type Text, t, told } from './blocks.ts';

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
