import type { Maker } from '../../graph/secret-graph.ts';
import type { ObjectName } from '../../ground/finding.ts';
import { groupBy } from '../../ground/group-by.ts';
import { mapAt, textAt } from '../../ground/json.ts';
import { sortBy } from '../../ground/sort-by.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { isFetched } from '../../kinds/eso/refresh.ts';
import { storeName } from '../../kinds/eso/stores.ts';
import type { FlowMaker, FlowSource } from './flow.ts';
import { names, objectOf, shown, shownObject, sortKey } from './shown-names.ts';

/** A maker; `external` are the ExternalSecrets that its object is or makes. */
export function makerOf(
  { object, secret, namespace }: Maker,
  external: readonly ExternalSecret[],
): FlowMaker {
  const own = external.find(
    ({ target, namespace: home }) => target === secret && home === namespace,
  );
  const refresh = own === undefined ? undefined : refreshText(own);
  return {
    ...objectOf(object),
    ...(refresh !== undefined && { refresh }),
    sources: own === undefined ? [] : sourcesOf(own),
  };
}

/** In words; absent where nothing comes out of a store. */
function refreshText(secret: ExternalSecret): string | undefined {
  if (!isFetched(secret.spec)) return undefined;
  const { policy, interval = '1h', seconds, isImmutable } = secret.refresh;
  if (isImmutable || policy === 'CreatedOnce') return 'once';
  if (policy === 'OnChange') return 'on change';
  return seconds === 0 ? 'once' : shown(interval);
}

function sourcesOf({ namespace, data, dataFrom }: ExternalSecret): FlowSource[] {
  const sources = new Map<string, { readonly source: ObjectName; readonly keys: Set<string> }>();
  const add = (source: ObjectName, ...keys: readonly string[]): void => {
    const id = `${source.kind}/${source.name}`;
    const entry = sources.get(id) ?? { source, keys: new Set() };
    sources.set(id, entry);
    for (const key of keys) entry.keys.add(key);
  };
  for (const [storeRef, entries] of groupBy(data, entry => entry.storeRef))
    if (storeRef) add(storeName(storeRef, namespace), ...entries.map(({ key }) => key));
  for (const { storeRef, generator, extract, spec } of dataFrom) {
    if (generator) add({ ...generator, namespace });
    else if (storeRef) add(storeName(storeRef, namespace), extract ?? found(mapAt(spec, 'find')));
  }
  const list = [...sources.values()].map(({ source, keys }) => ({
    ...shownObject(source),
    remoteKeys: names(keys),
  }));
  return sortBy(list, sortKey);
}

/** What `find` looks for, as a pattern. */
function found(find: unknown): string {
  const path = textAt(find, 'path') ?? '';
  return `${path}${path === '' ? '' : '/'}*${textAt(find, 'name', 'regexp') ?? ''}*`;
}
