import type { Path } from '../source/finding.ts';
import { isMap } from '../spec/merge-environment.ts';
import type { Json, JsonObject } from '../spec/spec.ts';
import { type Item, listAt, mapAt, specOf, textAt } from './item.ts';
import { type Container, containerOf, type Pod } from './pods.ts';
import type { How, Reader } from './secret-graph.ts';

/** Reads at a field that is a Secret's name, or at one that holds `name` and perhaps `key`. */
interface Read {
  readonly name: unknown;
  readonly path: Path;
  readonly how: How;
  readonly namespace?: string;
  readonly key?: unknown;
  readonly keyPath?: Path;
  readonly isOptional?: boolean;
}

/** A reader, unless the field holds no name: then the schema says so. */
function readerOf(item: Item, read: Read): Reader[] {
  const { name, path, how, key, keyPath, isOptional = false, namespace = item.namespace } = read;
  if (typeof name !== 'string' || name === '') return [];
  return [
    {
      item,
      namespace,
      secret: name,
      path,
      how,
      isOptional,
      ...(typeof key === 'string' && { key }),
      ...(keyPath !== undefined && { keyPath }),
    },
  ];
}

/** A `{ name, key }` reference, as most APIs have it. */
function refReader(
  item: Item,
  ref: Json | undefined,
  path: Path,
  how: How,
  namespace?: string,
): Reader[] {
  if (!isMap(ref)) return [];
  return readerOf(item, {
    name: ref['name'],
    path: [...path, 'name'],
    how,
    key: ref['key'],
    keyPath: [...path, 'key'],
    isOptional: ref['optional'] === true,
    ...(namespace !== undefined && { namespace }),
  });
}

/** All that a pod reads: variables, volumes, pull secrets. */
export function podReaders({ item, path, spec, containers }: Pod): Reader[] {
  return [
    ...containers.flatMap(container => containerReaders(item, container)),
    ...listAt(spec, 'volumes').flatMap((volume, index) =>
      isMap(volume) ? volumeReaders(item, volume, [...path, 'volumes', index]) : [],
    ),
    ...pullReaders(item, listAt(spec, 'imagePullSecrets'), [...path, 'imagePullSecrets']),
  ];
}

function containerReaders(item: Item, { env, envFrom }: Container): Reader[] {
  return [
    ...env.flatMap(({ secret, path }) => {
      if (secret === undefined) return [];
      const ref = [...path, 'valueFrom', 'secretKeyRef'];
      const { name, key, isOptional } = secret;
      return readerOf(item, {
        name,
        path: [...ref, 'name'],
        key,
        keyPath: [...ref, 'key'],
        isOptional,
        how: 'env',
      });
    }),
    ...envFrom.flatMap(({ secret, path, isOptional }) =>
      readerOf(item, {
        name: secret,
        path: [...path, 'secretRef', 'name'],
        isOptional,
        how: 'envFrom',
      }),
    ),
  ];
}

function volumeReaders(item: Item, volume: JsonObject, path: Path): Reader[] {
  const { secret, csi } = volume;
  const own = isMap(secret)
    ? sourceReaders(item, secret, 'secretName', [...path, 'secret'], 'volume')
    : [];
  const projected = listAt(volume, 'projected', 'sources').flatMap((source, index) => {
    const at = [...path, 'projected', 'sources', index, 'secret'];
    const found = isMap(source) ? source['secret'] : undefined;
    return isMap(found) ? sourceReaders(item, found, 'name', at, 'projected') : [];
  });
  const publish = isMap(csi) ? csi['nodePublishSecretRef'] : undefined;
  return [
    ...own,
    ...projected,
    ...refReader(item, publish, [...path, 'csi', 'nodePublishSecretRef'], 'csi'),
  ];
}

/** A Secret as files: all keys, or one read for each item. */
function sourceReaders(
  item: Item,
  source: JsonObject,
  field: string,
  path: Path,
  how: How,
): Reader[] {
  const read = {
    name: source[field],
    path: [...path, field],
    isOptional: source['optional'] === true,
    how,
  };
  const items = listAt(source, 'items').filter(isMap);
  if (items.length === 0) return readerOf(item, read);
  return items.flatMap((entry, index) =>
    readerOf(item, { ...read, key: entry['key'], keyPath: [...path, 'items', index, 'key'] }),
  );
}

function pullReaders(item: Item, list: readonly Json[], path: Path): Reader[] {
  return list.flatMap((entry, index) => refReader(item, entry, [...path, index], 'pull'));
}

