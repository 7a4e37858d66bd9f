import { isMap, type JsonObject, mapAt, textAt } from '../ground/json.ts';
import type { KeySet } from '../ground/key-set.ts';
import { CNPG_VERSION, certificateKeys, loginKeys } from '../make/model/cnpg.ts';
import { type ExternalSecret, targetPath } from './external-secrets.ts';
import { type Item, specOf } from './item.ts';
import type { Maker } from './secret-graph.ts';

/** What an object makes by itself, without reading a store: by kind. */
export function makersOf(item: Item): Maker[] {
  switch (item.kind) {
    case 'Secret':
      return item.group === '' ? [plainSecret(item)] : [];
    case 'SealedSecret':
      return [sealedSecret(item)];
    case 'Certificate':
      return item.group === 'cert-manager.io' ? certificate(item) : [];
    case 'Cluster':
      return item.group === 'postgresql.cnpg.io' ? cnpgCluster(item) : [];
    default:
      return [];
  }
}

function exact(keys: Iterable<string>): KeySet {
  return { keys: new Set(keys), isOpen: false };
}

function makerOf(item: Item, secret: string, keys: KeySet, type?: string): Maker {
  return {
    item,
    namespace: item.namespace,
    secret,
    path: ['metadata', 'name'],
    isMerging: false,
    ...keys,
    ...(type !== undefined && { type }),
  };
}

/** Of a hand-written Secret the names of its keys, and nothing else. */
function plainSecret(item: Item): Maker {
  const type = textAt(item.object, 'type');
  const isToken = type === 'kubernetes.io/service-account-token';
  const written = [
    ...Object.keys(mapAt(item.object, 'data')),
    ...Object.keys(mapAt(item.object, 'stringData')),
  ];
  const keys = isToken ? [...written, 'token', 'ca.crt', 'namespace'] : written;
  return makerOf(item, item.name, exact(keys), type);
}

function sealedSecret(item: Item): Maker {
  const template = mapAt(specOf(item), 'template');
  const keys = [
    ...Object.keys(mapAt(specOf(item), 'encryptedData')),
    ...Object.keys(mapAt(template, 'data')),
  ];
  return makerOf(item, item.name, exact(keys), textAt(template, 'type'));
}

/** cert-manager fills in ca.crt where the issuer has one; keystores add keys of their own. */
function certificate(item: Item): Maker[] {
  const secret = textAt(specOf(item), 'secretName');
  if (secret === undefined) return [];
  const keys = new Set(['tls.crt', 'tls.key', 'ca.crt']);
  const isOpen =
    isMap(specOf(item)['keystores']) || Array.isArray(specOf(item)['additionalOutputFormats']);
  const maker = makerOf(item, secret, { keys, isOpen }, 'kubernetes.io/tls');
  return [{ ...maker, path: ['spec', 'secretName'] }];
}

/**
 * The Secrets of a CNPG cluster (domain-facts.md, section 3): no -app when initdb names another
 * Secret, -superuser only when it is switched on, certificates unless they are given.
 */
function cnpgCluster(item: Item): Maker[] {
  const spec = specOf(item);
  const made = (suffix: string, keys: KeySet, type: string): Maker =>
    makerOf(item, `${item.name}-${suffix}`, keys, type);
  const login = (suffix: string): Maker =>
    made(suffix, loginKeys(CNPG_VERSION), 'kubernetes.io/basic-auth');
  const bootstrap = mapAt(spec, 'bootstrap');
  const isAppGiven = ['initdb', 'recovery', 'pg_basebackup'].some(
    method => textAt(bootstrap, method, 'secret', 'name') !== undefined,
  );
  const isSuperuserMade =
    spec['enableSuperuserAccess'] === true && textAt(spec, 'superuserSecret', 'name') === undefined;
  const given = mapAt(spec, 'certificates');
  const certificates = [
    ['ca', ['serverCASecret', 'clientCASecret']],
    ['server', ['serverTLSSecret']],
    ['replication', ['replicationTLSSecret']],
  ] as const;
  return [
    ...(isAppGiven || isWithoutDatabase(bootstrap) ? [] : [login('app')]),
    ...(isSuperuserMade ? [login('superuser')] : []),
    ...certificates
      .filter(([, fields]) => !fields.every(field => given[field] !== undefined))
      .map(([suffix]) =>
        made(
          suffix,
          certificateKeys(suffix) ?? exact([]),
          suffix === 'ca' ? 'Opaque' : 'kubernetes.io/tls',
        ),
      ),
  ];
}

/** A monolith import brings its databases and roles along (CNPG, cluster_defaults.go). */
function isWithoutDatabase(bootstrap: JsonObject): boolean {
  const isMonolith = textAt(bootstrap, 'initdb', 'import', 'type') === 'monolith';
  return isMonolith && textAt(bootstrap, 'initdb', 'database') === undefined;
}

/** What an ExternalSecret makes; with creationPolicy None nothing, with Merge keys of another's. */
export function externalSecretMakers(secret: ExternalSecret): Maker[] {
  const { item, namespace, target, creationPolicy, keys, type } = secret;
  if (creationPolicy === 'None') return [];
  return [
    {
      item,
      namespace,
      secret: target,
      path: targetPath(secret),
      isMerging: creationPolicy === 'Merge',
      ...keys,
      ...(type !== undefined && { type }),
    },
  ];
}
