import type { Fault } from '../core/finding.ts';
import { fieldsThroughout, isMap, listAt, mapAt, textAt, valueAt } from '../core/json.ts';
import { asJson, isUnresolved, type KubeObject } from '../core/kube-object.ts';
import { checkSchema, type Validators } from '../core/schema.ts';
import { coreSecret } from '../kinds/core/secret.ts';
import { chartValues } from '../kinds/helm/values.ts';
import { type PlacedObject, specOf } from '../kinds/kind.ts';
import { customResourceDefinition } from '../kinds/kubernetes.ts';
import type { Product, ProductRelease, Versions } from '../kinds/products.ts';
import {
  isBefore,
  products,
  releaseFor,
  releaseOf,
  takenBy,
  validatorsOf,
} from '../kinds/products.ts';
import type { SecretGraph } from './secret-graph.ts';

type ObjectFault = Required<Pick<Fault, 'path' | 'message' | 'hint'>>;

/** Where an object does not fit its schema, or breaks one of the rules that no schema states. */
export function objectFaults(
  object: PlacedObject,
  { validators, versions }: Pick<SecretGraph, 'validators' | 'versions'>,
): ObjectFault[] {
  // SOPS adds a field of its own, and writes text where something else was.
  if (isMap(object.json['sops'])) return [];
  const newest = newestFaults(object, validators);
  const schema = [...schemaFaultsOf(object.json, object, validators), ...newest];
  const running = releaseFor(versions, object.json.apiVersion);
  const ofFields = schema
    // The rule unserved-version reports an apiVersion that has not the kind.
    .filter(({ id }) => id !== 'unserved-kind')
    .flatMap(fault => {
      const taking = running && takenBy(object.json, fault, running, validators);
      if (!isSure(fault, object, taking !== undefined)) return [];
      const hint = taking && { hint: `Remove it, or run ${taking}: that takes it.` };
      return [{ ...inWords(fault, object), ...hint }];
    });
  return [
    ...ofFields,
    ...(object.knownKind === undefined || object.knownKind.isNamedFreely ? [] : nameFaults(object)),
    ...labelFaults(object),
    ...(object.knownKind === coreSecret ? dataFaults(object) : []),
  ];
}

/** The API server drops null fields of a custom resource before it validates; schemas of built-in kinds allow null. */
function schemaFaultsOf(object: KubeObject, { group }: PlacedObject, validators: Validators) {
  const faults = checkSchema(object, validators);
  if (faults.length === 0 || !isOperators(group)) return faults;
  const filled = fieldsThroughout(asJson(object), field => field !== null);
  return checkSchema(filled as unknown as KubeObject, validators);
}

/** Faults that do not depend on the version, as long as the field exists. */
const OF_EVERY_VERSION = new Set(['wrong-type', 'not-allowed']);

function newestFaults(object: PlacedObject, validators: Validators): Fault[] {
  const { isServed = true, servedVersion } = versionFault(object) ?? {};
  if (isServed || servedVersion === undefined || object.knownKind?.group !== object.group)
    return [];
  const faults = schemaFaultsOf({ ...object.json, apiVersion: servedVersion }, object, validators);
  const version = object.json.apiVersion.split('/').at(-1) ?? '';
  const isAlike = object.knownKind.served?.alike?.includes(version) === true;
  // A field that resembles no other is no typo: old versions had it.
  const isReported = ({ id, hint = '' }: Fault): boolean =>
    OF_EVERY_VERSION.has(id) || (isAlike && (id !== 'unknown-field' || hint.includes('Did you')));
  return faults.filter(isReported);
}

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

/** Fields that came after the schemas, and would be taken for typos of older ones: ESO 2, bulk pushes. */
const NEWER_FIELDS = new Set(['dataTo']);

/** Whether a fault is certain. An unknown field of an operator's kind may be of a later version, so it has to look like a typo, be `namespace`, or be no possible field. */
function isSure({ id, path, hint = '' }: Fault, { json, group }: PlacedObject, isTaken: boolean) {
  const value = valueAt(json, path);
  if (typeof value === 'string' && isUnresolved(value)) return false;
  if (isTaken) return true;
  if (NEWER_VALUES.has(value)) return false;
  // The rule store-provider reports it.
  if (path.at(-1) === 'provider') return false;
  if (id !== 'unknown-field' || !isOperators(group)) return true;
  const field = String(path.at(-1));
  if (NEWER_FIELDS.has(field)) return false;
  return hint.includes('Did you mean') || field === 'namespace' || /^[A-Z]|\s/.test(field);
}

function isOperators(group: string): boolean {
  return group.includes('.') && !group.endsWith('.k8s.io');
}

const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

