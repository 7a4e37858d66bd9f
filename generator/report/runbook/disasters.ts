import {
  describeCommand,
  failuresCommand,
  renewCommand,
  syncCommand,
} from '../../operate/runbook/kubectl-commands.ts';
import type { Runbook, RunbookSecret } from '../../operate/runbook/runbook.ts';
import { type Block, heading, joined, listed, t, told } from './blocks.ts';
import { objectWords, renewal } from './words.ts';

/** What to look at when a value does not arrive. */
export function troubles({ secrets, stores }: Runbook): Block[] {
  const external = secrets.filter(secret => secret.external !== undefined);
  if (external.length === 0) return [];
  const namespaces = [...new Set(external.map(({ namespace }) => namespace))];
  return [
    heading(2, ['When a value does not arrive']),
    ...told(
      ['Why a fetch failed is in its events, for an hour:'],
      ...namespaces.map(failuresCommand),
    ),
    ...told(
      ['The store has to be ready; that says nothing of its permissions yet:'],
      ...stores.map(describeCommand),
    ),
    ...told(
      ['Each ExternalSecret:'],
      ...external.map(({ namespace, external: name = '' }) =>
        describeCommand({ kind: 'ExternalSecret', namespace, name }),
      ),
    ),
  ];
}

/** What to do when something is lost, or known to somebody. */
export function disasters(runbook: Runbook): Block[] {
  const blocks = [...databasePasswords(runbook), ...lostStores(runbook)];
  return blocks.length === 0 ? [] : [heading(2, ['Disasters']), ...blocks];
}

function databasePasswords({ secrets }: Runbook): Block[] {
  return secrets
    .filter(({ pattern }) => pattern === 'database')
    .flatMap(secret => {
      const copies = secrets.filter(other => isCopyOf(other, secret));
      return [
        heading(3, t`The password in ${secret.name} is known, or lost`),
        ...told(
          ['CNPG makes the Secret anew, with another password, and sets that in the database:'],
          renewCommand(secret.namespace, secret.name),
        ),
        ...renewal([secret, ...copies]),
      ];
    });
}

function isCopyOf({ pattern, sources }: RunbookSecret, { name }: RunbookSecret): boolean {
  return pattern === 'transformed' && sources.some(({ keys }) => keys.includes(name));
}

function lostStores({ secrets, stores }: Runbook): Block[] {
  const fetched = secrets.filter(
    ({ external, interval }) => external !== undefined && interval !== undefined,
  );
  if (fetched.length === 0 || stores.length === 0) return [];
  const gone = fetched.filter(({ isDeleted }) => isDeleted).map(({ name }) => name);
  return [
    heading(3, ['A store is lost, or nothing may be read from it']),
    {
      text: t`${joined(stores.map(store => objectWords(store)))}: the Secrets stay as they are, and pods run on and can be restarted. Delete no ExternalSecret: the Secret that it owns goes with it.`,
    },
    ...(gone.length === 0
      ? []
      : [{ text: t`These go once their values are gone from the store: ${listed(gone)}.` }]),
    ...told(
      ['Once the store is back, with all values put again:'],
      ...fetched.map(({ namespace, external = '' }) => syncCommand(namespace, external)),
    ),
  ];
}
