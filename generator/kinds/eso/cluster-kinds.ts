import type { Path } from '../../core/finding.ts';
import { type JsonObject, listAt, mapAt, textAt } from '../../core/json.ts';
import { parseTemplate } from '../../core/template/parse.ts';
import { templateReads } from '../../core/template/reads.ts';
import {
  type Find,
  type Kind,
  type Made,
  madeAt,
  type PlacedObject,
  type Read,
  specOf,
} from '../kind.ts';
import { specFieldReads } from '../secret-refs.ts';
import { externalSecret, secretSpecForm } from './external-secret.ts';
import { ESO, nameOfKey, served, servedAlpha } from './group.ts';
import { isInCluster, remoteNamespaceOf, type StoreRef, storeOf, storeRefOf } from './stores.ts';

export const clusterExternalSecret: Kind = {
  group: ESO,
  kind: 'ClusterExternalSecret',
  isOfCluster: true,
  isUnmistakable: true,
  served,
  secrets: {
    remain: 'unless owned',
    isValueSource: ([first, field]) => first === 'spec' && field === 'externalSecretSpec',
  },
  fields: {
    contentAt: nameOfKey,
    durations: [
      ['spec', 'refreshTime'],
      ['spec', 'externalSecretSpec', 'refreshInterval'],
    ],
  },
  changes: {
    normalForm: object => {
      const spec = mapAt(object, 'spec');
      const name = textAt(spec, 'externalSecretName') ?? textAt(object, 'metadata', 'name') ?? '';
      const externalSecretSpec = secretSpecForm(mapAt(spec, 'externalSecretSpec'), name);
      return { ...object, spec: { ...spec, externalSecretSpec } };
    },
  },
};

export const clusterPushSecret: Kind = {
  group: ESO,
  kind: 'ClusterPushSecret',
  isOfCluster: true,
  served: servedAlpha,
  fields: {
    contentAt: nameOfKey,
    durations: [
      ['spec', 'refreshTime'],
      ['spec', 'pushSecretSpec', 'refreshInterval'],
    ],
  },
  secrets: { possibleNames: object => pushedNames(mapAt(specOf(object), 'pushSecretSpec')) },
};

export const pushSecret: Kind = {
  group: ESO,
  kind: 'PushSecret',
  served: servedAlpha,
  fields: { contentAt: nameOfKey, durations: [['spec', 'refreshInterval']] },
  secrets: {
    /** Unless its deletionPolicy is Delete. */
    remain: 'always',
    possibleNames: (object, find) => (isSeen(object, find) ? [] : pushedNames(specOf(object))),
  },
  reads: sourceReads,
  makes: (object, find) => pushedSecrets(object, pushedStores(object), find),
};

/** Whether it names all stores that it writes to, and all are in the set. */
function isSeen(object: PlacedObject, find: Find): boolean {
  const refs = listAt(specOf(object), 'secretStoreRefs');
  const stores = pushedStores(object);
  const isThere = (ref: StoreRef): boolean => storeOf(find, ref, object.namespace) !== undefined;
  return refs.length === stores.length && stores.every(isThere);
}

/** The names that it writes to stores: each may be a Secret of this cluster. */
export function pushedNames(spec: JsonObject): string[] {
  return listAt(spec, 'data').flatMap(
    entry => textAt(entry, 'match', 'remoteRef', 'remoteKey') ?? [],
  );
}

/** The stores that it names; it may choose others by their labels. */
export function pushedStores(object: PlacedObject): StoreRef[] {
  return listAt(specOf(object), 'secretStoreRefs').flatMap((entry, index) => {
    const ref = storeRefOf(entry, ['spec', 'secretStoreRefs', index]);
    return ref === undefined || ref.name === '' ? [] : [ref];
  });
}

/** The Secret that it pushes, as a whole or by the keys that entries and templates read (docs/facts/eso.md#pushed-secrets). */
function sourceReads(object: PlacedObject): Read[] {
  const { template } = specOf(object);
  const whole = specFieldReads(object, 'store', { 'selector.secret': [] });
  const keys = [...pushedKeys(object, mapAt(template)), ...templateKeys(mapAt(template))];
  return keys.length === 0 ? whole : whole.flatMap(read => keys.map(key => ({ ...read, ...key })));
}

type KeyRead = Required<Pick<Read, 'key' | 'keyPath'>>;

/** The keys of entries that no template makes and no strategy converts. */
function pushedKeys(object: PlacedObject, template: JsonObject): KeyRead[] {
  const isOpen = listAt(template, 'templateFrom').length > 0;
  const made = mapAt(template, 'data');
  return listAt(specOf(object), 'data').flatMap((entry, index): KeyRead[] => {
    const key = textAt(entry, 'match', 'secretKey');
    const isElsewhere = mapAt(entry)['conversionStrategy'] !== undefined || isOpen;
    if (key === undefined || isElsewhere || Object.hasOwn(made, key)) return [];
    return [{ key, keyPath: ['spec', 'data', index, 'match', 'secretKey'] }];
  });
}

/** The keys that the texts of a template need. */
function templateKeys(template: JsonObject): KeyRead[] {
  if (template['engineVersion'] === 'v1') return [];
  return Object.entries(mapAt(template, 'data')).flatMap(([name, text]) => {
    const { nodes, fault } = parseTemplate(String(text));
    const reads = fault === undefined ? templateReads(nodes).reads : [];
    return reads
      .filter(({ isOptional }) => !isOptional)
      .map(({ key }) => ({ key, keyPath: ['spec', 'template', 'data', name] }));
  });
}

/** What a PushSecret writes to kubernetes stores of this cluster (docs/facts/eso.md#pushed-secrets). */
function pushedSecrets(object: PlacedObject, stores: readonly StoreRef[], find: Find): Made[] {
  const homes = stores.flatMap(ref => {
    const store = storeOf(find, ref, object.namespace);
    const home = store && isInCluster(store) ? remoteNamespaceOf(store) : undefined;
    return home === undefined ? [] : [home];
  });
  return homes.flatMap(home =>
    listAt(specOf(object), 'data').flatMap((entry, index) => {
      const path: Path = ['spec', 'data', index, 'match', 'remoteRef', 'remoteKey'];
      const property = textAt(entry, 'match', 'remoteRef', 'property');
      const namespace = textAt(entry, 'metadata', 'spec', 'remoteNamespace') ?? home;
      const isOpen = property === undefined;
      return madeAt(object, path, isOpen ? [] : [property], { isOpen, namespace, isShared: true });
    }),
  );
}

/** A kind and the one that makes its objects in many namespaces, with the path of the spec in each. */
export type SpecPlaces = ReadonlyMap<Kind, Path>;

export const EXTERNAL_SECRETS: SpecPlaces = new Map<Kind, Path>([
  [externalSecret, ['spec']],
  [clusterExternalSecret, ['spec', 'externalSecretSpec']],
]);

export const PUSH_SECRETS: SpecPlaces = new Map<Kind, Path>([
  [pushSecret, ['spec']],
  [clusterPushSecret, ['spec', 'pushSecretSpec']],
]);

/** Whether an object is an ExternalSecret, or makes them. */
export function isExternalSecret({ known }: PlacedObject): boolean {
  return known !== undefined && EXTERNAL_SECRETS.has(known);
}
