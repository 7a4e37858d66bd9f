import { distance } from 'fastest-levenshtein';
import { groupBy, isSame } from '../../core/json.ts';
import { type ServiceHost, serviceHosts, serviceMakers } from '../../graph/hosts.ts';
import { atEachPlaceOnce } from '../../graph/reads.ts';
import { type SecretGraph, secretId } from '../../graph/secret-graph.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { isDeclared } from '../../world/object-set.ts';
import { deletionOf } from '../appliers.ts';
import { type Diff, formerOf, removedOf } from '../diff.ts';
import { isIdleSource, namedServices } from '../facts/clusters.ts';
import { block, nameOf, placeOn, type Risk, type RiskRule } from '../risk.ts';

export const hostLost: RiskRule = block('host-lost', function* (diff) {
  yield* lostServices(diff);
  for (const { host, hint } of unknownHosts(diff)) {
    const { object, path, service, namespace } = host;
    yield {
      ...placeOn('head', object, path),
      message: `the ${nameOf(object)} names "${service}" in namespace "${namespace}", where no Service has that name: it does not resolve`,
      hint,
    };
  }
});

function* lostServices(diff: Diff): Iterable<Risk> {
  const after = serviceMakers(diff.head);
  const lost = [...serviceMakers(diff.base)].filter(
    ([id, maker]) =>
      !after.has(id) &&
      // If its maker no longer names a namespace, it may get the same from something else.
      !after.has(secretId('', id.slice(id.indexOf('/') + 1))) &&
      isGoing(diff, maker),
  );
  if (lost.length === 0) return;
  const hosts = namedServices(diff);
  for (const [id, maker] of lost) {
    const [first, ...others] = atEachPlaceOnce(hosts.get(id) ?? []);
    if (first === undefined) continue;
    const [namespace = '', name = ''] = id.split('/');
    const successor = successorOf(diff, maker, name);
    const so = others.length === 1 ? 'so does 1' : `so do ${others.length}`;
    const more = others.length === 0 ? '' : `, and ${so} more`;
    yield {
      ...placeOn('head', first.object, first.path),
      cause: maker,
      message: `the Service "${name}" is gone from namespace "${namespace}", and the ${nameOf(first.object)} still names it${more}: the name does not resolve`,
      hint: successor
        ? `Write "${successor}" there.`
        : 'Keep the Service, or take its name out where it is read.',
      related: [
        { ...placeOn('base', maker), note: 'gave the Service its name' },
        ...others.map(({ object, path }) => {
          return { ...placeOn('head', object, path), note: 'names it too' };
        }),
      ],
    };
  }
}

function isGoing(diff: Diff, maker: PlacedObject): boolean {
  const change = diff.changes.find(entry => entry.what !== 'added' && entry.base === maker);
  if (change?.what !== 'removed') return change !== undefined;
  return deletionOf(diff, maker).outcome !== 'kept';
}

function successorOf(diff: Diff, maker: PlacedObject, name: string) {
  const becomes = removedOf(diff).find(({ base }) => base === maker)?.becomes;
  if (becomes === undefined || !name.startsWith(maker.name)) return undefined;
  const service = becomes.name + name.slice(maker.name.length);
  return becomes.namespace === maker.namespace ? service : `${service}.${becomes.namespace}.svc`;
}

/** New hosts without a Service, in namespaces of which all Services are known, and whether they are surely wrong. */
function unknownHosts(diff: Diff) {
  const { base, head } = diff;
  const [before, after] = [serviceMakers(base), serviceMakers(head)];
  if (after.size === 0 || head.outside.unknowns !== undefined) return [];
  const namespaces = new Set([...after.values()].map(({ namespace }) => namespace));
  const isUnknown = (host: ServiceHost): boolean =>
    !after.has(idOf(host)) &&
    !before.has(idOf(host)) &&
    host.form !== 'pod' &&
    namespaces.has(host.namespace) &&
    !isDeclared(head.outside, 'Service', { namespace: host.namespace, name: host.service }) &&
    !/^(kubernetes|localhost)$/.test(host.service);
  const ids = [...after.keys()];
  return changedHosts(diff).flatMap(({ hostsBefore, hosts }) => {
    const idsBefore = new Set(hostsBefore.map(idOf));
    const pods = hosts.filter(host => host.form === 'pod' && after.has(idOf(host)));
    // Whether `queue-0.queue` is a pod of the Service "queue", not a Service of a namespace.
    const isPod = ({ object, path, form }: ServiceHost): boolean =>
      form === 'dotted' && pods.some(pod => pod.object === object && isSame(pod.path, path));
    const unknown = hosts.filter(host => isUnknown(host) && !idsBefore.has(idOf(host)));
    const fresh = unknown.filter(host => !isPod(host) && !isIdleSource(diff, host));
    return fresh.flatMap(host => {
      const old = hostsBefore.find(was => was.setting === host.setting && before.has(idOf(was)));
      const hint = old
        ? `Until now it was ${old.service}.${old.namespace}.svc, a Service that there was.`
        : meantBy(host, ids);
      return hint === undefined ? [] : [{ host, hint }];
    });
  });
}

function changedHosts({ base, head, changes }: Diff) {
  const pairs = changes.flatMap(change =>
    change.what === 'removed' ? [] : [{ now: change.head, was: formerOf(change) }],
  );
  const hostsIn = (graph: SecretGraph, side: 'was' | 'now') => {
    const objects = new Set(pairs.flatMap(pair => pair[side] ?? []));
    return groupBy(serviceHosts(graph, objects), ({ object }) => object);
  };
  const [before, after] = [hostsIn(base, 'was'), hostsIn(head, 'now')];
  return pairs.map(({ now, was }) => {
    return { hostsBefore: (was && before.get(was)) ?? [], hosts: after.get(now) ?? [] };
  });
}

function idOf({ namespace, service }: ServiceHost): string {
  return secretId(namespace, service);
}

const CNPG = /-(rw|ro|r)$/;

/** The Service that was probably meant: one of CNPG with the same ending, or one whose name differs by one letter. A name with another number is no slip. */
function meantBy({ service, namespace, form }: ServiceHost, ids: readonly string[]) {
  if (form === 'short') return undefined;
  const near = ids.filter(id => id.startsWith(`${namespace}/`));
  const names = near.map(id => id.slice(namespace.length + 1));
  const [end] = CNPG.exec(service) ?? [];
  const isNear = (name: string): boolean =>
    distance(name, service) === 1 && name.replaceAll(/\d/g, '') !== service.replaceAll(/\d/g, '');
  const sameEnd = end && names.find(name => name.endsWith(end));
  const meant = sameEnd ?? (service.length < 5 ? undefined : names.find(isNear));
  return meant && `Is ${meant}.${namespace}.svc meant?`;
}
