import { isSame, numberIn, valueAt } from '../../core/json.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { type PostgresVersion, postgresMajorOf, postgresVersion } from '../../kinds/cnpg/group.ts';
import { type Container, keptVolumes, type Pod } from '../../kinds/pods.ts';
import { changedOf, type Diff, isSameObject, podPairs } from '../diff.ts';
import type { Placed, Risk, RiskRule } from '../risk.ts';
import { fieldPlace, high, placeOn, theObject } from '../risk.ts';

/** The image of CNPG 1.30.0 (pkg/versions/versions.go); older operators have older ones. */
const DEFAULT_MAJOR = 18;

/** The oldest version that an upgrade may lead to (cluster_webhook.go, validateImageChange). */
const OLDEST_TARGET = 16;

export const postgresMajor: RiskRule = high('postgres-major', function* (diff) {
  for (const upgrade of operated(diff)) yield* upgradeRisk(upgrade, true);
  for (const upgrade of inPods(diff)) yield* upgradeRisk(upgrade, false);
  for (const change of changedOf(diff, cnpgCluster)) {
    const before = postgresVersion(change.before);
    const after = postgresVersion(change.after);
    if (before.from === after.from && before.text === after.text && before.major === after.major)
      continue;
    const verdict = verdictOf(before, after);
    if (verdict === undefined) continue;
    const { what, ...more } = verdict;
    const message = `the CNPG Cluster "${change.head.name}" ${what}`;
    yield { ...fieldPlace(change, after.path, before.path), message, ...more };
  }
});

type Upgrade = Placed & Readonly<Record<'from' | 'to', number>>;

/** An operator that upgrades the data; else the server of an image finds the old files. */
function operated(diff: Diff): Upgrade[] {
  return changedOf(diff).flatMap(({ head: object, before, after }) => {
    const path = object.knownKind?.data?.postgresMajorAt;
    if (path === undefined) return [];
    return [
      { object, path, from: numberIn(valueAt(before, path)), to: numberIn(valueAt(after, path)) },
    ];
  });
}

function inPods(diff: Diff): Upgrade[] {
  return podPairs(diff).flatMap(({ pod, was }) =>
    was !== undefined && isSameObject(pod.object, was.object)
      ? pod.containers.flatMap(container => inContainer(was, pod, container))
      : [],
  );
}

function inContainer(was: Pod, pod: Pod, container: Container): Upgrade[] {
  const old = was.containers.find(({ name }) => name === container.name);
  if (old === undefined || container.role === 'init') return [];
  const volumes = keptVolumes(was, old);
  if (!keptVolumes(pod, container).some(volume => volumes.some(before => isSame(volume, before))))
    return [];
  const [from = Number.NaN, to = Number.NaN] = [old, container].map(postgresMajorOf);
  return [{ object: pod.object, path: [...container.path, 'image'], from, to }];
}

function* upgradeRisk({ object, path, from, to }: Upgrade, isOperated: boolean): Iterable<Risk> {
  if (from === to || !Number.isInteger(from) || !Number.isInteger(to)) return;
  const isUpgrade = isOperated && from < to;
  yield {
    ...placeOn('head', object, path),
    message: `${theObject(object)} goes from PostgreSQL ${from} to ${to}: ${isUpgrade ? OPERATED : isOperated ? BACK : REFUSED}`,
    hint: isUpgrade
      ? 'Take a backup, and follow what the operator asks for: an upgrade of its own, or a new cluster.'
      : `Keep ${from}; or dump with it (pg_dumpall), and load that into ${isOperated ? 'a new cluster' : 'a new volume'}.`,
  };
}

/** What becomes of the data (docs/facts/operators.md#images-of-postgresql). */
const OPERATED =
  'its files have to be upgraded, which its operator does only as it is set to, and it stops for it';
const BACK = 'no operator takes the files of a newer version back to an older one';
const REFUSED =
  'the server does not read the files of another major version, and does not start, or starts empty';

type Verdict = Pick<Risk, 'level' | 'hint'> & { readonly what: string };

function verdictOf(before: PostgresVersion, after: PostgresVersion): Verdict | undefined {
  if (before.from === 'unresolved' || after.from === 'unresolved') return undefined;
  if (after.from === 'unreadable') return unreadable(before, after);
  if (before.major !== undefined && after.major !== undefined)
    return between(before.major, after.major);
  return unknown(before, after);
}

function between(before: number, after: number): Verdict | undefined {
  if (before === after) return undefined;
  const what = `goes from PostgreSQL ${before} to ${after}`;
  if (after < before)
    return {
      level: 'block',
      what: `${what}: the operator rejects a downgrade`,
      hint: `Keep ${before}. Older data comes back from a backup or a dump, in a new Cluster.`,
    };
  if (after < OLDEST_TARGET)
    return {
      level: 'block',
      what: `${what}: the operator upgrades in place to ${OLDEST_TARGET} or newer only`,
      hint: `Upgrade to ${OLDEST_TARGET} or newer, or import into a new Cluster.`,
    };
  return {
    what: `${what}: all instances stop for pg_upgrade, and the standbys are cloned anew`,
    hint: 'Take a backup, plan the outage, and check that the extensions are in the new image.',
  };
}

function unreadable(before: PostgresVersion, after: PostgresVersion): Verdict {
  const isNew = before.from !== 'unreadable';
  return {
    level: isNew ? 'block' : 'warn',
    what: `takes ${after.text}, whose tag tells no version of PostgreSQL${isNew ? ': the operator rejects it' : ', so it may be another major'}`,
    hint: 'Write a tag that begins with the version, such as 17.6; a digest may follow it.',
  };
}

function unknown(before: PostgresVersion, after: PostgresVersion): Verdict | undefined {
  const major = before.major ?? after.major;
  if (major === DEFAULT_MAJOR && after.major !== undefined && before.from === 'default')
    return undefined;
  const isLikely = after.from === 'default' && major !== undefined && major < DEFAULT_MAJOR;
  const version = (side: PostgresVersion): string =>
    side.major === undefined ? side.text : `PostgreSQL ${side.major}`;
  return {
    level: isLikely ? 'high' : 'warn',
    what: `goes from ${version(before)} to ${version(after)}, which may be another major version`,
    hint: `Write the image that runs now. The default of CNPG 1.30 is PostgreSQL ${DEFAULT_MAJOR}.`,
  };
}
