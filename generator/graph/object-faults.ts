import type { Fault, Path } from '../ground/finding.ts';
import { isMap, mapAt, valueAt } from '../ground/json.ts';
import type { KubeObject } from '../ground/kube-object.ts';
import { checkSchema, type Validators } from '../ground/schema/schema-check.ts';
import { isUnresolved } from '../ground/unresolved.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import { releaseFor, takenBy } from '../kinds/version-schemas.ts';
import { versionFault } from './api-versions.ts';
import type { SecretGraph } from './secret-graph.ts';

/** Something in an object that the API server refuses. */
export interface ObjectFault {
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

/** Where an object does not fit its schema, or breaks one of the rules that no schema states. */
export function objectFaults(
  object: PlacedObject,
  { validators, versions }: Pick<SecretGraph, 'validators' | 'versions'>,
): ObjectFault[] {
  // SOPS adds a field of its own, and writes text where something else was.
  if (isMap(object.json['sops'])) return [];
  const schema = [
    ...schemaFaultsOf(object.json, object, validators),
    ...newestFaults(object, validators),
  ];
  const told = releaseFor(versions, object.json.apiVersion);
  const judged = schema.filter(isOfField).map(fault => ({
    fault,
    taking: told === undefined ? undefined : takenBy(object.json, fault, told, validators),
  }));
  return [
    ...judged
      .filter(({ fault, taking }) => isSure(fault, object, taking !== undefined))
      .map(({ fault, taking }) => newer(inWords(fault, object), taking)),
    ...(object.known === undefined || object.known.isNamedFreely ? [] : nameFaults(object)),
    ...labelFaults(object),
    ...(object.known === coreSecret ? dataFaults(object) : []),
  ];
}

/** That a version has not the kind is told of the apiVersion: by the rule unserved-version. */
function isOfField({ id }: Fault): boolean {
  return id !== 'unserved-kind';
}

/** Advice where another version takes what the one that runs refuses. */
function newer(fault: ObjectFault, taking: string | undefined): ObjectFault {
  return taking === undefined
    ? fault
    : { ...fault, hint: `Remove it, or run ${taking}: that takes it.` };
}

/**
 * Of a custom resource the API server drops the fields that are null before it validates
 * (Kubernetes, "Defaulting and Nullable"). The schemas of its own kinds allow null where it does.
 */
function schemaFaultsOf(
  object: KubeObject,
  { group }: PlacedObject,
  validators: Validators,
): Fault[] {
  const faults = checkSchema(object, validators);
  const isFinal = faults.length === 0 || !isOperators(group);
  return isFinal ? faults : checkSchema(withoutNulls(object), validators);
}

/** What a field that stayed wants is so in every version. */
const OF_EVERY_VERSION = new Set(['wrong-type', 'not-allowed']);

/** An object in a version that is gone, held against the newest of its group. */
function newestFaults(object: PlacedObject, validators: Validators): Fault[] {
  const { isServed = true, wanted } = versionFault(object) ?? {};
  if (isServed || wanted === undefined || object.known?.group !== object.group) return [];
  const newest = { ...object.json, apiVersion: wanted };
  return schemaFaultsOf(newest, object, validators).filter(({ id }) => OF_EVERY_VERSION.has(id));
}

function withoutNulls<T>(value: T): T;
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isMap(value)) return value;
  const given = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(given.map(([name, child]) => [name, withoutNulls(child)]));
}

/** The fault with the name of the field that it is in. */
function inWords({ id, path, message, hint = '' }: Fault, { kind }: PlacedObject): ObjectFault {
  const parent = id === 'unknown-field' ? path.slice(0, -1) : path;
  const field = parent.findLast(step => typeof step === 'string');
  const place = field === undefined ? kind : `"${field}"`;
  if (id === 'missing-field') return { path, message: `${message} in ${place}`, hint };
  if (id !== 'unknown-field') return { path, message, hint };
  const advice = 'Remove it: a reference means an object of its own namespace.';
  return {
    path,
    message: message.replace(/ here$/, ` in ${place}`),
    hint: path.at(-1) === 'namespace' ? advice : hint,
  };
}

/** Values of enums that came after the schemas: ESO 2.8. */
const NEWER_VALUES = new Set<unknown>(['CreateOrMerge']);

/** Fields that came after the schemas and are nearly called as older ones: ESO 2, bulk pushes. */
const NEWER_FIELDS = new Set(['dataTo']);

/**
 * Not where another tool fills the value in. Operators gain fields with every version: of their
 * kinds an unknown field is a fault when it is nearly one that there is, the namespace that
 * references so often lack, or text that no version calls a field.
 */
function isSure(
  { id, path, hint = '' }: Fault,
  { json, group }: PlacedObject,
  isTakenElsewhere: boolean,
): boolean {
  const value = valueAt(json, path);
  if (typeof value === 'string' && isUnresolved(value)) return false;
  // Of a field that only another version has there is no doubt.
  if (isTakenElsewhere) return true;
  if (NEWER_VALUES.has(value)) return false;
  // The rule store-provider says this of a store.
  if (path.at(-1) === 'provider') return false;
  if (id !== 'unknown-field' || !isOperators(group)) return true;
  const field = String(path.at(-1));
  if (NEWER_FIELDS.has(field)) return false;
  return hint.includes('Did you mean') || field === 'namespace' || /^[A-Z]|\s/.test(field);
}

/** Whether a group is one of custom resources. */
function isOperators(group: string): boolean {
  return group.includes('.') && !group.endsWith('.k8s.io');
}

const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function nameFaults({ json, name }: PlacedObject): ObjectFault[] {
  const metadata = mapAt(json, 'metadata');
  if (name === '' && metadata['generateName'] === undefined)
    return [{ path: ['metadata', 'name'], message: 'the object has no name', hint: 'Add name.' }];
  if (name === '' || isUnresolved(name) || (DNS_NAME.test(name) && name.length <= 253)) return [];
  return [
    {
      path: ['metadata', 'name'],
      message: `"${name}" cannot be the name of an object`,
      hint: 'Write lowercase letters, digits, "-" and ".", a letter or digit first and last.',
    },
  ];
}

const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;

function labelFaults({ json }: PlacedObject): ObjectFault[] {
  const places = [
    ['metadata', 'labels'],
    ['spec', 'template', 'metadata', 'labels'],
  ];
  return places.flatMap(place =>
    Object.entries(mapAt(json, ...place)).flatMap(([name, value]): ObjectFault[] => {
      if (typeof value !== 'string' || isUnresolved(value)) return [];
      if (value.length <= 63 && LABEL_VALUE.test(value)) return [];
      const hint = 'Write at most 63 letters, digits, "-", "_" and ".", or use an annotation.';
      const message = `label "${name}" has a value that labels do not allow`;
      return [{ path: [...place, name], message, hint }];
    }),
  );
}

const BASE64 = /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Values under data are Base64; only whether they are, and their names, are looked at. */
function dataFaults({ json }: PlacedObject): ObjectFault[] {
  return Object.entries(mapAt(json, 'data')).flatMap(([name, value]): ObjectFault[] => {
    if (typeof value !== 'string' || isUnresolved(value) || /^ENC\[/.test(value)) return [];
    if (BASE64.test(value.replaceAll(/[\r\n]/g, ''))) return [];
    const hint = 'Encode it with "base64 -w0", or move the key to stringData.';
    return [{ path: ['data', name], message: `the value of "${name}" is not Base64`, hint }];
  });
}
