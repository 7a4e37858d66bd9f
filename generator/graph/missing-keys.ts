import { knownNames } from '../ground/suggest.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import type { ObjectField } from '../kinds/kind.ts';
import { subPathReads } from '../kinds/pod-volumes.ts';
import {
  findSecret,
  type Reader,
  type RelatedField,
  type SecretGraph,
  type SecretNode,
} from './secret-graph.ts';

/** A read of a key that its Secret surely has not. */
export interface MissingKey extends ObjectField {
  readonly isOptional: boolean;
  /** Nobody knows whether the key is used. */
  readonly mayPassOver: boolean;
  readonly namespace: string;
  readonly secret: string;
  /** What is missing: one key, or several that the reader's API looks for. */
  readonly keys: readonly string[];
  readonly message: string;
  readonly hint: string;
  readonly related: readonly RelatedField[];
}

/** All of them: keys that are named, keys that an API looks for, and files by subPath. */
export function missingKeys(graph: SecretGraph): MissingKey[] {
  return [
    ...graph.readers.flatMap(reader => keysOfReader(graph, reader)),
    ...graph.pods.flatMap(subPathReads).flatMap(({ pod, path, secret, subPath, files }) => {
      const node = findSecret(graph, pod.object.namespace, secret);
      const file = subPath.split('/')[0] ?? '';
      const names = files ?? [...(node?.keys ?? [])];
      const isOpen = files === undefined && (node === undefined || node.isOpen);
      if (isOpen || isUnresolved(subPath) || names.some(name => name.split('/')[0] === file))
        return [];
      const message = `the volume of Secret "${secret}" has no file "${subPath}", so a folder is mounted in its place`;
      const hint = knownNames('files of the volume', subPath, names);
      const read = {
        namespace: pod.object.namespace,
        secret,
        keys: [file],
        isOptional: false,
        mayPassOver: false,
      };
      return [{ object: pod.object, path, ...read, message, hint, related: makersOf(node) }];
    }),
  ];
}

function keysOfReader(graph: SecretGraph, reader: Reader): MissingKey[] {
  const { object, secret, key, keyPath = [], path, isOptional, mayPassOver = false } = reader;
  const wanted = key === undefined ? (reader.needs ?? []) : [key];
  const node = wanted.length === 0 ? undefined : findSecret(graph, reader.namespace, secret);
  if (node === undefined || node.isOpen) return [];
  const missing = wanted.filter(name => !node.keys.has(name) && !isUnresolved(name));
  const [first] = missing;
  if (first === undefined) return [];
  const names = missing.map(name => `"${name}"`).join(' and ');
  return [
    {
      object,
      path: key === undefined ? path : keyPath,
      isOptional,
      mayPassOver,
      namespace: reader.namespace,
      secret,
      keys: missing,
      message: `Secret "${secret}" has no key ${names}${key === undefined ? `, which ${object.kind} "${object.name}" needs` : ''}`,
      hint: keysHint(secret, first, node.keys),
      related: makersOf(node),
    },
  ];
}

/** Names for the keys of a CNPG Secret that people use elsewhere. */
const ALIASES: Readonly<Record<string, string>> = {
  database: 'dbname',
  db: 'dbname',
  databasename: 'dbname',
  url: 'uri',
  dsn: 'uri',
  databaseurl: 'uri',
  connectionstring: 'uri',
  jdbcurl: 'jdbc-uri',
  hostname: 'host',
  login: 'username',
  pass: 'password',
};

function keysHint(secret: string, name: string, keys: ReadonlySet<string>): string {
  const hint = knownNames(`keys of "${secret}"`, name, keys);
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  const meant = Object.hasOwn(ALIASES, plain) ? ALIASES[plain] : undefined;
  if (hint.includes('Did you mean') || meant === undefined || !keys.has(meant)) return hint;
  return `${hint} Did you mean "${meant}"?`;
}

function makersOf(node: SecretNode | undefined): MissingKey['related'] {
  return (node?.makers ?? []).map(({ object, path }) => ({
    object,
    path,
    note: `${object.kind} "${object.name}" makes it`,
  }));
}
