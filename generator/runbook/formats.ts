import { page } from '#runbook/page';
import { CNPG } from '../kinds/cnpg/group.ts';
import { type Block, htmlOf, type Line, lineHtml, markdownOf } from '../report/document.ts';
import { escaped } from '../report/svg.ts';
import { nameText, oneLine } from '../report/text.ts';
import type { RunbookFormatName } from '../spec/spec.ts';
import {
  describeCommand,
  entryCommands,
  explained,
  home,
  joined,
  listed,
  objectWords,
  phoenixSections,
  readyCommand,
  renewal,
  renewCommand,
  restarts,
  rolloutCommand,
  rotationWords,
  secretCommands,
  sh,
  sourceWords,
  syncCommand,
  t,
} from './commands.ts';
import type { Pattern, Runbook, RunbookEntry, RunbookSecret } from './entries.ts';

/** Runbooks as one page of HTML, which needs no network, and can be read without scripts. */
function renderRunbookHtml(runbooks: readonly Runbook[]): string {
  const worlds = runbooks.map((runbook, index) => ({
    id: `runbook-${index + 1}`,
    name: runbook.name,
    missing: 0,
    parts: partsAt(2, documentOf(runbook)).map(({ title, blocks }) => {
      const entries = partsAt(3, blocks);
      const first = blocks.findIndex(block => 'heading' in block);
      return {
        title,
        intro: htmlOf(entries.length === 0 ? blocks : blocks.slice(0, first)),
        entries: entries.map(entry => ({ title: entry.title, html: htmlOf(entry.blocks) })),
      };
    }),
  }));
  return page.render({ worlds }, value => escaped(oneLine(String(value))));
}

function partsAt(level: number, blocks: readonly Block[]) {
  const starts = blocks.flatMap((block, index) =>
    'heading' in block && block.level === level ? [{ index, title: lineHtml(block.heading) }] : [],
  );
  return starts.map(({ index, title }, part) => {
    return { title, blocks: blocks.slice(index + 1, starts[part + 1]?.index) };
  });
}

function runbookMarkdown(runbook: Runbook): string {
  const intro =
    'Made from the manifests: names, never values. The commands are for bash, with kubectl, the AWS CLI and jq.';
  return markdownOf([
    { heading: ['Runbook: ', { name: runbook.name }], level: 1 },
    { text: [intro] },
    ...documentOf(runbook),
  ]);
}

/** The formats of `runbook --output`, and of the files in `runbook/`. */
export const runbookFormats: Readonly<
  Record<RunbookFormatName, (runbooks: readonly Runbook[]) => string>
> = {
  markdown: runbooks => runbooks.map(runbookMarkdown).join('\n'),
  html: renderRunbookHtml,
};

function documentOf(runbook: Runbook): Block[] {
  return [
    overview,
    entrySections,
    manualSections,
    generatedSections,
    phoenixSections,
    troubles,
    (all: Runbook) => part('Disasters', [...databasePasswords(all), ...lostStores(all)]),
    installation,
  ].flatMap(part => part(runbook));
}

function overview({ secrets }: Runbook): Block[] {
  if (secrets.length === 0)
    return [{ heading: ['Secrets'], level: 2 }, { text: ['No Secret is made or read.'] }];
  return [
    { heading: ['Secrets'], level: 2 },
    { head: ['Secret', 'Source', 'Keys', 'Used by', 'Rotation'], rows: secrets.map(row) },
    { heading: ['How Secrets are used here'], level: 2 },
    {
      items: PATTERNS.flatMap(([pattern, what]) => {
        const names = secrets.filter(secret => secret.pattern === pattern).map(({ name }) => name);
        return names.length === 0 ? [] : [t`${[what]}${listed([...new Set(names)])}.`];
      }),
    },
  ];
}

