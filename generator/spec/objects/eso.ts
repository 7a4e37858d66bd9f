import { type JsonObject, textAt, valueAt } from '../../core/json.ts';
import { type KubeObject, optional, refOf, unlessEmpty } from '../../core/kube-object.ts';
import { oncePer } from '../../core/once.ts';
import { isValueMaker } from '../../kinds/eso/generators.ts';
import type { EntryObject, Model, SecretModel, StoreAccess, StoreModel } from '../model/model.ts';
import { term } from '../model/model.ts';
import { withPlaced } from '../own-fields.ts';
import type { SecretSpec } from '../spec.ts';
import { extraDatabases } from './cnpg.ts';

/** A Secret's ExternalSecret and, when it is generated, the generator. */
export function secretObjects(secret: SecretModel, { namespace, databases }: Model): EntryObject[] {
  const { name, spec, storeRef, fetched } = secret;
  const { generator, reads } = fetched;
  const needs = [
    ...(storeRef === undefined ? [] : [`${storeRef.kind}/${storeRef.name}`]),
    ...(generator === undefined ? [] : [refOf(generator)]),
    ...namedDatabases(spec, databases),
  ];
  const made = externalSecretObject(secret, namespace);
  const ownTerms = [
    term(['spec', 'dataFrom'], ['dataFrom']),
    term(['spec', 'target', 'template', 'templateFrom'], ['templateFrom']),
  ].filter(([at]) => valueAt(made, at) !== undefined);
  const ofGenerator = [term(['spec'], ['generator', 'spec'])];
  const allReads = spec.creationPolicy === 'Merge' ? [...reads, name] : reads;
  return [
    { object: made, reads: allReads, needs, ownTerms },
    ...(generator ? [{ object: generator, ownTerms: ofGenerator }] : []),
  ];
}

function externalSecretObject(secret: SecretModel, namespace: string): KubeObject {
  const { name, spec, externalSecret, storeRef, template, fetched } = secret;
  const { data, dataFrom, generator } = fetched;
  // Each refresh of a generator replaces the value in use, so it runs only once, unless the spec has an interval.
  const isMadeOnce = generator !== undefined && isValueMaker(generator.kind);
  const usual = isMadeOnce && spec.refreshInterval === undefined ? 'CreatedOnce' : undefined;
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name: externalSecret, namespace },
    spec: {
      ...optional('refreshPolicy', spec.refreshPolicy ?? usual),
      refreshInterval: spec.refreshInterval ?? '1h',
      ...(storeRef && { secretStoreRef: { ...storeRef } }),
      target: {
        name,
        creationPolicy: spec.creationPolicy ?? 'Owner',
        deletionPolicy: spec.deletionPolicy ?? 'Retain',
        ...optional('immutable', spec.immutable),
        ...optional('template', template),
      },
      ...unlessEmpty('data', data),
      ...unlessEmpty('dataFrom', dataFrom),
    },
  };
}

function namedDatabases({ template = {} }: SecretSpec, databases: Model['databases']): string[] {
  const named = Object.values(template).flatMap(text =>
    typeof text === 'string' ? [] : (text.postgresUrl?.database ?? []),
  );
  if (named.length === 0) return [];
  const isNamed = ({ spec }: KubeObject): boolean => named.includes(textAt(spec, 'name') ?? '');
  return allExtra(databases).filter(isNamed).map(refOf);
}

const allExtra = oncePer((databases: Model['databases']) =>
  databases.flatMap(database => extraDatabases(database, '')),
);

/** A store, and what lets it read Secrets of the cluster; nothing if another team makes it. */
export function storeObjects(store: StoreModel, namespace: string): EntryObject[] {
  const { provider, access } = store;
  if (provider === undefined) return [];
  if (access?.reads?.length === 0) return []; // ESO calls a store that may read nothing not ready.
  const rights = access === undefined ? [] : accessObjects(access);
  const ownTerms = [
    ...(store.spec.provider ? [term(['spec', 'provider'], ['provider'])] : []),
    ...store.fields.map(({ name, path }) => term(path, [name])),
  ];
  return [
    { object: secretStore(store, provider, namespace), needs: rights.map(refOf), ownTerms },
    ...rights.map(object => ({ object })),
  ];
}

/** Allows `get` on what is read, or `get` and `list` on all for a find (docs/facts/eso.md#kubernetes-store). */
function accessObjects(access: StoreAccess): readonly KubeObject[] {
  const { serviceAccount, home, remoteNamespace, reads } = access;
  const name = home === remoteNamespace ? serviceAccount : `${serviceAccount}-${home}`;
  const metadata = { name, namespace: remoteNamespace };
  const rule =
    reads === undefined ? { verbs: ['get', 'list'] } : { resourceNames: reads, verbs: ['get'] };
  return [
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: serviceAccount, namespace: home },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['secrets'], ...rule }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name: serviceAccount, namespace: home }],
    },
  ];
}

/** A ClusterSecretStore is closed to all namespaces but those that use it (docs/facts/eso.md#conditions). */
function secretStore(store: StoreModel, provider: JsonObject, namespace: string): KubeObject {
  const { name, kind, namespaces, fields } = store;
  const isCluster = kind === 'ClusterSecretStore';
  const built = {
    apiVersion: 'external-secrets.io/v1',
    kind,
    metadata: isCluster ? { name } : { name, namespace },
    spec: { ...(isCluster && { conditions: [{ namespaces }] }), provider },
  };
  return withPlaced(built, fields) as unknown as KubeObject;
}