function nameFaults({ json, name }: PlacedObject): ObjectFault[] {
  const metadata = mapAt(json, 'metadata');
  if (name === '' && metadata['generateName'] === undefined)
    return [{ path: ['metadata', 'name'], message: 'the object has no name', hint: 'Add name.' }];
  if (name === '' || isUnresolved(name) || (DNS_NAME.test(name) && name.length <= 253)) return [];
  const message = `"${name}" cannot be the name of an object`;
  const hint = 'Write lowercase letters, digits, "-" and ".", a letter or digit first and last.';
  return [{ path: ['metadata', 'name'], message, hint }];
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

function dataFaults({ json }: PlacedObject): ObjectFault[] {
  return Object.entries(mapAt(json, 'data')).flatMap(([name, value]): ObjectFault[] => {
    if (typeof value !== 'string' || isUnresolved(value) || /^ENC\[/.test(value)) return [];
    if (BASE64.test(value.replaceAll(/[\r\n]/g, ''))) return [];
    const hint = 'Encode it with "base64 -w0", or move the key to stringData.';
    return [{ path: ['data', name], message: `the value of "${name}" is not Base64`, hint }];
  });
}

export interface VersionFault {
  readonly isServed: boolean;
  /** The apiVersion to write instead; undefined: the kind is gone. */
  readonly servedVersion: string | undefined;
  readonly since: string;
}

/** The fault of an object's apiVersion; undefined: there is none, or the kind is not known. */
export function versionFault({ json, group, knownKind }: PlacedObject): VersionFault | undefined {
  const served = knownKind?.served;
  if (knownKind === undefined || served === undefined) return undefined;
  const { versions, deprecated = [], since } = served;
  const { apiVersion } = json;
  const version = apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
  const isServed = knownKind.group === group && versions.includes(version);
  if (isServed && !deprecated.includes(version)) return undefined;
  const [newest] = versions;
  const servedVersion =
    knownKind.group === '' || newest === undefined ? newest : `${knownKind.group}/${newest}`;
  return { isServed, servedVersion, since };
}

export function versionHint({ servedVersion, since }: VersionFault): string {
  return servedVersion === undefined
    ? `Remove it: it is gone since ${since}, and nothing has taken its place.`
    : `Write ${servedVersion}: it is the one since ${since}. Fields may have changed with it.`;
}

/** Whether the cluster serves an apiVersion that the operator gave up, by its definition, else the version. */
export function isServedHere(graph: SecretGraph, object: PlacedObject): boolean | 'unknown' {
  const { group, kind, knownKind, json } = object;
  const defined = graph
    .byKind(customResourceDefinition)
    .map(specOf)
    .find(spec => textAt(spec, 'group') === group && textAt(spec, 'names', 'kind') === kind);
  const version = json.apiVersion.slice(json.apiVersion.lastIndexOf('/') + 1);
  if (defined !== undefined)
    return listAt(defined, 'versions').some(
      entry => textAt(entry, 'name') === version && mapAt(entry)['served'] !== false,
    );
  const { operator } = knownKind?.served ?? {};
  if (operator === undefined) return false;
  const release = releaseFor(graph.versions, object.json.apiVersion);
  if (release !== undefined) return isBefore(release.at, operator.version);
  const subscribed = graph.objects.map(each => operator.subscribed?.(each));
  const installed = [
    ...installedVersions(graph, operator.name),
    ...subscribed.filter(version => version !== undefined),
  ];
  if (installed.length === 0 || installed.includes(undefined)) return 'unknown';
  return installed.every(version => version !== undefined && isBefore(version, operator.version));
}

function installedVersions(graph: SecretGraph, name: string, charts?: Product['charts']) {
  const releases = graph
    .byKind(chartValues)
    .filter(({ json }) => textAt(json, 'chart') === name)
    .map(({ json }) => versionIn(textAt(json, 'version')))
    .map(chart => (charts === undefined ? chart : versionIn(charts[chart?.join('.') ?? ''])));
  const images = graph.containers
    .map(({ spec }) => textAt(spec, 'image') ?? '')
    .filter(image => image.split(/[:@]/)[0]?.endsWith(`/${name}`));
  return [...releases, ...images.map(image => versionIn(/:([^/@:]+)(@|$)/.exec(image)?.[1]))];
}

/** Major and minor of `0.16.2`, `v0.16.2` and `0.16.x`; a range is no version. */
function versionIn(text: string | undefined): ProductRelease['at'] | undefined {
  const [, major, minor] = /^[v~=]{0,2}(\d{1,4})\.(\d{1,4})(?:\.|$)/.exec(text ?? '') ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

/** A graph that knows the versions that run: those of flags, else those that its objects install. */
export function inVersions(graph: SecretGraph, fromFlags: Versions): SecretGraph {
  const versions = { ...installedHere(graph), ...fromFlags };
  return { ...graph, versions, validators: validatorsOf(versions, graph.validators) };
}

function installedHere(graph: SecretGraph): Versions {
  const found = products.flatMap(product => {
    const { name, operator = '', charts } = product;
    const installed = operator === '' ? [] : installedVersions(graph, operator, charts);
    const [first, ...others] = installed.map(at => at && releaseOf(product, at.join('.')));
    const isOne = first !== undefined && others.every(release => release?.name === first.name);
    return isOne ? [[name, first]] : [];
  });
  return Object.fromEntries(found);
}