function row(secret: RunbookSecret): Line[] {
  const { namespace, name, keys, isOpen, readers } = secret;
  const users = readers.map(reader => {
    const words = objectWords(reader, namespace);
    return reader.variables.length === 0 ? words : t`${words} as ${listed(reader.variables)}`;
  });
  return [
    t`${nameText({ namespace, name })}`,
    sourceWords(secret),
    isOpen ? t`${listed(keys)}${keys.length === 0 ? ['not told'] : [' and more']}` : listed(keys),
    users.length === 0 ? ['nothing'] : joined(users, '; '),
    rotationWords(secret),
  ];
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

/** A part of a runbook; one without sections is left out. */
function part(title: string, sections: readonly Block[], ...intro: readonly Line[]): Block[] {
  if (sections.length === 0) return [];
  return [{ heading: [title], level: 2 }, ...intro.map(text => ({ text })), ...sections];
}

function entrySections({ entries }: Runbook): Block[] {
  const intro = t`A value is asked for, and is no argument: it stands neither in the history nor in the list of processes. One of several lines comes from a file, which is deleted afterwards: leave out all before ${'aws'}, and write the path of the file in place of ${'/dev/stdin'}. A newline at its end would be part of the value. ${'rem-secrets params check'} says what is missing or wrong, and ${'rem-secrets params put NAME'} asks for a value too, and looks at what is there before.`;
  return part('Parameters and secrets of AWS', entries.flatMap(section), intro);
}

function section(entry: RunbookEntry): Block[] {
  const { name, service, account, properties, stores, secrets } = entry;
  const { list, put, rotate, read } = entryCommands(entry);
  const of = joined(stores.map(store => objectWords(store, store.namespace)));
  const what = service === 'ParameterStore' ? 'Parameter' : 'Secret of Secrets Manager';
  const parts = t`; its value is JSON with ${listed(properties)}, and is put as a whole.`;
  const json = properties.length === 0 ? ['.'] : parts;
  const where = account === undefined ? [] : t` in account ${account}`;
  const whose = account === undefined ? [] : [' The commands need credentials of that account.'];
  return [
    { heading: t`${name}`, level: 3 },
    {
      text: t`${[what]} of ${of}${where}, for Secret ${listed(secrets.map(secret => secret.name))}${json}${whose}`,
    },
    ...(put === rotate
      ? explained(['Put it, or rotate it: a new value under the same name.'], put)
      : [...explained(['Make it:'], put), ...explained(['Rotate it:'], rotate)]),
    ...explained(['Is it there, and since when:'], list),
    ...explained(['Read it; this shows the value:'], read),
    ...renewal(secrets),
  ];
}

function manualSections({ secrets }: Runbook): Block[] {
  const intro = t`Nothing can bring these back: keep their values where people keep passwords. What only has to be random comes from ${'openssl rand -base64 36'}.`;
  return part('Secrets made by hand', secrets.filter(isManual).flatMap(manualSection), intro);
}

function isManual({ pattern }: RunbookSecret): boolean {
  return pattern === 'manual' || pattern === 'absent';
}

/** The names of keys, without their values. */
const KEYS = '{{range $key, $value := .data}}{{$key}}{{"\\n"}}{{end}}';

function manualSection(secret: RunbookSecret): Block[] {
  const { namespace, name, keys } = secret;
  const commands = secretCommands(secret);
  return [
    { heading: t`${`${namespace}/${name}`}`, level: 3 },
    ...(commands === undefined
      ? [{ text: ['Which keys it needs is not told, or a name is none of Kubernetes.'] }]
      : [
          ...explained(t`Make it, with the keys ${listed(keys)}:`, commands.create),
          ...explained(['Give it other values:'], commands.replace),
        ]),
    ...explained(
      ['Which keys it has:'],
      sh`kubectl ${home(namespace)} get ${`secret/${name}`} ${`--output=go-template=${KEYS}`}`,
    ),
    ...restarts(secret),
  ];
}

function generatedSections({ secrets }: Runbook): Block[] {
  const generated = secrets.filter(({ pattern }) => pattern === 'generated');
  const sections = generated.flatMap((secret): Block[] => [
    { heading: t`${`${secret.namespace}/${secret.name}`}`, level: 3 },
    ...explained(
      ['What it protects is lost with its value. Have another made:'],
      renewCommand(secret.namespace, secret.name),
    ),
    ...restarts(secret),
  ]);
  return part('Secrets made up in the cluster', sections);
}

function troubles({ secrets, stores }: Runbook): Block[] {
  const external = secrets.filter(secret => secret.external !== undefined);
  if (external.length === 0) return [];
  const namespaces = [...new Set(external.map(({ namespace }) => namespace))];
  return [
    { heading: ['When a value does not arrive'], level: 2 },
    ...explained(
      ['Why a fetch failed is in its events, for an hour:'],
      ...namespaces.map(
        namespace => sh`kubectl ${home(namespace)} get events --field-selector=reason=UpdateFailed`,
      ),
    ),
    ...explained(
      ['The store has to be ready; that says nothing of its permissions yet:'],
      ...stores.map(describeCommand),
    ),
    ...explained(
      ['Each ExternalSecret:'],
      ...external.map(({ namespace, external: name = '' }) =>
        describeCommand({ kind: 'ExternalSecret', namespace, name }),
      ),
    ),
  ];
}

function databasePasswords({ secrets }: Runbook): Block[] {
  const ofDatabases = secrets.filter(({ pattern }) => pattern === 'database');
  return ofDatabases.flatMap((secret): Block[] => {
    const copies = secrets.filter(
      ({ pattern, sources }) =>
        pattern === 'transformed' &&
        sources.some(({ remoteKeys }) => remoteKeys.includes(secret.name)),
    );
    return [
      { heading: t`The password in ${secret.name} is known, or lost`, level: 3 },
      ...explained(
        ['CNPG makes the Secret anew, with another password, and sets that in the database:'],
        renewCommand(secret.namespace, secret.name),
      ),
      ...renewal([secret, ...copies]),
    ];
  });
}

function lostStores({ secrets, stores }: Runbook): Block[] {
  const fetched = secrets.filter(
    ({ external, interval }) => external !== undefined && interval !== undefined,
  );
  if (fetched.length === 0 || stores.length === 0) return [];
  const gone = fetched.filter(({ isDeleted }) => isDeleted).map(({ name }) => name);
  return [
    { heading: ['A store is lost, or nothing may be read from it'], level: 3 },
    {
      text: t`${joined(stores.map(store => objectWords(store, store.namespace)))}: the Secrets stay as they are, and pods run on and can be restarted. Delete no ExternalSecret: the Secret that it owns goes with it.`,
    },
    ...(gone.length === 0
      ? []
      : [{ text: t`These go once their values are gone from the store: ${listed(gone)}.` }]),
    ...explained(
      ['Once the store is back, with all values put again:'],
      ...fetched.map(({ namespace, external = '' }) => syncCommand(namespace, external)),
    ),
  ];
}

function installation(runbook: Runbook): Block[] {
  const steps = Object.entries(STEPS)
    .map(([title, blocksOf]) => ({ title, blocks: blocksOf(runbook) }))
    .filter(({ blocks }) => blocks.length > 0);
  const numbered = steps.flatMap(({ title, blocks }, index): Block[] => [
    { heading: [`${index + 1}. `, title], level: 3 },
    ...blocks,
  ]);
  return part('First installation, in this order', numbered);
}

const STEPS: Readonly<Record<string, (runbook: Runbook) => Block[]>> = {
  'The operators': ({ groups }) => {
    const commands = groups.map(group => sh`kubectl api-resources ${`--api-group=${group}`}`);
    return explainedAll(['Each of these lists what its operator brings:'], commands);
  },
  'The roles of AWS': ({ entries, name, overlay }) => {
    const command = overlay === undefined ? 'rem-secrets iam PATH' : `rem-secrets iam -e ${name}`;
    const text = t`Before anything is fetched. ${command} prints exactly what is needed.`;
    return entries.length === 0 ? [] : [{ text }];
  },
  'The values in AWS': runbook => {
    const late = lateEntries(runbook);
    const first = runbook.entries.filter(entry => !late.includes(entry));
    const items = first.map(({ name }) => t`${name}`);
    return items.length === 0 ? [] : [{ text: ['Put each of them, as told above:'] }, { items }];
  },
  'The namespaces': ({ namespaces }) => {
    const commands = namespaces.map(
      name => sh`kubectl get ${`namespace/${name}`} || kubectl create namespace ${name}`,
    );
    return explainedAll(['If they are not there:'], commands);
  },
  'The Secrets made by hand': ({ secrets }) => {
    const names = secrets.filter(isManual).map(({ name }) => name);
    const text = t`${listed(names)}: pods that read them wait for them.`;
    return names.length === 0 ? [] : [{ text }];
  },
  'The manifests': ({ overlay }) => {
    if (overlay === undefined) return [];
    const command = sh`kubectl apply --server-side ${`--kustomize=${overlay}`}`;
    return explained(['Unless Argo CD or Flux applies them:'], command);
  },
  'Waiting, in the order in which one needs the other': runbook => {
    const { databases, secrets, workloads } = runbook;
    const late = lateSecrets(runbook);
    const later = new Set(late.flatMap(waitsForReaders));
    const kind = `clusters.${CNPG}`;
    const clusters = databases.map(database => readyCommand({ ...database, kind }));
    const fetched = secrets.filter(secret => !late.includes(secret)).flatMap(waitForFetch);
    const running = workloads.map(rolloutCommand).filter(command => !later.has(command));
    const all = [...clusters, ...fetched, ...running];
    return explainedAll(['A database, what is fetched, what reads it:'], all);
  },
  // The Secrets with an API key of Phoenix, and the workloads that wait for them.
  'The API key of Phoenix': runbook => {
    const late = lateSecrets(runbook);
    const names = lateEntries(runbook).map(({ name }) => name);
    const why = t`Now that it runs the key can be made and put into ${listed(names)}, as told above. What needs it comes up only then:`;
    const commands = [...late.flatMap(waitForFetch), ...late.flatMap(waitsForReaders)];
    return late.length === 0 ? [] : explained(why, ...commands);
  },
};

function explainedAll(text: Line, commands: readonly string[]): Block[] {
  return commands.length === 0 ? [] : explained(text, ...commands);
}

function lateEntries({ phoenixes }: Runbook): RunbookEntry[] {
  return phoenixes.flatMap(({ entries }) => [...entries]);
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
