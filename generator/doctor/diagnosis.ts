import { isAwsRegion, nearestAwsRegion } from '../core/aws-regions.ts';
import type { NamespacedName } from '../core/finding.ts';
import { groupBy, isMap, mapAt, sortBy, textAt } from '../core/json.ts';
import { inNamespace, isUnresolved } from '../core/kube-object.ts';
import { oncePer } from '../core/once.ts';
import { refusedCall, roleEntries } from '../graph/iam.ts';
import { readersOf, type SecretGraph, secretId } from '../graph/secret-graph.ts';
import { isNamed } from '../iam/grants.ts';
import { cnpgCluster } from '../kinds/cnpg/cluster.ts';
import { pushedStores, pushSecret } from '../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../kinds/eso/external-secret-spec.ts';
import { lacksProperty, NOTHING_MADE, refreshSeconds, refreshTime } from '../kinds/eso/group.ts';
import { awsStore, type StoreRef, storeKind, storeOf } from '../kinds/eso/stores.ts';
import { type ObjectField, type PlacedObject, specOf } from '../kinds/kind.ts';
import { askedName, type Found } from '../params/entry.ts';
import { ageText, type Dump, objectsAround } from './dump.ts';
import { cnpgLink, keysLink, podsLink, restartLink, secretLink } from './pods.ts';
import type { Checked, Evidence, Examined, Mendable, Verdict } from './verdict.ts';
import {
  absence,
  absentObject,
  applyCommand,
  broken,
  calledObject,
  conditionEvidence,
  createdAt,
  entriesRead,
  liveExternalSecret,
  namespaceFlag,
  OK,
  pending,
  readiness,
  readyEvidence,
  syncFault,
  unknown,
  worstOf,
} from './verdict.ts';

/** The state of a Secret of the manifests in a cluster, link by link. */
export interface SecretHealth extends NamespacedName {
  readonly links: readonly Link[];
  /** The other Secrets without which it stays stuck at its link. */
  readonly needs: readonly string[];
}

/** A link of a Secret, and what was found of it; `by`: the link that blocks it. */
export type Link = Checked & { readonly link: LinkName; readonly by?: LinkName | undefined };

/** The state of the Secrets that one environment expects, in the cluster of a dump. */
export interface Diagnosis {
  readonly environment: string;
  readonly newest: string | undefined;
  readonly secrets: readonly SecretHealth[];
}

export type LinkName =
  | ('entry' | 'permission' | 'store' | 'external-secret' | 'secret')
  | ('keys' | 'pods' | 'restart' | 'cnpg' | 'push');

/** The links of a secret on its way from its store to a program, in order, and how each is checked. */
const CHECKS: readonly (readonly [link: LinkName, check: (examined: Examined) => Verdict])[] = [
  ['entry', ofEach(entryVerdict)],
  ['permission', ofEach(permissionVerdict)],
  ['store', ofEach(storesVerdict)],
  ['external-secret', ofEach(externalSecretVerdict)],
  ['secret', secretLink],
  ['keys', keysLink],
  ['pods', podsLink],
  ['restart', restartLink],
  ['cnpg', cnpgLink],
  ['push', pushLink],
];

function ofEach(check: (external: ExternalSecret, examined: Examined) => Verdict) {
  return (examined: Examined): Verdict =>
    worstOf(examined.secret.external.map(external => check(external, examined)));
}

export function isBefore(link: LinkName, later: LinkName): boolean {
  const links = CHECKS.map(([name]) => name);
  return links.indexOf(link) < links.indexOf(later);
}

/** Links that are checked even if an earlier one is broken. */
const UNBLOCKED: readonly LinkName[] = ['entry', 'permission', 'store'];

/** Links of the Secret's readers: a PushSecret works even if they are broken. */
const READERS: readonly LinkName[] = ['pods', 'restart', 'cnpg'];

export function healthOf(examined: Examined): SecretHealth {
  const { namespace, name, object } = examined.secret;
  if (namespace === '') {
    const verdict = unknown(`${object.kind} "${object.name}" names no namespace: --namespace does`);
    return { namespace, name, links: [{ link: 'secret', ...verdict }], needs: [] };
  }
  const links: Link[] = [];
  let stuck: LinkName | undefined;
  for (const [link, check] of CHECKS) {
    const verdict = check(examined);
    if (verdict === undefined) continue;
    const isBlocked = stuck !== undefined && blocks(stuck, link);
    links.push({ link, ...(isBlocked ? { state: 'blocked', by: stuck, evidence: [] } : verdict) });
    if (verdict.state === 'broken') stuck ??= link;
  }
  return { namespace, name, links, needs: neededFor(stuckLink({ links }), examined) };
}

