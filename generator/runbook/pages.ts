import { sh } from '../core/sh.ts';
import { CNPG } from '../kinds/cnpg/group.ts';
import { nameText } from '../report/text.ts';
import {
  createCommand,
  describeCommand,
  entryCommands,
  failuresCommand,
  keysCommand,
  namespaceCommand,
  readyCommand,
  renewCommand,
  replaceCommand,
  rolloutCommand,
  syncCommand,
} from './commands.ts';
import type { Pattern, Runbook, RunbookEntry, RunbookReader, RunbookSecret } from './entries.ts';
import {
  type Block,
  heading,
  joined,
  listed,
  objectWords,
  phoenixSections,
  renewal,
  restarts,
  rotationWords,
  sourceWords,
  type Text,
  t,
  told,
} from './words.ts';

/** A runbook as the parts that every format writes, in the order in which people need them. */
export function documentOf(runbook: Runbook): Block[] {
  return [
    overview,
    entrySections,
    manualSections,
    generatedSections,
    phoenixSections,
    troubles,
    disasters,
    installation,
  ].flatMap(part => part(runbook));
}

/** What to look at when a value does not arrive. */
function troubles({ secrets, stores }: Runbook): Block[] {
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
function disasters(runbook: Runbook): Block[] {
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

/** Each entry of AWS: putting, listing, reading, rotating it, and what follows. */
function entrySections({ entries }: Runbook): Block[] {
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

/** What must exist before what, from an empty cluster on. */
function installation(runbook: Runbook): Block[] {
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

/** Secrets that people make, with the commands that ask for their values. */
function manualSections({ secrets }: Runbook): Block[] {
  const manual = secrets.filter(({ pattern }) => pattern === 'manual' || pattern === 'absent');
  if (manual.length === 0) return [];
  return [
    heading(2, ['Secrets made by hand']),
    {
      text: t`Nothing can bring these back: keep their values where people keep passwords. What only has to be random comes from ${'openssl rand -base64 36'}.`,
    },
    ...manual.flatMap(sectionOfManual),
  ];
}

function sectionOfManual(secret: RunbookSecret): Block[] {
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
function generatedSections({ secrets }: Runbook): Block[] {
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

/** All Secrets at a glance, and which ways of making them occur. */
function overview({ secrets }: Runbook): Block[] {
  if (secrets.length === 0) return [{ text: ['No Secret is made or read.'] }];
  return [
    heading(2, ['Secrets']),
    { head: ['Secret', 'Source', 'Keys', 'Used by', 'Rotation'], rows: secrets.map(row) },
    heading(2, ['How Secrets are used here']),
    { items: PATTERNS.flatMap(([pattern, what]) => patternItem(pattern, what, secrets)) },
  ];
}

function row(secret: RunbookSecret): Text[] {
  const { namespace, name, keys, isOpen, readers } = secret;
  return [
    t`${nameText({ namespace, name })}`,
    sourceWords(secret),
    isOpen ? t`${listed(keys)}${keys.length === 0 ? ['not told'] : [' and more']}` : listed(keys),
    readers.length === 0
      ? ['nothing']
      : joined(
          readers.map(reader => usedBy(reader, namespace)),
          '; ',
        ),
    rotationWords(secret),
  ];
}

function usedBy(reader: RunbookReader, home: string): Text {
  const { variables } = reader;
  const words = objectWords(reader, home);
  return variables.length === 0 ? words : t`${words} as ${listed(variables)}`;
}

const PATTERNS: readonly (readonly [Pattern, string])[] = [
  ['database', 'Logins of a database, straight from the Secret that CNPG makes: '],
  ['fetched', 'Keys from outside, which an ExternalSecret takes from an entry of a store: '],
  ['manual', 'Secrets that people make, as nothing else can know them: '],
  ['transformed', 'Another Secret in another form, by a template: '],
  ['generated', 'Values that are made up once in the cluster: '],
  ['made', 'Secrets that another operator makes: '],
  ['absent', 'Secrets that nothing makes which was read: people, or something else: '],
];

function patternItem(pattern: Pattern, what: string, secrets: readonly RunbookSecret[]): Text[] {
  const own = secrets.filter(secret => secret.pattern === pattern).map(({ name }) => name);
  return own.length === 0 ? [] : [t`${[what]}${listed([...new Set(own)])}.`];
}
