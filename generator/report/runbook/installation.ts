import { sh } from '../../ground/shell.ts';
import { CNPG } from '../../kinds/cnpg/group.ts';
import {
  namespaceCommand,
  readyCommand,
  rolloutCommand,
} from '../../operate/runbook/kubectl-commands.ts';
import type { Runbook, RunbookEntry, RunbookSecret } from '../../operate/runbook/runbook.ts';
import { type Block, heading, listed, t, told } from './blocks.ts';

/** What must exist before what, from an empty cluster on. */
export function installation(runbook: Runbook): Block[] {
  const steps = [
    ...operators(runbook),
    ...iam(runbook),
    ...values(runbook),
    ...namespaces(runbook),
    ...manual(runbook),
    ...apply(runbook),
    ...waits(runbook),
    ...apiKeys(runbook),
  ];
  if (steps.length === 0) return [];
  const numbered = steps.flatMap(({ title, blocks }, index) => [
    heading(3, [`${index + 1}. `, title]),
    ...blocks,
  ]);
  return [heading(2, ['First installation, in this order']), ...numbered];
}

interface Step {
  readonly title: string;
  readonly blocks: readonly Block[];
}

function step(title: string, ...blocks: readonly Block[]): Step[] {
  return [{ title, blocks }];
}

function operators({ groups }: Runbook): Step[] {
  if (groups.length === 0) return [];
  const commands = groups.map(group => sh`kubectl api-resources ${`--api-group=${group}`}`);
  return step(
    'The operators',
    ...told(['Each of these lists what its operator brings:'], ...commands),
  );
}

function iam({ entries, name, overlay }: Runbook): Step[] {
  if (entries.length === 0) return [];
  const command = overlay === undefined ? 'rem-secrets iam PATH' : `rem-secrets iam -e ${name}`;
  const text = t`Before anything is fetched. ${command} prints exactly what is needed.`;
  return step('The roles of AWS', { text });
}

function values(runbook: Runbook): Step[] {
  const late = lateEntries(runbook);
  const first = runbook.entries.filter(entry => !late.includes(entry));
  if (first.length === 0) return [];
  const items = first.map(({ name }) => t`${name}`);
  return step('The values in AWS', { text: ['Put each of them, as told above:'] }, { items });
}

/** An API key of Phoenix can be made only when it runs. */
function lateEntries({ phoenixes }: Runbook): RunbookEntry[] {
  return phoenixes.flatMap(({ entries }) => [...entries]);
}

function namespaces({ namespaces: all }: Runbook): Step[] {
  if (all.length === 0) return [];
  return step('The namespaces', ...told(['If they are not there:'], ...all.map(namespaceCommand)));
}

function manual({ secrets }: Runbook): Step[] {
  const names = secrets
    .filter(({ pattern }) => pattern === 'manual' || pattern === 'absent')
    .map(({ name }) => name);
  if (names.length === 0) return [];
  const text = t`${listed(names)}: pods that read them wait for them.`;
  return step('The Secrets made by hand', { text });
}

function apply({ overlay }: Runbook): Step[] {
  if (overlay === undefined) return [];
  const command = sh`kubectl apply --server-side ${`--kustomize=${overlay}`}`;
  return step('The manifests', ...told(['Unless Argo CD or Flux applies them:'], command));
}

function waits(runbook: Runbook): Step[] {
  const { databases, secrets, workloads } = runbook;
  const late = lateSecrets(runbook);
  const later = new Set(late.flatMap(waitsForReaders));
  const clusters = databases.map(database =>
    readyCommand({ ...database, kind: `clusters.${CNPG}` }),
  );
  const fetched = secrets.filter(secret => !late.includes(secret)).flatMap(waitForFetch);
  const running = workloads.map(rolloutCommand).filter(command => !later.has(command));
  const all = [...clusters, ...fetched, ...running];
  if (all.length === 0) return [];
  return step(
    'Waiting, in the order in which one needs the other',
    ...told(['A database, what is fetched, what reads it:'], ...all),
  );
}

/** What has an API key of Phoenix, and who waits for it. */
function apiKeys(runbook: Runbook): Step[] {
  const late = lateSecrets(runbook);
  if (late.length === 0) return [];
  const names = lateEntries(runbook).map(({ name }) => name);
  const why = t`Now that it runs the key can be made and put into ${listed(names)}, as told above. What needs it comes up only then:`;
  const commands = [...late.flatMap(waitForFetch), ...late.flatMap(waitsForReaders)];
  return step('The API key of Phoenix', ...told(why, ...commands));
}

function lateSecrets(runbook: Runbook): RunbookSecret[] {
  return [...new Set(lateEntries(runbook).flatMap(({ secrets }) => [...secrets]))];
}

function waitForFetch({ namespace, external: name }: RunbookSecret): string[] {
  return name === undefined ? [] : [readyCommand({ kind: 'ExternalSecret', namespace, name })];
}

function waitsForReaders({ readers }: RunbookSecret): string[] {
  return readers.flatMap(({ rollout }) => (rollout === undefined ? [] : [rolloutCommand(rollout)]));
}