function neededFor(at: Link | undefined, { secret, graph }: Examined): string[] {
  if (at === undefined) return [];
  const { link, evidence } = at;
  const ownId = secretId(secret.namespace, secret.name);
  const words = evidence.map(({ text }) => text).join('\n');
  const isNamed = link !== 'store' && link !== 'secret' && link !== 'cnpg';
  const external = secret.external.map(({ object }) => object);
  const stores = secret.external.flatMap(each =>
    storeRefs(each).flatMap(ref => storeOf(graph.find, ref, each.namespace) ?? []),
  );
  const stuck: Partial<Record<LinkName, readonly PlacedObject[]>> = {
    ...{ entry: external, permission: external, 'external-secret': external, store: stores },
    secret: (secret.node?.makers ?? []).map(({ object }) => object),
    cnpg: objectsAround(secret).filter(({ knownKind }) => knownKind === cnpgCluster),
  };
  return (stuck[link] ?? []).flatMap(object =>
    (readersByObject(graph).get(object) ?? [])
      .filter(({ secret: name }) => !isNamed || words.includes(`"${name}"`))
      .map(({ namespace, secret: name }) => secretId(namespace, name))
      .filter(id => id !== ownId),
  );
}

const readersByObject = oncePer(({ readers }: Examined['graph']) => {
  const needing = readers.filter(({ isOptional }) => !isOptional);
  return groupBy(needing, ({ object }) => object);
});

function blocks(broken: LinkName, link: LinkName): boolean {
  return !UNBLOCKED.includes(link) && !(link === 'push' && READERS.includes(broken));
}

/** The link that a Secret is stuck at, or else the first that is not known. */
export function stuckLink({ links }: Pick<SecretHealth, 'links'>): Link | undefined {
  return (
    links.find(({ state }) => state === 'broken') ?? links.find(({ state }) => state === 'unknown')
  );
}

/** Whether the stores have the entries: by what AWS answers if it is asked, else by what External Secrets reports. */
function entryVerdict(external: ExternalSecret, examined: Examined): Verdict {
  const { graph, found } = examined;
  const byAws = (entriesRead(graph).get(external.object) ?? []).flatMap(({ entry, use }) => {
    const facts = use.how === 'push' ? undefined : found?.(entry);
    if (facts === undefined) return [];
    const at = { object: external.object, path: use.path };
    const put = examined.commands.remSecrets('params put', entry.name);
    return factsVerdict(`"${askedName(entry)}"`, facts, at, put);
  });
  const worst = worstOf(byAws);
  if (worst?.state === 'broken') return worst;
  const fault = syncFault(external, examined);
  // The entry may exist by now, and External Secrets may not have looked for it again yet.
  const isThereNow = byAws.length > 0 && byAws.every(verdict => verdict?.state === 'ok');
  const isOfProperty = lacksProperty(fault?.broken.evidence.at(-1)?.text ?? '');
  if (fault?.cause === 'missing entry' && (!isThereNow || isOfProperty)) return fault.broken;
  return worst ?? (isFetched(external, examined) ? OK : undefined);
}

function isFetched(external: ExternalSecret, { dump, graph }: Examined): boolean {
  const live = liveExternalSecret(external, dump);
  if (live === undefined || !entriesRead(graph).has(external.object)) return false;
  return readiness(live, dump).isReady === true;
}

function factsVerdict(name: string, facts: Found, at: ObjectField, put: string | undefined) {
  if (facts === 'missing') return broken(`AWS has no ${name}`, [], at, put);
  if ('unknown' in facts) return unknown(`${name} was not looked at: ${facts.unknown}`);
  if (facts.deleted !== undefined)
    return broken(`AWS deletes ${name} after ${facts.deleted}, and gives it to nobody`, [], at);
  return facts.hasValue ? OK : broken(`${name} is there and has no value`, [], at, put);
}

/** Whether External Secrets may read the entries, which only its own status shows. */
function permissionVerdict(external: ExternalSecret, examined: Examined): Verdict {
  const fault = syncFault(external, examined);
  if (fault?.cause !== 'no permission') return isFetched(external, examined) ? OK : undefined;
  const evidence = [...fault.broken.evidence, ...policyEvidence(external, examined.graph)];
  return { ...fault.broken, evidence };
}

const roleEntriesOf = oncePer((graph: SecretGraph) =>
  groupBy(roleEntries(graph), ({ entry }) => entry.object),
);

