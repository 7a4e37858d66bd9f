import type { Path } from '../ground/finding.ts';
import { numberedText } from '../ground/go-template/numbered-text.ts';
import type { DataEntry } from '../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { eachSpec, type SecretGraph } from './secret-graph.ts';
import { type SecretTemplate, templates } from './templates.ts';

/** A read of one key under a name: of a variable, a field, or a key that is made of it. */
export interface NamedRead {
  readonly object: PlacedObject;
  /** Where the key is named. */
  readonly path: Path;
  /** What has the name: `variable "DB_USER"`. */
  readonly reader: string;
  readonly name: string;
  readonly key: string;
}

/** Every place where the value of a key goes under a name; in ExternalSecrets, under another one. */
export function namedReads(graph: SecretGraph): NamedRead[] {
  return [
    ...variables(graph),
    ...fields(graph),
    ...fetches(graph),
    ...templates(graph).flatMap(inTemplate),
  ];
}

function variables({ pods }: SecretGraph): NamedRead[] {
  const all = pods.flatMap(({ containers }) => containers);
  return all.flatMap(({ object, env }) =>
    env.flatMap(({ name, path, secret }): NamedRead[] => {
      const key = secret?.key;
      const at = [...path, 'valueFrom', 'secretKeyRef', 'key'];
      return key === undefined
        ? []
        : [{ object, path: at, reader: `variable "${name}"`, name, key }];
    }),
  );
}

/** `passwordSecretRef: { name, key }` goes by `password`. */
function fields({ readers }: SecretGraph): NamedRead[] {
  return readers.flatMap(({ object, key, keyPath }): NamedRead[] => {
    const field = keyPath?.at(-2);
    if (key === undefined || keyPath === undefined || typeof field !== 'string') return [];
    const name = field.replace(/(?:Secret)?(?:Key)?(?:Ref|Selector)$/, '');
    return [{ object, path: keyPath, reader: `field "${field}"`, name, key }];
  });
}

/**
 * A key is fetched by the property that is read, or by the last part of the entry's name. Most have
 * that as their own.
 */
function fetches({ externalSecrets }: SecretGraph): NamedRead[] {
  return eachSpec(externalSecrets).flatMap(({ object, data }) => {
    const renamed = data.filter(entry => remoteKey(entry).key !== entry.secretKey);
    return renamed.map((entry): NamedRead => {
      const { key, field } = remoteKey(entry);
      const path = [...entry.path, 'remoteRef', field];
      return { object, path, reader: `key "${entry.secretKey}"`, name: entry.secretKey, key };
    });
  });
}

function remoteKey({ key, property }: DataEntry): { key: string; field: string } {
  return property === undefined
    ? { key: key.slice(key.lastIndexOf('/') + 1), field: 'key' }
    : { key: property, field: 'property' };
}

/** `user={{ .name }}`, `"user": "{{ .name }}"`; not `user:{{ .password }}`, which is a whole login. */
const NAMED =
  /([A-Za-z][\w.-]{0,99})(?:["']?[ \t]{0,9}=[ \t]{0,9}|["'][ \t]{0,9}:[ \t]{0,9}|:[ \t]{1,9})["']?\0(\d+)\0/g;

/** Where a URL has its user and its password. */
const URLS = [
  [/:\/\/\0(\d+)\0:/g, 'user'],
  [/:\/\/[^\s/@:]{0,200}:\0(\d+)\0@/g, 'password'],
] as const;

function inTemplate({ secret: { object }, parsed, path }: SecretTemplate): NamedRead[] {
  if (parsed.fault !== undefined) return [];
  const { text, keys } = numberedText(parsed.nodes);
  const read = (reader: string, name: string, index: string | undefined): NamedRead[] => {
    const [key, ...more] = new Set(keys[Number(index)]);
    return key === undefined || more.length > 0 ? [] : [{ object, path, reader, name, key }];
  };
  const own = String(path.at(-1));
  const whole = /^\s{0,99}["']?\0(\d+)\0["']?\s{0,99}$/.exec(text)?.[1];
  return [
    ...read(`key "${own}"`, own, whole),
    ...[...text.matchAll(NAMED)].flatMap(([, name = '', index]) =>
      read(`"${name}" in the template`, name, index),
    ),
    ...URLS.flatMap(([place, name]) =>
      [...text.matchAll(place)].flatMap(([, index]) =>
        read(`the ${name} of a URL in the template`, name, index),
      ),
    ),
  ];
}
