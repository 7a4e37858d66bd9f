import { listAt, mapAt, scalarText, words } from '../core/json.ts';
import { claimOf, fateOfClaims } from './core/volumes.ts';
import type { DataFate } from './facets.ts';
import { type Find, type Kind, namedAfter, type PlacedObject, specOf } from './kind.ts';
import { CERTIFICATE_KEYS, specFields } from './secret-refs.ts';

/** The keys of the login (cluster-operator, internal/resource/default_user_secret.go). */
const KEYS = words('username password host port provider type default_user.conf connection_string');

export const rabbitmqCluster: Kind = {
  group: 'rabbitmq.com',
  kind: 'RabbitmqCluster',
  data: { isPrecious: true, fate: messagesFate },
  provides: { services: ({ name }) => [name, `${name}-nodes`] },
  /** The operator makes the login, unless Vault or another Secret gives it. */
  makes: object => {
    const { vault, externalSecret } = mapAt(specOf(object), 'secretBackend');
    if (vault !== undefined || externalSecret !== undefined) return [];
    return [namedAfter(`${object.name}-default-user`, [...KEYS, ...pluginPorts(object)])];
  },
  /** docs/facts/operators.md#kafka-and-rabbitmq. */
  reads: specFields('ref', {
    'secretBackend.externalSecret': [],
    'tls.secretName': CERTIFICATE_KEYS,
    'tls.caSecretName': ['ca.crt'],
  }),
};

function pluginPorts(object: PlacedObject): string[] {
  return listAt(specOf(object), 'rabbitmq', 'additionalPlugins').flatMap(plugin => {
    const [, name] = /^rabbitmq_((?:web_)?(?:mqtt|stomp)|stream)$/.exec(scalarText(plugin)) ?? [];
    return name === undefined ? [] : [`${name.replace('_', '-')}-port`];
  });
}

/** It owns its claims, and has none if their size is 0 (docs/facts/operators.md#kafka-and-rabbitmq). */
function messagesFate(object: PlacedObject, find: Find): DataFate | undefined {
  const { storage, storageClassName } = mapAt(specOf(object), 'persistence');
  if (/^0+[A-Za-z]*$/.test(scalarText(storage))) return undefined;
  return fateOfClaims([claimOf(storageClassName)], find, 'its claims are deleted');
}
