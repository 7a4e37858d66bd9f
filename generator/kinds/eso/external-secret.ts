import type { Path } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import { isMap, listAt, mapAt, mapsAt, scalarText, textAt } from '../../core/json.ts';
import { parseTemplate } from '../../core/template/parse.ts';
import { templateReads } from '../../core/template/reads.ts';
import type { Find, Kind, Made, PlacedObject, Read } from '../kind.ts';
import { madeAt, specOf } from '../kind.ts';
import { specFields } from '../secret-refs.ts';
import { ESO, nameOfKey, served, servedAlpha } from './group.ts';
import type { StoreRef } from './stores.ts';
import { isInCluster, pushMetadata, remoteNamespaceOf, storeOf, storeRefOf } from './stores.ts';

/** The graph finds what it makes and reads, as that depends on its store (`external-secret-spec.ts`). */
export const externalSecret: Kind = {
  group: ESO,
  kind: 'ExternalSecret',
  isUnmistakable: true,
  served,
  secrets: {
    remain: 'unless owned',
    /** docs/facts/eso.md#labels-of-the-secret. */
    annotationsAt: object =>
      isMap(mapAt(object.json, 'spec', 'target')['template'])
        ? ['spec', 'target', 'template', 'metadata', 'annotations']
        : ['metadata', 'annotations'],
    isValueSource: ([first, ...path]) => first === 'spec' && feedsValues(path),
  },
  /** docs/facts/eso.md#versions, #defaults and #refused-externalsecrets. */
  news: [
    { version: '2.x', text: 'since 2.3: nullBytePolicy; since 2.8: CreateOrMerge' },
    { version: '2.x', text: 'since 2.9 a remoteRef and find have no defaults any more' },
    { version: '2.x', text: 'after 2.4.0 templates for logins to the cluster are refused' },
  ],
  fields: { contentAt: nameOfKey, durations: ['refreshInterval'] },
  changes: {
    normalForm: object => {
      const name = textAt(object, 'metadata', 'name') ?? '';
      return { ...object, spec: secretSpecForm(mapAt(object, 'spec'), name) };
    },
  },
};

function feedsValues([field, sub]: Path): boolean {
  const isSource = ['data', 'dataFrom', 'secretStoreRef', 'target'].includes(String(field));
  return isSource && sub !== 'deletionPolicy';
}

/** An ExternalSecret names its Secret after itself and its store is a SecretStore (its CRD, and docs). */
function secretSpecForm(spec: JsonObject, name: string): JsonObject {
  const ref = spec['secretStoreRef'];
  return {
    refreshInterval: '1h0m0s',
    ...spec,
    ...(isMap(ref) && { secretStoreRef: { kind: 'SecretStore', ...ref } }),
    target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain', ...mapAt(spec, 'target') },
  };
}

/** Whether ESO's webhook refuses two policies together (docs/facts/eso.md#refused-externalsecrets). */
export function isRefusedPair(creationPolicy: string, deletionPolicy: string): boolean {
  const isOwned = creationPolicy === 'Owner' || creationPolicy === 'Orphan';
  return deletionPolicy === 'Delete'
    ? !isOwned
    : deletionPolicy === 'Merge' && creationPolicy === 'None';
}

