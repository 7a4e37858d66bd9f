import { mapAt, sortBy, textAt } from '../../core/json.ts';
import { inNamespace } from '../../core/kube-object.ts';
import { oncePer } from '../../core/once.ts';
import { awsEntriesOf } from '../../graph/aws-entries.ts';
import { readIam, refusedCall, storePermissions, storeRoles } from '../../graph/iam.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import { storeOf } from '../../graph/stores.ts';
import { isNamed } from '../../iam/grants.ts';
import { pushSecret } from '../../kinds/eso/cluster-kinds.ts';
import { externalSecret } from '../../kinds/eso/external-secret.ts';
import { type ExternalSecret, ownName } from '../../kinds/eso/external-secret-spec.ts';
import { lacksProperty, NOTHING_MADE, refreshSeconds, refreshTime } from '../../kinds/eso/group.ts';
import { type StoreRef, storeKind } from '../../kinds/eso/stores.ts';
import { objectName, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { askedName, type RemoteEntry } from '../../params/entry.ts';
import type { Found } from '../../params/facts.ts';
import { ageText } from '../dump.ts';
import {
  absence,
  absentObject,
  calledObject,
  conditionEvidence,
  createdAt,
  type Evidence,
  type Examined,
  entriesRead,
  eventEvidence,
  OK,
  readiness,
  syncFault,
  type Verdict,
  worstOf,
} from '../verdict.ts';

/**
 * Whether the stores have what is read: by what AWS says, where it was asked; else External Secrets has
 * found all of it, or said what it did not find, or there is no such link to be seen.
 */
export function entryLink(examined: Examined): Verdict {
  return worstOf(examined.secret.external.map(external => oneSecret(external, examined)));
}

/** Whether External Secrets may read them there; only it can tell. */
export function permissionLink(examined: Examined): Verdict {
  return worstOf(
    examined.secret.external.map(external => {
      const fault = syncFault(external, examined);
      if (fault?.cause === 'no permission') {
        const evidence = [...fault.broken.evidence, ...policyEvidence(external, examined.graph)];
        return { ...fault.broken, evidence };
      }
      return isFetched(external, examined) ? OK : undefined;
    }),
  );
}

function oneSecret(external: ExternalSecret, examined: Examined): Verdict {
  const { graph, found } = examined;
  const entries = (entriesRead(graph).get(external.object) ?? []).filter(
    ({ use }) => use.how !== 'push',
  );
  const asked = entries.flatMap(({ entry, use }) => {
    const facts = found?.(entry);
    return facts === undefined ? [] : factsVerdict(entry, use.path, facts, external, examined);
  });
  const worst = worstOf(asked);
  if (worst?.state === 'broken') return worst;
  const fault = syncFault(external, examined);
  // Of an entry that is there by now External Secrets has not heard yet.
  const isDoubted = asked.length > 0 && asked.every(verdict => verdict?.state === 'ok');
  const isOfProperty = lacksProperty(fault?.broken.evidence.at(-1)?.text ?? '');
  if (fault?.cause === 'missing entry' && (!isDoubted || isOfProperty)) return fault.broken;
  return worst ?? (isFetched(external, examined) ? OK : undefined);
}

/** What it needs came out of stores, at the last try. */
function isFetched({ object, namespace }: ExternalSecret, { dump, graph }: Examined): boolean {
  const live = dump.find(externalSecret, namespace, ownName(object));
  return (
    live !== undefined && entriesRead(graph).has(object) && readiness(live, dump).isReady === true
  );
}

function factsVerdict(
  entry: RemoteEntry,
  path: RemoteEntry['uses'][number]['path'],
  facts: Found,
  { object }: ExternalSecret,
  { commands }: Examined,
): Verdict {
  const name = `"${askedName(entry)}"`;
  if (facts !== 'missing' && 'unknown' in facts)
    return { state: 'unknown', because: `${name} was not looked at: ${facts.unknown}` };
  const broken = (message: string, command: string | undefined): Verdict => ({
    state: 'broken',
    message,
    evidence: [],
    object,
    path,
    command,
  });
  const put = commands.own('params put', entry.name);
  if (facts === 'missing') return broken(`AWS has no ${name}`, put);
  if (facts.deleted !== undefined)
    return broken(`AWS deletes ${name} after ${facts.deleted}, and gives it to nobody`, undefined);
  return facts.hasValue ? OK : broken(`${name} is there and has no value`, put);
}

const rolesOf = oncePer((graph: SecretGraph) => {
  const iam = readIam(graph);
  return { iam, roles: storeRoles(graph, iam) };
});

/**
 * What the policies of the manifests say of a read that AWS refused: they do not allow it, or they do, and
 * AWS has others. Nothing, where no role of the manifests reads for the store.
 */
function policyEvidence({ object }: ExternalSecret, graph: SecretGraph): Evidence[] {
  const { iam, roles } = rolesOf(graph);
  const judged = (awsEntriesOf(graph).get(object) ?? []).flatMap(entry => {
    const used = roles.get(entry.store.object);
    if (used === undefined) return [];
    if (entry.name === undefined || !isNamed(entry)) return [];
    const permissions = storePermissions(used, iam);
    if (permissions.isOpen) return [];
    return [{ role: used.role.name, name: entry.name, call: refusedCall(entry, permissions) }];
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

/** Whether External Secrets brought the Secret up to date, and lately. */
export function externalSecretLink(examined: Examined): Verdict {
  return worstOf(
    examined.secret.external.map(external => oneSecretOfExternalSecret(external, examined)),
  );
}

function oneSecretOfExternalSecret(external: ExternalSecret, examined: Examined): Verdict {
  const { dump } = examined;
  const { object, namespace } = external;
  const name = ownName(object);
  const live = dump.find(externalSecret, namespace, name);
  if (live === undefined)
    return absentObject(externalSecret, object, examined, { namespace, name });
  const { isReady, condition } = readiness(live, dump);
  if (condition === undefined) return unseen(live, object, isReady === 'new', examined);
  if (isReady !== true) return syncFault(external, examined)?.broken;
  if (NOTHING_MADE.includes(condition.reason)) return idle(live, external, examined);
  return stale(live, external, examined);
}

/** It looks for the Secret that it adds to only when it refreshes. */
function idle(live: PlacedObject, { object, path }: ExternalSecret, examined: Examined): Verdict {
  const { dump, commands, secret } = examined;
  const { condition } = readiness(live, dump);
  const isThere = dump.secret(secret.namespace, secret.name) !== undefined;
  const state = isThere
    ? 'was ready before there was a Secret'
    : 'is ready, and there is no Secret';
  return {
    state: 'broken',
    message: `${calledObject(live)} ${state} that it could write to`,
    evidence: condition === undefined ? [] : [conditionEvidence(condition, dump)],
    object,
    path: [...path, 'target'],
    command: isThere
      ? commands.sync(live.namespace, live.name)
      : commands.kubectl('get', 'secrets', '-n', live.namespace),
  };
}

function unseen(
  live: PlacedObject,
  object: PlacedObject,
  isNew: boolean,
  { dump, commands }: Examined,
): Verdict {
  if (isNew)
    return {
      state: 'unknown',
      because: `${calledObject(live)} is new, and has no condition yet`,
      isPending: true,
    };
  return {
    state: 'broken',
    message: `no controller has looked at ${calledObject(live)}`,
    evidence: [{ kind: 'status', text: 'no condition', age: dump.ageOf(createdAt(live)) }],
    object,
    path: ['metadata', 'name'],
    command: commands.kubectl(
      'get',
      'deployments',
      '--all-namespaces',
      '-l',
      'app.kubernetes.io/name=external-secrets',
    ),
  };
}

/** The time of the last success, against the interval. */
function stale(live: PlacedObject, { object, path }: ExternalSecret, examined: Examined): Verdict {
  const { dump, commands } = examined;
  const every = refreshSeconds(live);
  const time = refreshTime(live);
  const ago = dump.secondsSince(time);
  if (every === undefined || ago === undefined || ago <= 2 * every) return OK;
  return {
    state: 'broken',
    message: `${calledObject(live)}${inNamespace(live.namespace)} is ready, and was not refreshed for ${ageText(ago)}`,
    evidence: [
      { kind: 'status', text: `refreshTime ${time}, every ${ageText(every)}`, age: ageText(ago) },
    ],
    object,
    path: [...path, 'refreshInterval'],
    command: commands.sync(live.namespace, live.name),
  };
}

/** The event with the cause, where the condition only tells in general (docs/facts/eso.md#conditions-of-a-push). */
const PUSH_FAILED = 'Errored';

/** Whether the PushSecrets brought the Secret to their stores. */
export function pushLink(examined: Examined): Verdict {
  const objects = new Set(examined.secret.readers.map(({ object }) => object));
  return worstOf(
    [...objects].filter(({ known }) => known === pushSecret).map(object => oneOf(object, examined)),
  );
}

function oneOf(object: PlacedObject, examined: Examined): Verdict {
  const { dump, commands } = examined;
  const { namespace, name } = object;
  const live = dump.find(pushSecret, namespace, name);
  if (live === undefined) return absentObject(pushSecret, object, examined);
  const { isReady, condition } = readiness(live, dump);
  if (isReady === true) return OK;
  if (condition === undefined)
    return {
      state: 'unknown',
      because: `${calledObject(live)} has no condition yet`,
      isPending: true,
    };
  return {
    state: 'broken',
    message: `${calledObject(live)} is not ready`,
    evidence: [
      conditionEvidence(condition, dump),
      ...eventEvidence(objectName(live), dump, ({ reason }) => reason === PUSH_FAILED),
    ],
    object,
    path: ['metadata', 'name'],
    command: commands.kubectl('describe', 'pushsecret', name, '-n', namespace),
  };
}

/** Whether the stores are there and can log in; that they may read, only the ExternalSecret tells. */
export function storeLink(examined: Examined): Verdict {
  return worstOf(
    examined.secret.external.flatMap(external =>
      refsOf(external).map(ref => oneStore(ref, external, examined)),
    ),
  );
}

/** Every store that an ExternalSecret reads, once. */
function refsOf({ data, dataFrom, storeRef }: ExternalSecret): StoreRef[] {
  const own = dataFrom.filter(({ generator }) => generator === undefined);
  const used = [...data, ...own].flatMap(entry => entry.storeRef ?? []);
  const all = used.length === 0 && storeRef !== undefined ? [storeRef] : used;
  const named = new Map(all.map(ref => [`${ref.kind}/${ref.name}`, ref]));
  return sortBy([...named.values()], ({ kind, name }) => `${kind}/${name}`);
}

function oneStore(ref: StoreRef, external: ExternalSecret, examined: Examined): Verdict {
  const { dump, commands, graph } = examined;
  const kind = storeKind(ref.kind);
  if (kind === undefined || ref.name === '') return undefined;
  const namespace = kind.isOfCluster === true ? '' : external.namespace;
  const written = storeOf(graph.find, ref, external.namespace);
  const at =
    written === undefined
      ? { object: external.object, path: [...ref.path, 'name'] }
      : { object: written, path: ['metadata', 'name'] };
  const live = dump.find(kind, namespace, ref.name);
  if (live === undefined) {
    const command = written && commands.apply(written);
    return absence(kind, { namespace, name: ref.name }, { ...at, command }, dump, commands);
  }
  return liveStore(live, at, examined);
}

function liveStore(
  live: PlacedObject,
  at: { readonly object: PlacedObject; readonly path: readonly (string | number)[] },
  { dump, commands }: Examined,
): Verdict {
  const { isReady, condition } = readiness(live, dump);
  if (isReady === true) return OK;
  const where = live.namespace === '' ? [] : ['-n', live.namespace];
  const describe = commands.kubectl('describe', live.kind.toLowerCase(), live.name, ...where);
  if (condition === undefined && isReady === false && controllerOf(live) !== '')
    return {
      state: 'broken',
      message: `no controller has looked at ${calledObject(live)}, which is left to one called "${controllerOf(live)}"`,
      evidence: [{ kind: 'status', text: 'no condition', age: dump.ageOf(createdAt(live)) }],
      object: at.object,
      path: ['spec', 'controller'],
      command: describe,
    };
  if (condition === undefined)
    return {
      state: 'unknown',
      because: `${calledObject(live)} has no condition: its controller is switched off, or has not looked at it`,
      isPending: true,
      command: commands.kubectl('get', live.kind.toLowerCase(), live.name, ...where, '-o', 'yaml'),
    };
  const isOfAws = Object.hasOwn(mapAt(specOf(live), 'provider'), 'aws');
  return {
    state: 'broken',
    message: `${calledObject(live)} is not ready`,
    evidence: [
      conditionEvidence(condition, dump),
      ...eventEvidence(objectName(live), dump, ({ reason }) => reason === condition.reason),
    ],
    ...at,
    command: isOfAws ? commands.own('iam') : describe,
  };
}

/** Only the External Secrets that is started with this class looks at it. */
function controllerOf(store: PlacedObject): string {
  return textAt(specOf(store), 'controller') ?? '';
}
