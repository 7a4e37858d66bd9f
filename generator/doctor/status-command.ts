import type { Host } from '../core/host.ts';
import type { JsonObject } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { effectiveForm, fieldChanges } from '../diff/field-changes.ts';
import { placesFor } from '../environments/places.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { refreshSeconds, refreshTime } from '../kinds/eso/group.ts';
import { storeOf } from '../kinds/eso/stores.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { Formats } from '../report/finding.ts';
import { jsonText, linesText, nameText, oneLine, shown, tableText } from '../report/text.ts';
import type { Action, CommandLine, CommonOptions } from '../shell/command.ts';
import { manifestsAt } from '../shell/command-input.ts';
import { type ManifestFlags, withFlags, wrongUsage } from '../shell/flags.ts';
import { clusterOf } from '../spec/shared-clusters.ts';
import type { FieldPlace } from '../world/places.ts';
import type { Joined, ShownPlace } from './command.ts';
import {
  exitCodeFor,
  flatField,
  joinedSet,
  placePrefix,
  printWithUnread,
  shownPlace,
} from './command.ts';
import { type Diagnosis, healthOf, stuckLink } from './diagnosis.ts';
import { ageText, clusterReads, type Dump, objectsAround } from './dump.ts';
import { dumpFrom, type LookFlags, withCluster } from './read-cluster.ts';
import { commandsFor, type Examined, liveExternalSecret } from './verdict.ts';

/** `context` and `from` may be given for all environments, and for one: `NAME`, `dev=NAME`. */
interface StatusFlags extends ManifestFlags {
  readonly context?: readonly string[];
  readonly from?: readonly string[];
  readonly kubeconfig?: string;
}

export const statusCommand: CommandLine<StatusFlags> = {
  name: 'status',
  description: 'show the state of the Secrets of every environment, on one screen',
  examples: [
    ['status', 'the cluster of the current context'],
    ['status --from dump', 'what `kubectl get … -o json` wrote into dump/'],
  ],
  define: (command, run) => {
    command
      .option('--context <name>', 'the context of kubectl; of one environment: ENV=NAME', collect)
      .option('--kubeconfig <file>', 'the kubeconfig of kubectl')
      .option('--from <folder>', 'a dump instead of a cluster; of one: ENV=FOLDER', collect)
      .option('-e, --environment <name>', 'one environment only');
    withFlags(command, 'root', 'exec', 'remote').action(flags =>
      run({ ...flags, paths: [], namespace: '' }),
    );
  },
};

const statusFormats: Formats<readonly EnvironmentStatus[]> = {
  text: renderStatusText,
  json: renderStatusJson,
};

export const status: Action<StatusFlags> = { run: runStatus, formats: statusFormats };

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

async function runStatus(options: StatusFlags & CommonOptions, host: Host): Promise<number> {
  const manifests = await manifestsAt(options, host);
  if (typeof manifests === 'number') return manifests;
  const joined = manifests.sets.map(joinedSet);
  const names = joined.map(({ environment }) => environment);
  const spec = manifests.read?.spec;
  const { context = [], from = [] } = options;
  const shared = names.filter(name => environmentValue(name, [...context, ...from]) === undefined);
  // They have to share one cluster, as only that one is read.
  if (new Set(shared.map(name => (spec && clusterOf(spec, name)) ?? name)).size > 1)
    wrongUsage(
      `${shared.join(', ')} are in several clusters: name that of each with --context ENV=NAME or --from ENV=FOLDER, or one environment with -e`,
    );
  const placeOf = placesFor(manifests.sets, host, manifests.read);
  const statusIn = ({ environment, secrets, graph }: Joined, dump: Dump): EnvironmentStatus => {
    const commands = commandsFor({ environment, paths: [] }, manifests.sets);
    const statuses = secrets.map(secret => statusOf({ secret, graph, dump, commands }, placeOf));
    return { environment, newest: dump.newest, secrets: statuses };
  };
  // Wrong flags are reported before any cluster is read.
  const environments = joined.map(set => {
    const source = sourceOf(set.environment, options, names);
    return { set, source, dump: dumpFrom(source, host) };
  });
  const statuses: EnvironmentStatus[] = [];
  const dumps: Dump[] = [];
  for (const { set, source, dump } of environments) {
    const reads = clusterReads(set.graph, set.secrets);
    const found = dump ?? (await withCluster(source, reads, host, read => read()));
    dumps.push(found);
    statuses.push(statusIn(set, found));
  }
  const isAllRead = printWithUnread(statusFormats, options.format, statuses, manifests, host);
  const isWell = statuses
    .flatMap(({ secrets }) => [...secrets])
    .every(({ state, spec }) => state !== 'broken' && spec !== 'drifted' && spec !== 'missing');
  return exitCodeFor(isWell && isAllRead, dumps);
}

function sourceOf(environment: string, flags: StatusFlags, all: readonly string[]): LookFlags {
  const { context = [], from = [], kubeconfig } = flags;
  const isOfAll = (value: string): boolean => !all.some(name => value.startsWith(`${name}=`));
  const [folder, named] = [from, context].map(
    values => environmentValue(environment, values) ?? values.find(isOfAll),
  );
  if (folder !== undefined && named !== undefined)
    return wrongUsage(`environment ${JSON.stringify(environment)} has a context and a dump`);
  return folder === undefined ? { context: named, kubeconfig } : { from: folder };
}

