import type { Path } from '../../core/finding.ts';
import { groupBy, isSame, listAt, sortBy, textAt, valueAt } from '../../core/json.ts';
import { asJson, isUnresolved, type KubeObject } from '../../core/kube-object.ts';
import { runsPerMonth } from '../../core/units.ts';
import { objectIdentity } from '../../graph/graph.ts';
import { type ServiceHost, serviceHosts, serviceRefs } from '../../graph/hosts.ts';
import { type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import { cnpgBackup, scheduledBackup, sourceArchive } from '../../kinds/cnpg/backups.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { postgresMajorOf } from '../../kinds/cnpg/group.ts';
import {
  CLUSTER_MEMBERS,
  CLUSTER_PATH,
  COPY_SOURCES,
  cnpgClusterNameOf,
  cnpgClusterOf,
  FOLLOWED_SOURCE,
  subscription,
} from '../../kinds/cnpg/members.ts';
import { persistentVolumeClaim } from '../../kinds/core/volumes.ts';
import { postgresCluster } from '../../kinds/crunchy.ts';
import type { BackupPlace, BackupPlan, BackupScope } from '../../kinds/facets.ts';
import { isOnePlace } from '../../kinds/facets.ts';
import { type Kind, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { mariaDb } from '../../kinds/mariadb.ts';
import { type Container, keptVolumes, type Pod } from '../../kinds/pods.ts';
import { type Added, changedOf, type Diff, type SideName } from '../diff.ts';
import { type Placed, placeOn, type RelatedObject } from '../risk.ts';
import { isTemplate, keepsData } from './claims.ts';

/** Objects of a removed Cluster that name another one on head: the apply is rejected. */
export function followers(diff: Diff, removed: PlacedObject): RelatedObject[] {
  return CLUSTER_MEMBERS.filter(({ changes }) => changes?.fixedOnceSet?.includes('cluster.name'))
    .flatMap(kind => changedOf(diff, kind))
    .filter(
      ({ base, before, after }) =>
        base.namespace === removed.namespace &&
        cnpgClusterNameOf(before) === removed.name &&
        cnpgClusterNameOf(after) !== removed.name,
    )
    .map(({ head }) => ({
      ...placeOn('head', head, CLUSTER_PATH),
      note: 'cannot follow, its cluster is immutable: make a new object',
    }));
}

/** Whether the Cluster that an object belongs to on base is gone on head. */
export function hasLostCluster({ base, head }: Diff, object: PlacedObject): boolean {
  return cnpgClusterOf(base, object) !== undefined && cnpgClusterOf(head, object) === undefined;
}

export interface Planned {
  readonly object: PlacedObject;
  readonly plan: BackupPlan;
}

export interface LostBackup {
  readonly gone: readonly [Planned, ...Planned[]];
  readonly scope: BackupScope;
  /** The names without a plan. `all`: no plan covers all names. Empty: it is only backed up less often. */
  readonly missing: readonly string[] | 'all';
  readonly left: readonly Planned[];
  readonly isUncertain: boolean;
  readonly runs?: readonly [before: number, after: number];
  readonly places?: readonly [before: number, after: number];
}

/** The backups that plans of base make and those of head do not, scope by scope. */
export function lostBackups(diff: Diff): LostBackup[] {
  const { base, head, compared } = diff;
  const before = plansOf(base).filter(({ object }) => compared.has(object));
  if (before.length === 0) return [];
  const after = plansOf(head);
  const groups = groupBy(before, ({ plan }) => JSON.stringify(plan.scope));
  return [...groups.values()].flatMap(group => lostOf(diff, group, after));
}

function plansOf({ objects }: SecretGraph): Planned[] {
  const all = objects.flatMap(object => {
    const plan = object.knownKind?.data?.backupPlan?.(object);
    return plan === undefined || plan.isStopped || isTemplate(object) ? [] : [{ object, plan }];
  });
  return sortBy(all, ({ object, plan }) =>
    JSON.stringify([1e6 - Math.round(runsOf(plan) ?? 0), objectIdentity(object)]),
  );
}

function runsOf({ schedule }: BackupPlan): number | undefined {
  return schedule === undefined ? undefined : runsPerMonth(schedule);
}

function lostOf(diff: Diff, group: readonly Planned[], after: readonly Planned[]): LostBackup[] {
  const plans = new Map(after.map(({ object, plan }) => [objectIdentity(object), plan]));
  const targets = new Set(after.map(({ plan }) => plan.target));
  const [first, ...others] = sortBy(
    group.filter(({ object, plan }) => !isSame(plans.get(objectIdentity(object)), plan)),
    ({ plan }) => String(targets.has(plan.target)),
  );
  if (first === undefined) return [];
  const { scope } = first.plan;
  const same = after.filter(({ plan }) => plan.scope.what === scope.what);
  const all = scope.names === 'all' ? [] : scope.names;
  const states = all.map(name => targetState(diff, scope.what, name));
  // An object that is removed needs no backup.
  const left = all.filter((_, index) => states[index] !== 'gone');
  const names = scope.names === 'all' ? 'all' : left;
  const missing = missingOf({ ...scope, names }, same);
  const whole = same.filter(planned => missingOf({ ...scope, names }, [planned]).length === 0);
  const fewer = missing.length > 0 ? {} : fewerBackups(group, whole);
  if (names.length === 0 || fewer === undefined) return [];
  return [
    {
      gone: [first, ...others],
      scope,
      missing,
      left: scope.names === 'all' ? same : [],
      isUncertain: states.includes('unknown'),
      ...fewer,
    },
  ];
}

function missingOf(scope: BackupScope, plans: readonly Planned[]): LostBackup['missing'] {
  const whole = plans.map(({ plan }) => plan.scope).filter(plan => plan.isWhole || !scope.isWhole);
  const isCovered = (name: string): boolean =>
    whole.some(({ names, except }) =>
      names === 'all' ? !except.includes(name) : names.includes(name),
    );
  if (scope.names !== 'all') return scope.names.filter(name => !isCovered(name));
  const [best] = whole
    .filter(plan => plan.names === 'all')
    .map(({ except }) => {
      const names = except.filter(name => !scope.except.includes(name));
      return missingOf({ ...scope, names }, plans);
    })
    .sort((a, b) => a.length - b.length);
  return best ?? 'all';
}

const MUCH_RARER = 2;

function fewerBackups(
  group: readonly Planned[],
  whole: readonly Planned[],
): Pick<LostBackup, 'runs' | 'places'> | undefined {
  const most = (all: readonly Planned[]): number =>
    Math.max(0, ...all.map(({ plan }) => runsOf(plan) ?? Number.NaN));
  const [before, after] = [most(group), most(whole)];
  // Plans that run at unknown times are not compared.
  if (before > after * MUCH_RARER) return { runs: [before, after] };
  const places = (all: readonly Planned[]) => new Set(all.map(({ plan }) => plan.target)).size;
  const [was, is] = [places(group), places(whole)];
  return is < was ? { places: [was, is] } : undefined;
}

const KINDS: Readonly<Partial<Record<BackupScope['what'], Kind>>> = {
  'CNPG Cluster': cnpgCluster,
  MariaDB: mariaDb,
  PostgresCluster: postgresCluster,
  PersistentVolumeClaim: persistentVolumeClaim,
};

function targetState(
  { base, head }: Diff,
  what: BackupScope['what'],
  target: string,
): 'there' | 'gone' | 'unknown' {
  if (what === 'group') return 'there';
  const [namespace = '', name = ''] = target.split('/');
  const kind = KINDS[what];
  const [was, is] = [base, head].map(({ find, objects }) => {
    if (kind !== undefined) return find(kind, namespace, name) !== undefined;
    const near = objects.filter(object => object.namespace === namespace);
    return near.some(object => what !== 'dump' || keepsData(object, find));
  });
  return is ? 'there' : was ? 'gone' : 'unknown';
}

export interface PostgresUpgrade {
  readonly object: PlacedObject;
  readonly path: Path;
  readonly from: number;
  readonly to: number;
  /** An operator upgrades the data. Else the server of an image finds the old files. */
  readonly isOperated: boolean;
}

/** The objects whose PostgreSQL gets another major version on its old data. Clusters of CNPG have a rule of their own. */
export function postgresUpgrades(diff: Diff): PostgresUpgrade[] {
  return [...operated(diff), ...inPods(diff)].filter(
    ({ from, to }) => from !== to && Number.isInteger(from) && Number.isInteger(to),
  );
}

function operated(diff: Diff): PostgresUpgrade[] {
  return changedOf(diff).flatMap(({ head: object, before, after }) => {
    const path = object.knownKind?.data?.postgresMajorAt;
    if (path === undefined) return [];
    const majorIn = (form: KubeObject): number => Number(valueAt(asJson(form), path));
    return [{ object, path, from: majorIn(before), to: majorIn(after), isOperated: true }];
  });
}

function inPods({ base, head, compared }: Diff): PostgresUpgrade[] {
  const before = new Map(base.pods.map(pod => [objectIdentity(pod.object), pod]));
  return head.pods.flatMap(pod => {
    const was = before.get(objectIdentity(pod.object));
    if (was === undefined || !compared.has(pod.object)) return [];
    return pod.containers.flatMap(container => inContainer(was, pod, container));
  });
}

function inContainer(was: Pod, pod: Pod, container: Container): PostgresUpgrade[] {
  const old = was.containers.find(({ name }) => name === container.name);
  if (old === undefined || container.role === 'init') return [];
  const volumes = keptVolumes(was, old);
  if (!keptVolumes(pod, container).some(volume => volumes.some(before => isSame(volume, before))))
    return [];
  const [from = Number.NaN, to = Number.NaN] = [old, container].map(postgresMajorOf);
  return [{ object: pod.object, path: [...container.path, 'image'], from, to, isOperated: false }];
}

/** The Cluster whose data a recovery takes: of its Backup or archive, or the one it replaces; base before head. */
export function recoverySource(
  { base, head }: Diff,
  { head: object, was }: Added,
): { readonly cluster: PlacedObject; readonly side: SideName } | undefined {
  for (const [side, graph] of [['base', base] as const, ['head', head] as const]) {
    const cluster = byBackup(graph, object) ?? byArchive(graph, object, head);
    if (cluster !== undefined && cluster !== object) return { cluster, side };
  }
  return was === undefined || backupName(object) !== undefined
    ? undefined
    : { cluster: was, side: 'base' };
}

function backupName(object: PlacedObject): string | undefined {
  return textAt(specOf(object), 'bootstrap', 'recovery', 'backup', 'name');
}

/** A ScheduledBackup names its Backups after itself, with the time at the end. */
function byBackup(graph: SecretGraph, object: PlacedObject): PlacedObject | undefined {
  const name = backupName(object);
  if (name === undefined) return undefined;
  const { namespace } = object;
  const [, schedule = ''] = /^(.+)-\d{14}$/.exec(name) ?? [];
  const backup = graph.find(cnpgBackup, namespace, name);
  const of = backup ?? graph.find(scheduledBackup, namespace, schedule);
  return of && cnpgClusterOf(graph, of);
}

function byArchive(graph: SecretGraph, object: PlacedObject, { find }: SecretGraph) {
  const source = sourceArchive(object, find);
  if (source === undefined) return undefined;
  // A variable, or a store that was not read, may mean another place in each namespace.
  const isSure = source.place !== undefined && !isUnresolved(source.place);
  return graph.byKind(cnpgCluster).find(cluster => {
    const isNear = cluster.namespace === object.namespace;
    if (isNear ? cluster.name === object.name : !isSure) return false;
    const archive = cluster.knownKind?.data?.backupPlace?.(cluster, graph.find);
    if (archive === undefined || (!isNear && archive.place === undefined)) return false;
    return isOnePlace(archive, source);
  });
}

/** The fields of head that name a Service, by the Service, without those that nothing follows. */
export function namedServices(diff: Diff): ReadonlyMap<string, readonly ServiceHost[]> {
  const all = [...serviceHosts(diff.head), ...serviceRefs(diff.head)];
  const followed = all.filter(host => !isIdleSource(diff, host));
  return groupBy(followed, ({ namespace, service }) => secretId(namespace, service));
}

/** Whether a field is of an external cluster that its Cluster does not, or no longer, connect to (docs/facts/cnpg.md#bootstrap). */
export function isIdleSource({ base, head }: Diff, { object, path }: Placed): boolean {
  const [, field, index] = path;
  if (object.knownKind !== cnpgCluster || field !== 'externalClusters') return false;
  const entry = textAt(listAt(specOf(object), 'externalClusters')[Number(index)], 'name');
  const isMade = base.find(cnpgCluster, object.namespace, object.name) !== undefined;
  const names = [...(isMade ? [] : COPY_SOURCES), FOLLOWED_SOURCE].map(fields =>
    textAt(specOf(object), ...fields),
  );
  const subscribed = head
    .byKind(subscription)
    .filter(subscriber => cnpgClusterOf(head, subscriber) === object)
    .map(subscriber => textAt(specOf(subscriber), 'externalClusterName'));
  return entry !== undefined && ![...names, ...subscribed].includes(entry);
}

/** The Clusters by their archives. An archive with a variable in its place is not known. */
export function archivesOf(graph: SecretGraph): (Placed & BackupPlace)[][] {
  const all = graph.byKind(cnpgCluster).flatMap(object => {
    const archive = object.knownKind?.data?.backupPlace?.(object, graph.find);
    return archive?.place === undefined || isUnresolved(archive.place)
      ? []
      : [{ object, ...archive }];
  });
  const sorted = sortBy(all, ({ object }) => objectIdentity(object));
  return [...groupBy(sorted, ({ place }) => place).values()];
}
