import { isMap, type JsonObject, mapAt, textAt } from '../../ground/json.ts';
import type { Kind } from '../kind.ts';
import { ESO, nameOfKey, served } from './group.ts';

/** What it makes and reads needs its store and its sources: `external-secret-spec.ts` and the graph. */
export const externalSecret: Kind = {
  group: ESO,
  kind: 'ExternalSecret',
  isUnmistakable: true,
  served,
  leaves: 'unless owned',
  /** docs/facts/eso.md#labels-of-the-secret. */
  secretAnnotations: object =>
    isMap(mapAt(object.json, 'spec', 'target')['template'])
      ? ['spec', 'target', 'template', 'metadata', 'annotations']
      : ['metadata', 'annotations'],
  feeds: ([first, field]) =>
    first === 'spec' && ['data', 'dataFrom', 'secretStoreRef', 'target'].includes(String(field)),
  /** docs/facts/eso.md#versions, #defaults and #refused-externalsecrets. */
  news: [
    { version: '2.x', text: 'since 2.3: nullBytePolicy; since 2.8: CreateOrMerge' },
    { version: '2.x', text: 'since 2.9 a remoteRef and find have no defaults any more' },
    { version: '2.x', text: 'after 2.4.0 templates for logins to the cluster are refused' },
  ],
  holds: nameOfKey,
  durations: [['spec', 'refreshInterval']],
  form: object => ({
    ...object,
    spec: secretSpecForm(mapAt(object, 'spec'), textAt(object, 'metadata', 'name') ?? ''),
  }),
};

/** An ExternalSecret names its Secret after itself and its store is a SecretStore (its CRD, and docs). */
export function secretSpecForm(spec: JsonObject, name: string): JsonObject {
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