/** What the planned IAM policies allow of a read that AWS refused; nothing if none of their roles reads it. */
function policyEvidence({ object }: ExternalSecret, graph: SecretGraph): Evidence[] {
  const withRole = roleEntriesOf(graph).get(object) ?? [];
  const judged = withRole.flatMap(({ entry, role, permissions }) => {
    const { name } = entry;
    if (name === undefined || !isNamed(entry) || permissions.isOpen) return [];
    return [{ role: role.name, name, call: refusedCall(entry, permissions) }];
  });
  const refused = judged.find(({ call }) => call !== undefined);
  const [first] = judged;
  if (first === undefined) return [];
  const text =
    refused === undefined
      ? `role "${first.role}" of the manifests allows it: AWS has another policy, or a boundary, an organization or a key denies it`
      : `role "${refused.role}" of the manifests does not allow ${refused.call} of "${refused.name}"`;
  return [{ kind: 'policy', text }];
}

/** Whether the stores exist and can log in. Whether they may read is shown by the ExternalSecret only. */
function storesVerdict(external: ExternalSecret, examined: Examined): Verdict {
  const words = syncFault(external, examined)?.broken.evidence;
  return worstOf(storeRefs(external).map(ref => storeVerdict(ref, external, examined, words)));
}

/** Every store that an ExternalSecret reads, once. */
function storeRefs({ data, dataFrom, storeRef }: ExternalSecret): StoreRef[] {
  const fromStores = dataFrom.filter(({ generator }) => generator === undefined);
  const used = [...data, ...fromStores].flatMap(entry => entry.storeRef ?? []);
  const refs = used.length === 0 && storeRef !== undefined ? [storeRef] : used;
  const idOf = ({ kind, name }: StoreRef): string => `${kind}/${name}`;
  return sortBy([...new Map(refs.map(ref => [idOf(ref), ref])).values()], idOf);
}

/** `words` are what whoever uses a store says of it: a store that is ready may not answer all the same. */
function storeVerdict(
  ref: StoreRef,
  external: Pick<ExternalSecret, 'object' | 'namespace'>,
  examined: Examined,
  words: readonly Evidence[] = [],
): Verdict {
  const { dump, graph } = examined;
  const kind = storeKind(ref.kind);
  if (kind === undefined || ref.name === '') return undefined;
  const namespace = kind.isOfCluster === true ? '' : external.namespace;
  const written = storeOf(graph.find, ref, external.namespace);
  const inReader = { object: external.object, path: [...ref.path, 'name'] };
  const at = written === undefined ? inReader : { object: written, path: ['metadata', 'name'] };
  const live = dump.find(kind, namespace, ref.name);
  if (live === undefined) {
    const command = written && applyCommand(written, examined);
    return absence(kind, { namespace, name: ref.name }, { ...at, command }, examined);
  }
  const verdict = liveStore(live, at, examined);
  const evidence = verdict?.state === 'broken' ? verdict.evidence : words;
  return regionVerdict(live, written, evidence, examined.commands) ?? verdict;
}

function regionVerdict(
  live: PlacedObject,
  written: PlacedObject | undefined,
  words: readonly Evidence[],
  commands: Examined['commands'],
): Verdict {
  const region = awsStore(live)?.region ?? '';
  if (region === '' || isUnresolved(region) || isAwsRegion(region)) return undefined;
  const evidence = words.filter(({ text }) => text.includes(`.${region}.`));
  if (evidence.length === 0) return undefined;
  const meant = nearestAwsRegion(region);
  const isApplied = written === undefined || awsStore(written)?.region === region;
  return broken(
    `${calledObject(live)} asks the region "${region}", which AWS does not have${meant === undefined ? '' : `: it has "${meant}"`}`,
    evidence,
    { object: written ?? live, path: ['spec', 'provider', 'aws', 'region'] },
    isApplied ? undefined : commands.apply(written),
  );
}

function liveStore(live: PlacedObject, at: ObjectField, { dump, commands }: Examined): Verdict {
  const { isReady, condition } = readiness(live, dump);
  if (isReady === true) return OK;
  const named = [live.kind.toLowerCase(), live.name, ...namespaceFlag(live.namespace)];
  const describe = commands.kubectl('describe', ...named);
  // Only an External Secrets that was started with this class looks at the store.
  const controller = textAt(specOf(live), 'controller') ?? '';
  if (condition === undefined && isReady === false && controller !== '') {
    const more = `, which is left to one called "${controller}"`;
    const path = ['spec', 'controller'];
    return withoutCondition(live, dump, { object: at.object, path, command: describe }, more);
  }
  if (condition === undefined)
    return pending(
      `${calledObject(live)} has no condition: its controller is switched off, or has not looked at it`,
      commands.kubectl('get', ...named, '-o', 'yaml'),
    );
  const evidence = readyEvidence(live, condition, condition.reason, dump);
  const logins = readersOf(live);
  const absent = logins.filter(({ namespace, secret }) => {
    const isSaid = evidence.some(({ text }) => text.includes(`"${secret}" not found`));
    return isSaid && dump.secret({ namespace, name: secret }) === undefined;
  });
  const isByRole = logins.length === 0 && isMap(mapAt(specOf(live), 'provider')['aws']);
  const command = isByRole ? commands.remSecrets('iam') : describe;
  const { namespace = '', secret = '' } = absent[0] ?? {};
  const keys = absent.flatMap(login => (login.secret === secret ? (login.key ?? []) : []));
  const made = namespace === '' ? undefined : commands.create(namespace, secret, keys);
  return broken(`${calledObject(live)} is not ready`, evidence, at, made ?? command);
}

