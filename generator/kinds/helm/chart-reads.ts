import type { Path } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, textAt } from '../../ground/json.ts';
import { sourceReads } from '../pod-reads.ts';
import type { How, Read } from '../secret-ends.ts';
import { CERTIFICATE_KEYS, pullReads, readOf, refRead } from '../secret-refs.ts';
import { isObject } from './written-objects.ts';

/**
 * The Secrets that the values of any chart name, by the shape of their fields
 * (docs/facts/helm.md#fields-that-name-secrets). A key counts where a field names it.
 */
export function chartReads(values: JsonObject, path: Path): Read[] {
  if (values['enabled'] === false || isObject(values)) return [];
  return [
    ...(values['type'] === 'secret' ? sourceReads(values, 'name', path, 'volume') : []),
    ...namedReads(values, path),
    ...Object.entries(values).flatMap(([field, value]) =>
      fieldReads(field, value, [...path, field]),
    ),
  ];
}

function fieldReads(field: string, value: Json, at: Path): Read[] {
  if (Array.isArray(value)) return listReads(field, value, at);
  if (!isMap(value)) return [];
  if (REF.test(field)) return refRead(value, { path: at, how: howOf(field) }).map(given(field));
  if (field === 'secret' && at.at(-3) === 'sources')
    return sourceReads(value, 'name', at, 'volume');
  if (field === 'secret' && textAt(value, 'secretName'))
    return sourceReads(value, 'secretName', at, 'volume');
  return chartReads(value, at);
}

function listReads(field: string, list: readonly Json[], at: Path): Read[] {
  if (/^(image)?pullSecrets$/i.test(field))
    return [
      ...pullReads(list, at),
      ...list.flatMap((name, index) => readOf({ name, path: [...at, index], how: 'pull' })),
    ];
  return list.flatMap((entry, index) =>
    isMap(entry) ? chartReads(entry, [...at, index]) : listReads('', asList(entry), [...at, index]),
  );
}

function asList(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

/** A map that is a reference: to a key, or to all of a Secret. */
const REF = /^(existingSecret|secret(Key)?Ref|.{1,60}Secret(Key)?Ref)$/;

/** A text that is the name of a Secret. */
const NAME =
  /^(existingSecret(Name)?|secret(Name|Ref)|.{1,60}(ExistingSecret|SecretName|SecretRef)|envFromSecret|.{1,60}EnvVarsSecret)$/;

/** Those of them that have keys beside them. */
const KEYED = /^(existingSecret(Name)?|secretName)$/;

/** A text that is a key of the Secret that stands beside it. */
const KEY = /^(existingSecret.{0,60}Key|(.{0,60}(user|username|password|token))Key)$/i;

function howOf(field: string): How {
  return field === 'secretRef' ? 'envFrom' : field === 'secretKeyRef' ? 'env' : 'helm';
}

/** The names in a map, with the keys that are named beside them. */
function namedReads(values: JsonObject, path: Path): Read[] {
  const isOptional = values['optional'] === true;
  return Object.entries(values).flatMap(([field, name]) => {
    if (typeof name !== 'string' || !NAME.test(field)) return [];
    const read = { name, path: [...path, field], isOptional };
    if (field === 'secretName' && path.includes('tls')) return tlsReads(read, path);
    const keys = KEYED.test(field) ? keysBeside(values, path) : [];
    const reads = keys.flatMap(key =>
      readOf({ ...read, ...key, how: 'helm' }).map(read => ({
        ...read,
        mayPassOver: true as const,
      })),
    );
    return (reads.length > 0 ? reads : readOf({ ...read, how: 'helm' })).map(given(field));
  });
}

/** The certificate of a list as an Ingress has it; in a map of that name there may be other keys. */
function tlsReads(read: Omit<Parameters<typeof readOf>[0], 'how'>, path: Path): Read[] {
  const needs = path.at(-2) === 'tls' ? { needs: CERTIFICATE_KEYS } : {};
  return readOf({ ...read, ...needs, how: 'tls' });
}

interface Key {
  readonly key: string;
  readonly keyPath: Path;
}

function keysBeside(values: JsonObject, path: Path): Key[] {
  const { secretKeys } = values;
  return [
    ...keysIn(values, path, name => KEY.test(name)),
    ...(isMap(secretKeys)
      ? keysIn(secretKeys, [...path, 'secretKeys'], name => /Key$/.test(name))
      : []),
  ];
}

function keysIn(values: JsonObject, path: Path, isKey: (name: string) => boolean): Key[] {
  return Object.entries(values).flatMap(([name, key]) =>
    typeof key === 'string' && key !== '' && isKey(name) ? [{ key, keyPath: [...path, name] }] : [],
  );
}

/** What a field calls existing the chart does not make. */
function given(field: string): (read: Read) => Read {
  return read => (/existing/i.test(field) ? { ...read, isGiven: true } : read);
}