/** What objects that run no pods read, by kind. */
export function objectReaders(item: Item): Reader[] {
  const spec = specOf(item);
  switch (item.kind) {
    case 'ServiceAccount':
      return pullReaders(item, listAt(item.object, 'imagePullSecrets'), ['imagePullSecrets']);
    case 'Ingress':
      return listAt(spec, 'tls').flatMap((entry, index) => {
        const path = ['spec', 'tls', index, 'secretName'];
        return isMap(entry) ? readerOf(item, { name: entry['secretName'], path, how: 'tls' }) : [];
      });
    case 'Cluster':
      return item.group === 'postgresql.cnpg.io' ? cnpgReaders(item, spec) : [];
    case 'SecretStore':
    case 'ClusterSecretStore':
      return storeReaders(item, mapAt(spec, 'provider'), ['spec', 'provider']);
    case 'Gateway':
      return gatewayReaders(item, listAt(spec, 'listeners'));
    case 'ObjectStore':
      return item.group === 'barmancloud.cnpg.io'
        ? storeReaders(item, mapAt(spec, 'configuration'), ['spec', 'configuration'], 'cnpg')
        : [];
    case 'DatabaseRole':
      return refReader(item, spec['passwordSecret'], ['spec', 'passwordSecret'], 'cnpg');
    case 'PushSecret':
      return refReader(
        item,
        mapAt(spec, 'selector')['secret'],
        ['spec', 'selector', 'secret'],
        'store',
      );
    case 'TriggerAuthentication':
    case 'ClusterTriggerAuthentication':
      return listAt(spec, 'secretTargetRef').flatMap((entry, index) =>
        refReader(item, entry, ['spec', 'secretTargetRef', index], 'keda'),
      );
    default:
      return [];
  }
}

/** The certificates of a Gateway's listeners; without a kind they are Secrets. */
function gatewayReaders(item: Item, listeners: readonly Json[]): Reader[] {
  return listeners.flatMap((listener, index) =>
    listAt(listener, 'tls', 'certificateRefs').flatMap((ref, at) => {
      const path = ['spec', 'listeners', index, 'tls', 'certificateRefs', at];
      const isSecret = (textAt(ref, 'kind') ?? 'Secret') === 'Secret';
      return isSecret ? refReader(item, ref, path, 'tls', textAt(ref, 'namespace')) : [];
    }),
  );
}

/** Fields of a CNPG Cluster that name a Secret, or a key of one. */
function cnpgReaders(item: Item, spec: JsonObject): Reader[] {
  const at = (value: unknown, ...path: string[]): Reader[] =>
    readerOf(item, { name: textAt(value, ...path), path: ['spec', ...path], how: 'cnpg' });
  const logins = ['initdb', 'recovery', 'pg_basebackup'].flatMap(method =>
    at(spec, 'bootstrap', method, 'secret', 'name'),
  );
  const roles = listAt(spec, 'managed', 'roles').flatMap((role, index) =>
    isMap(role)
      ? refReader(
          item,
          role['passwordSecret'],
          ['spec', 'managed', 'roles', index, 'passwordSecret'],
          'cnpg',
        )
      : [],
  );
  const external = listAt(spec, 'externalClusters').flatMap((entry, index) =>
    isMap(entry) ? storeReaders(item, entry, ['spec', 'externalClusters', index], 'cnpg') : [],
  );
  const certificates = [
    'serverCASecret',
    'serverTLSSecret',
    'clientCASecret',
    'replicationTLSSecret',
  ];
  const container = containerOf(item, spec, ['spec'], 'main');
  return [
    ...containerReaders(item, container),
    ...logins,
    ...at(spec, 'superuserSecret', 'name'),
    ...roles,
    ...external,
    ...certificates.flatMap(field => at(spec, 'certificates', field)),
    ...storeReaders(
      item,
      mapAt(spec, 'backup', 'barmanObjectStore'),
      ['spec', 'backup', 'barmanObjectStore'],
      'cnpg',
    ),
    ...pullReaders(item, listAt(spec, 'imagePullSecrets'), ['spec', 'imagePullSecrets']),
  ];
}

const SECRET_REF =
  /Ref$|^(accessKeyId|secretAccessKey|sessionToken|endpointCA|clientCert|clientKey|bearerToken)$/;

/**
 * References to keys of Secrets anywhere below a provider: every provider has them under names of
 * its own, and all have `name` and `key`. A ClusterSecretStore's name their namespace.
 */
function storeReaders(item: Item, value: Json, path: Path, how: How = 'store'): Reader[] {
  if (Array.isArray(value))
    return value.flatMap((entry, index) => storeReaders(item, entry, [...path, index], how));
  if (!isMap(value)) return [];
  const field = String(path.at(-1));
  const isCa = field === 'caProvider' && value['type'] === 'Secret';
  const isRef = how === 'cnpg' || isCa || SECRET_REF.test(field);
  if (isRef && typeof value['name'] === 'string' && typeof value['key'] === 'string') {
    return refReader(item, value, path, how, textAt(value, 'namespace') ?? item.namespace);
  }
  return Object.entries(value).flatMap(([name, child]) =>
    storeReaders(item, child, [...path, name], how),
  );
}