/** Broken, because no controller has set a condition on an object in time. */
function withoutCondition(live: PlacedObject, dump: Dump, at: Mendable, more = ''): Verdict {
  const age = dump.ageOf(createdAt(live));
  const message = `no controller has looked at ${calledObject(live)}${more}`;
  return broken(message, [{ kind: 'status', text: 'no condition', age }], at, at.command);
}

/** Whether External Secrets keeps the Secret up to date. */
function externalSecretVerdict(external: ExternalSecret, examined: Examined): Verdict {
  const { dump, commands, secret } = examined;
  const { object, path, namespace } = external;
  const live = liveExternalSecret(external, dump);
  if (live === undefined)
    return absentObject(object, examined, { namespace, name: ownName(object) });
  const { isReady, condition } = readiness(live, dump);
  if (condition === undefined && isReady === 'new')
    return pending(`${calledObject(live)} is new, and has no condition yet`);
  if (condition === undefined) {
    const label = 'app.kubernetes.io/name=external-secrets';
    const command = commands.kubectl('get', 'deployments', '--all-namespaces', '-l', label);
    return withoutCondition(live, dump, { object, path: ['metadata', 'name'], command });
  }
  if (isReady !== true) return syncFault(external, examined)?.broken;
  if (!NOTHING_MADE.includes(condition.reason)) return stale(live, external, examined);
  // An ExternalSecret looks for the Secret that it adds keys to only when it refreshes.
  const isThere = dump.secret(secret) !== undefined;
  const state = isThere ? 'was ready before there was a' : 'is ready, and there is no';
  return broken(
    `${calledObject(live)} ${state} Secret that it could write to`,
    [conditionEvidence(condition, dump)],
    { object, path: [...path, 'target'] },
    isThere
      ? commands.refetch(live.namespace, live.name)
      : commands.kubectl('get', 'secrets', '-n', live.namespace),
  );
}

/** In seconds: a busy operator may be that late with short intervals without being stuck. */
const PATIENCE = 600;

function stale(live: PlacedObject, { object, path }: ExternalSecret, { dump, commands }: Examined) {
  const every = refreshSeconds(live);
  const time = refreshTime(live);
  const ago = dump.secondsSince(time);
  if (every === undefined || ago === undefined || ago <= Math.max(2 * every, PATIENCE)) return OK;
  const age = ageText(ago);
  return broken(
    `${calledObject(live)}${inNamespace(live.namespace)} is ready, and was not refreshed for ${age}`,
    [{ kind: 'status', text: `refreshTime ${time}, every ${ageText(every)}`, age }],
    { object, path: [...path, 'refreshInterval'] },
    commands.refetch(live.namespace, live.name),
  );
}

/** The event with the cause, where the condition only tells in general (docs/facts/eso.md#conditions-of-a-push). */
const PUSH_FAILED = 'Errored';

/** Whether the PushSecrets brought the Secret to their stores. */
function pushLink(examined: Examined): Verdict {
  const objects = new Set(examined.secret.readers.map(({ object }) => object));
  const pushes = [...objects].filter(({ knownKind }) => knownKind === pushSecret);
  return worstOf(pushes.map(object => pushVerdict(object, examined)));
}

function pushVerdict(object: PlacedObject, examined: Examined): Verdict {
  const { dump, commands } = examined;
  const live = dump.live(object);
  if (live === undefined) return absentObject(object, examined);
  const { isReady, condition } = readiness(live, dump);
  if (isReady === true) return OK;
  if (condition === undefined) return pending(`${calledObject(live)} has no condition yet`);
  const user = { object, namespace: object.namespace };
  const stores = worstOf(pushedStores(object).map(ref => storeVerdict(ref, user, examined)));
  if (stores?.state === 'broken') return stores;
  return broken(
    `${calledObject(live)} is not ready`,
    readyEvidence(live, condition, PUSH_FAILED, dump),
    { object, path: ['metadata', 'name'] },
    commands.kubectl('describe', 'pushsecret', object.name, '-n', object.namespace),
  );
}