function environmentValue(environment: string, values: readonly string[]): string | undefined {
  return values.find(text => text.startsWith(`${environment}=`))?.slice(environment.length + 1);
}

type EnvironmentStatus = Omit<Diagnosis, 'secrets'> & { readonly secrets: readonly SecretStatus[] };

function renderStatusJson(environments: readonly EnvironmentStatus[]): string {
  return jsonText({
    environments: environments.map(({ environment, newest, secrets }) => ({
      environment: shown(environment),
      newest: newest ?? null,
      secrets: secrets.map(status => {
        const { secret, state, link = null, spec, ...more } = status;
        const { written = null, refreshed = null, next = null, ...place } = more;
        const difference = flatField(place);
        return { ...secret, state, link, spec, difference, written, refreshed, next };
      }),
    })),
  });
}

const HEAD = ['ENVIRONMENT', 'SECRET', 'FLOW', 'SPEC', 'WRITTEN', 'REFRESHED', 'NEXT'];

/** For people, on one screen: a line for each Secret, and below them what has drifted or is missing, once. */
function renderStatusText(environments: readonly EnvironmentStatus[]): string {
  const all = environments.flatMap(({ environment, secrets }) =>
    secrets.map(secret => ({ environment, ...secret })),
  );
  if (all.length === 0) return '';
  const rows = all.map(({ environment, written = '-', refreshed = '-', next = '-', ...status }) => {
    const [name, flow] = [nameText(status.secret), flowOf(status)];
    const cells = [environment, name, flow, status.spec, written, refreshed, next];
    return cells.map(text => [oneLine(text)]);
  });
  const differences = all.flatMap(({ spec, object, field, ...place }) => {
    if (object === undefined || spec === 'unknown') return [];
    const name = `${object.kind} ${nameText(object)}`;
    return `${placePrefix(place)}${name} ${spec === 'missing' ? 'is not there' : `has drifted: ${field}`}`;
  });
  return tableText(HEAD, rows) + linesText([...new Set(differences)]);
}

function flowOf({ state, link }: Pick<SecretStatus, 'state' | 'link'>): string {
  if (state === 'well') return 'well';
  return state === 'broken' ? `broken at ${link}` : `${link} unknown`;
}

type SecretStatus = ReturnType<typeof statusOf>;

/** A Secret as reports show it; the object and the field are what has drifted or is missing. */
function statusOf(examined: Examined, placeOf: FieldPlace) {
  const { secret, dump } = examined;
  const link = stuckLink(healthOf(examined));
  const states = objectsOf(examined).map(object => stateOf(object, dump));
  const [worst] = WORST.flatMap(state => states.find(found => found.state === state) ?? []);
  const { state: spec, object, field }: SpecState = worst ?? { state: 'unknown' };
  const { field: _, ...place }: Partial<ShownPlace> =
    object === undefined ? {} : shownPlace({ object, path: ['metadata', 'name'] }, placeOf);
  return {
    secret: { namespace: shown(secret.namespace), name: shown(secret.name) },
    state: link?.state ?? 'well',
    link: link?.link,
    spec,
    ...place,
    ...(field !== undefined && { field: shown(field) }),
    written: dump.ageOf(dump.secret(secret)?.written),
    ...refreshOf(examined),
  };
}

/** How long ago External Secrets last brought a Secret up to date, and when it does so next. */
function refreshOf({ secret, dump }: Examined): { refreshed?: string; next?: string } {
  const [first] = secret.external;
  const live = first && liveExternalSecret(first, dump);
  if (live === undefined) return {};
  const ago = dump.secondsSince(refreshTime(live));
  const every = refreshSeconds(live);
  if (ago === undefined) return {};
  const refreshed = ageText(ago);
  if (every === undefined) return { refreshed, next: 'never' };
  const left = every - ago;
  return { refreshed, next: left >= 0 ? `in ${ageText(left)}` : `overdue ${ageText(-left)}` };
}

interface SpecState {
  readonly state: 'in sync' | 'drifted' | 'missing' | 'unknown';
  readonly object?: PlacedObject;
  readonly field?: string;
}

const WORST = ['missing', 'drifted', 'unknown', 'in sync'] as const;

/** The objects to compare with the cluster: those of charts are left out. */
function objectsOf({ secret, graph }: Examined): PlacedObject[] {
  const stores = secret.external.flatMap(({ data, dataFrom, namespace }) =>
    [...data, ...dataFrom].flatMap(
      ({ storeRef }) => (storeRef && storeOf(graph.find, storeRef, namespace)) ?? [],
    ),
  );
  const all = [...stores, ...secret.external.map(({ object }) => object), ...objectsAround(secret)];
  return [...new Set(all)].filter(
    ({ knownKind, written }) =>
      knownKind !== undefined && knownKind !== coreSecret && written === undefined,
  );
}

function stateOf(object: PlacedObject, dump: Dump): SpecState {
  const live = dump.live(object);
  if (live === undefined) return { state: dump.lacks(object) ? 'missing' : 'unknown', object };
  // Further fields of the object in the cluster do not count.
  const changes = fieldChanges(formOf(object.json), formOf(live.json));
  const field = changes.find(({ what }) => what !== 'added')?.field;
  return field === undefined ? { state: 'in sync' } : { state: 'drifted', object, field };
}

const formOf = oncePer((object: KubeObject): JsonObject => {
  const { apiVersion: _, kind: __, metadata: ___, ...rest } = effectiveForm(object);
  return rest as unknown as JsonObject;
});
