import {
  createCommand,
  keysCommand,
  renewCommand,
  replaceCommand,
} from '../../operate/runbook/kubectl-commands.ts';
import type { Runbook, RunbookSecret } from '../../operate/runbook/runbook.ts';
import { type Block, heading, listed, t, told } from './blocks.ts';
import { restarts } from './words.ts';

/** Secrets that people make, with the commands that ask for their values. */
export function manualSections({ secrets }: Runbook): Block[] {
  const manual = secrets.filter(({ pattern }) => pattern === 'manual' || pattern === 'absent');
  if (manual.length === 0) return [];
  return [
    heading(2, ['Secrets made by hand']),
    {
      text: t`Nothing can bring these back: keep their values where people keep passwords. What only has to be random comes from ${'openssl rand -base64 36'}.`,
    },
    ...manual.flatMap(section),
  ];
}

function section(secret: RunbookSecret): Block[] {
  const { namespace, name, keys } = secret;
  const [create, replace] = [createCommand(secret), replaceCommand(secret)];
  return [
    heading(3, t`${`${namespace}/${name}`}`),
    ...(create === undefined || replace === undefined
      ? [{ text: ['Which keys it needs is not told, or a name is none of Kubernetes.'] }]
      : [
          ...told(t`Make it, with the keys ${listed(keys)}:`, create),
          ...told(['Give it other values:'], replace),
        ]),
    ...told(['Which keys it has:'], keysCommand(namespace, name)),
    ...restarts(secret),
  ];
}

/** Secrets that are made up once in the cluster: another value is made when they are gone. */
export function generatedSections({ secrets }: Runbook): Block[] {
  const generated = secrets.filter(({ pattern }) => pattern === 'generated');
  if (generated.length === 0) return [];
  return [
    heading(2, ['Secrets made up in the cluster']),
    ...generated.flatMap(secret => [
      heading(3, t`${`${secret.namespace}/${secret.name}`}`),
      ...told(
        ['What it protects is lost with its value. Have another made:'],
        renewCommand(secret.namespace, secret.name),
      ),
      ...restarts(secret),
    ]),
  ];
}