export const clusterExternalSecret: Kind = {
  group: ESO,
  kind: 'ClusterExternalSecret',
  isOfCluster: true,
  isUnmistakable: true,
  served,
  secrets: {
    remain: 'unless owned',
    isValueSource: ([first, field, ...path]) =>
      first === 'spec' &&
      field === 'externalSecretSpec' &&
      (path.length === 0 || feedsValues(path)),
  },
  fields: {
    contentAt: nameOfKey,
    durations: ['refreshTime', 'externalSecretSpec.refreshInterval'],
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

const clusterPushSecret: Kind = {
  group: ESO,
  kind: 'ClusterPushSecret',
  isOfCluster: true,
  served: servedAlpha,
  fields: { contentAt: nameOfKey, durations: ['refreshTime', 'pushSecretSpec.refreshInterval'] },
  secrets: { possibleNames: object => pushedNames(mapAt(specOf(object), 'pushSecretSpec')) },
};

export const pushSecret: Kind = {
  group: ESO,
  kind: 'PushSecret',
  served: servedAlpha,
  fields: { contentAt: nameOfKey, durations: ['refreshInterval'] },
  secrets: {
    /** Unless its deletionPolicy is Delete. */
    remain: 'always',
    possibleNames: (object, find) => {
      const found = pushedStores(object).filter(ref => storeOf(find, ref, object.namespace));
      const isSeen = found.length === listAt(specOf(object), 'secretStoreRefs').length;
      return isSeen ? [] : pushedNames(specOf(object));
    },
  },
  reads: sourceReads,
  makes: pushedSecrets,
};

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

const sourceRead = specFields('store', { 'selector.secret': [] });

/** The Secret that it pushes, as a whole or by the keys that entries and templates read (docs/facts/eso.md#pushed-secrets). */
function sourceReads(object: PlacedObject): Read[] {
  const { template } = specOf(object);
  const whole = sourceRead(object);
  const keys = [...pushedKeys(object, mapAt(template)), ...templateKeys(mapAt(template))];
  return keys.length === 0 ? whole : whole.flatMap(read => keys.map(key => ({ ...read, ...key })));
}

function pushedKeys(object: PlacedObject, template: JsonObject) {
  const isOpen = listAt(template, 'templateFrom').length > 0;
  const made = mapAt(template, 'data');
  return mapsAt(specOf(object), ['spec'], 'data').flatMap(({ map, path }) => {
    const key = textAt(map, 'match', 'secretKey');
    const isElsewhere = map['conversionStrategy'] !== undefined || isOpen;
    if (key === undefined || isElsewhere || Object.hasOwn(made, key)) return [];
    return [{ key, keyPath: [...path, 'match', 'secretKey'] }];
  });
}

function templateKeys(template: JsonObject) {
  if (template['engineVersion'] === 'v1') return [];
  return Object.entries(mapAt(template, 'data')).flatMap(([name, text]) => {
    const { nodes, fault } = parseTemplate(scalarText(text));
    const keyPath = ['spec', 'template', 'data', name];
    const reads = fault === undefined ? templateReads(nodes).reads : [];
    return reads.flatMap(({ key, isOptional }) => (isOptional ? [] : [{ key, keyPath }]));
  });
}

/** What a PushSecret writes to kubernetes stores of this cluster (docs/facts/eso.md#pushed-secrets). */
function pushedSecrets(object: PlacedObject, find: Find): Made[] {
  const homes = pushedStores(object).flatMap(ref => {
    const store = storeOf(find, ref, object.namespace);
    return (store && isInCluster(store) && remoteNamespaceOf(store)) || [];
  });
  return homes.flatMap(home =>
    mapsAt(specOf(object), ['spec'], 'data').flatMap(({ map, path }) => {
      const property = textAt(map, 'match', 'remoteRef', 'property');
      const namespace = textAt(pushMetadata(map), 'remoteNamespace') ?? home;
      const isOpen = property === undefined;
      const at = [...path, 'match', 'remoteRef', 'remoteKey'];
      return madeAt(object, at, isOpen ? [] : [property], { isOpen, namespace, isShared: true });
    }),
  );
}

export const EXTERNAL_SECRETS: readonly Kind[] = [externalSecret, clusterExternalSecret];
export const PUSH_SECRETS: readonly Kind[] = [pushSecret, clusterPushSecret];

const SPEC: Path = ['spec'];
const INNER_SPECS: ReadonlyMap<Kind | undefined, Path> = new Map([
  [clusterExternalSecret, ['spec', 'externalSecretSpec']],
  [clusterPushSecret, ['spec', 'pushSecretSpec']],
]);

/** The spec of one of these; of a kind that makes others in many namespaces, theirs. */
export function innerSpec({ knownKind, json }: PlacedObject): { path: Path; spec: JsonObject } {
  const path = INNER_SPECS.get(knownKind) ?? SPEC;
  return { path, spec: mapAt(json, ...path) };
}

/** Whether an object is an ExternalSecret, or makes them. */
export function isExternalSecret({ knownKind }: PlacedObject): boolean {
  return knownKind !== undefined && EXTERNAL_SECRETS.includes(knownKind);
}
