import { storeOf } from '../../../graph/stores.ts';
import { mapAt, textAt } from '../../../ground/json.ts';
import { sortBy } from '../../../ground/sort-by.ts';
import type { ExternalSecret } from '../../../kinds/eso/external-secret-spec.ts';
import { type StoreRef, storeKind } from '../../../kinds/eso/stores.ts';
import { objectName, type PlacedObject, specOf } from '../../../kinds/kind.ts';
import {
  absence,
  calledObject,
  conditionEvidence,
  createdAt,
  eventEvidence,
  readiness,
} from '../evidence.ts';
import { type Examined, OK, type Verdict, worstOf } from '../verdict.ts';

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
