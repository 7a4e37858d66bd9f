import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { type Item, type Kind, specOf } from '../kind.ts';
import { namedAfter } from '../made.ts';
import { readOf } from '../secret-refs.ts';

/** The keys of the login (cluster-operator, internal/resource/default_user_secret.go). */
const KEYS = [
  'username',
  'password',
  'host',
  'port',
  'provider',
  'type',
  'default_user.conf',
  'connection_string',
];

export const rabbitmqCluster: Kind = {
  group: 'rabbitmq.com',
  kind: 'RabbitmqCluster',
  services: ({ name }) => [name, `${name}-nodes`],

  /** Vault, or a Secret of another, may give the login in place of the operator. */
  makes: item => {
    const { vault, externalSecret } = mapAt(specOf(item), 'secretBackend');
    if (vault !== undefined || externalSecret !== undefined) return [];
    return [namedAfter(`${item.name}-default-user`, [...KEYS, ...pluginPorts(item)])];
  },

  reads: item => {
    const path = ['spec', 'secretBackend', 'externalSecret', 'name'];
    return readOf({ name: textAt(item.object, ...path), path, how: 'store' });
  },
};

/** Plugins that listen have their port in the login: `rabbitmq_web_mqtt` as `web-mqtt-port`. */
function pluginPorts(item: Item): string[] {
  return listAt(specOf(item), 'rabbitmq', 'additionalPlugins').flatMap(plugin => {
    const [, name] = /^rabbitmq_((?:web_)?(?:mqtt|stomp)|stream)$/.exec(String(plugin)) ?? [];
    return name === undefined ? [] : [`${name.replace('_', '-')}-port`];
  });
}
