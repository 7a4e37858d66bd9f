import { textAt } from '../../ground/json.ts';
import { type Find, type Kind, type PlacedObject, specOf } from '../kind.ts';
import { namedAfter } from '../secret-ends.ts';
import { selectorReads } from '../secret-refs.ts';
import { kafka, STRIMZI } from './kafka.ts';

/** What each way to log in puts into the Secret (Strimzi, KafkaUserModel.java); others make none. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'scram-sha-512': ['password', 'sasl.jaas.config'],
  tls: ['ca.crt', 'user.crt', 'user.key', 'user.p12', 'user.password'],
};

export const kafkaUser: Kind = {
  group: STRIMZI,
  kind: 'KafkaUser',
  /** A password that it is given. */
  reads: object => selectorReads(specOf(object), ['spec']),
  makes: (object, find) => {
    const keys = KEYS[textAt(specOf(object), 'authentication', 'type') ?? ''];
    if (keys === undefined) return [];
    const secret = prefixOf(object, find) + object.name;
    return [namedAfter(secret, keys)];
  },
};

/** The Kafka that a user belongs to may put something before the names of all its users' Secrets. */
function prefixOf(object: PlacedObject, find: Find): string {
  const name = textAt(object.json, 'metadata', 'labels', 'strimzi.io/cluster') ?? '';
  const kafkaCluster = find(kafka, object.namespace, name);
  const path = ['spec', 'entityOperator', 'userOperator', 'secretPrefix'];
  return textAt(kafkaCluster?.json, ...path) ?? '';
}
