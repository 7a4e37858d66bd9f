import type { Path } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import {
  isMap,
  listAt,
  mapAt,
  mapsIn,
  mergedMaps,
  pathIn,
  textAt,
  textsIn,
  textsUnder,
} from '../../core/json.ts';
import { isUnresolved } from '../../core/kube-object.ts';
import { parseStream } from '../../yaml/parse.ts';
import { issuedForTls } from '../cert-manager.ts';
import type { Unknown } from '../facets.ts';
import type { Brought, Find, Kind, ObjectField, PlacedObject, Read } from '../kind.ts';
import { sourceReads } from '../pods.ts';
import { CERTIFICATE_KEYS, fieldReads, readOf, refRead } from '../secret-refs.ts';
import { appObjects, isHuge } from './controllers.ts';
import type { Release } from './release.ts';
import { filledRelease, isAppTemplate, isObject, unrendered, writtenObjects } from './release.ts';

function releaseObjects(release: Release): Brought[] {
  const filled = filledRelease(release);
  return isKnown(filled) ? appObjects(filled) : [valuesObject(filled), ...writtenObjects(filled)];
}

/** What an applier stands for by the values of the charts that it has installed, as far as Helm has not rendered them. */
export function valuesOfCharts(
  releasesOf: (object: PlacedObject, find: Find) => readonly Release[],
): Required<Pick<NonNullable<Kind['applies']>, 'objects' | 'unknowns'>> {
  return {
    objects: (object, find) => unrendered(object, releasesOf(object, find)).flatMap(releaseObjects),
    unknowns: (object, find) =>
      unrendered(object, releasesOf(object, find)).flatMap(releaseUnknowns),
  };
}

function releaseUnknowns(release: Release): Unknown[] {
  const { name, called = name, chart = called, namespace, isPartly } = release;
  if (isKnown(release) && !isPartly) return [];
  const where = namespace === '' || isUnresolved(namespace) ? {} : { namespace };
  return [{ ...where, what: `the Helm chart "${chart}"`, mayMake: namesOf(release) }];
}

/** Whether a chart may give an object this name: with the release's or chart's name or a word of it (but no operator's), or as a text of the values (docs/facts/helm.md#names). */
function namesOf(release: Release): (name: string) => boolean | 'exactly' {
  const { name: releaseName, called = '', chart = '', values } = release;
  const overrides = textsUnder(values, 'nameOverride', 'fullnameOverride');
  const all = [releaseName, called, chart, ...overrides];
  const names = all.flatMap(text => (text && !isUnresolved(text) ? text : []));
  const whole = names.filter(text => text.length >= SHORTEST);
  const ownNames = names.filter(name => !/-(operator|controller)$/.test(name));
  const words = new Set(ownNames.flatMap(name => name.split('-')));
  const begins = (name: string): boolean => words.has(name.split('-')[0] ?? '');
  let texts: ReadonlySet<string> | undefined;
  return name => {
    texts ??= textsOf(values);
    return texts.has(name) ? 'exactly' : whole.some(word => name.includes(word)) || begins(name);
  };
}

function textsOf(values: JsonObject): ReadonlySet<string> {
  const texts = new Set(textsIn(values, []).map(({ text }) => text));
  for (const { secret } of chartReads(values, []).filter(isReference)) texts.delete(secret);
  return texts;
}

/** A shorter name is part of too many others. */
const SHORTEST = 4;

function isKnown(release: Release): boolean {
  return isAppTemplate(release) && !isHuge(release.values);
}

/** The values of an unknown chart, as an object that no cluster has. Only the shape of its fields tells what they name. */
export const chartValues: Kind = {
  group: 'values.helm.sh',
  kind: 'HelmRelease',
  displayName: 'Helm release',
  secrets: { isOrderFree: true, remain: 'always' },
  fields: { isPlainTextAllowed: true, configuration: ['values'] },
  isNamedFreely: true,
  /** cert-manager makes these, if annotations beside the certificates name an issuer. */
  makes: ({ json }) =>
    mapsIn(json['values'], ['values']).flatMap(({ map, path }) => {
      if (map['enabled'] === false) return [];
      return issuedForTls(mapAt(map, 'annotations'), listAt(map, 'tls'), [...path, 'tls']);
    }),
  /** A chart names what it makes after the release or itself. A Secret with another name exists already. */
  reads: ({ json, name }) => {
    const chartNames = [name, textAt(json, 'chart') ?? name].map(bare);
    return chartReads(mapAt(json, 'values'), ['values']).map(read =>
      isReference(read) && !chartNames.some(word => bare(read.secret).includes(word))
        ? { ...read, isGiven: true }
        : read,
    );
  },
};

function isReference({ how }: Read): boolean {
  return how === 'env' || how === 'envFrom' || how === 'pull';
}

function bare(name: string): string {
  return name.replaceAll(/[^a-z0-9]/g, '');
}

function valuesObject(release: Release): Brought {
  const { chart, version, name, namespace, installer, values, placeOf } = release;
  return {
    called: installer,
    object: {
      apiVersion: `${chartValues.group}/v1`,
      kind: chartValues.kind,
      metadata: { name, ...(namespace !== '' && { namespace }) },
      ...(chart !== undefined && { chart }),
      ...(version !== undefined && { version }),
      values,
    },
    placeOf: ([field, ...path]) => placeOf(field === 'values' ? path : []),
  };
}

/** The name that most charts give their objects (docs/facts/helm.md#names); undefined: not known. */
export function fullnameIn({ json, name }: PlacedObject): string | undefined {
  const [whole, part] = textsUnder(json['values'], 'fullnameOverride', 'nameOverride');
  const word = part || textAt(json, 'chart')?.replace(/^.*\//, '') || '';
  const full = whole || (name.includes(word) ? name : `${name}-${word}`);
  const isKnown = whole || (word !== '' && !isUnresolved(word));
  return isKnown && !isUnresolved(full) ? full : undefined;
}

/** A volume as the values of charts have it (docs/facts/helm.md#volumes-of-charts). */
export interface ChartClaim {
  readonly path: Path;
  /** Undefined: the chart decides. */
  readonly isOn: boolean | undefined;
  /** An existing claim that is used instead of one of the chart. */
  readonly existing: string | undefined;
  readonly storageClass: string | undefined;
}

/** The volumes in values: each map `persistence` or `persistentVolume`, or a map in one. */
export function chartClaims(values: JsonObject): ChartClaim[] {
  return mapsIn(values, ['values']).flatMap(({ map, path }) => {
    const isVolume = path
      .slice(-2)
      .some(step => /(persistence|persistentVolume)$/i.test(String(step)));
    const { enabled, type = 'pvc' } = map;
    const isClaim = type === 'pvc' || type === 'persistentVolumeClaim';
    if (!isVolume || !isClaim || !FIELDS.some(field => map[field] !== undefined)) return [];
    const isOn = typeof enabled === 'boolean' ? enabled : undefined;
    const [existing, storageClass] = [map['existingClaim'], map['storageClass']].map(value =>
      typeof value === 'string' && value !== '' && !isUnresolved(value) ? value : undefined,
    );
    return [{ path, isOn, existing, storageClass }];
  });
}

const FIELDS = ['enabled', 'existingClaim', 'storageClass', 'size'];

/** The Secrets that the values of any chart name, by shape (docs/facts/helm.md#fields-that-name-secrets). */
function chartReads(values: JsonObject, path: Path): Read[] {
  if (values['enabled'] === false || isObject(values)) return [];
  return [
    ...(values['type'] === 'secret' ? sourceReads(values, 'name', path, 'volume') : []),
    ...namedReads(values, path),
    ...Object.entries(values).flatMap(([name, value]) =>
      readsOfField(name, value, [...path, name]),
    ),
  ];
}

function readsOfField(field: string, value: Json, at: Path): Read[] {
  if (Array.isArray(value)) return listReads(field, value, at);
  if (!isMap(value)) return [];
  if (REF.test(field)) {
    const how = field === 'secretRef' ? 'envFrom' : field === 'secretKeyRef' ? 'env' : 'helm';
    return refRead(value, { path: at, how }).map(fromField(field));
  }
  if (field === 'secret' && at.at(-3) === 'sources')
    return sourceReads(value, 'name', at, 'volume');
  if (field === 'secret' && textAt(value, 'secretName'))
    return sourceReads(value, 'secretName', at, 'volume');
  return chartReads(value, at);
}

function listReads(field: string, list: readonly Json[], at: Path): Read[] {
  if (/^(image)?pullSecrets$/i.test(field)) return fieldReads(list, at, 'pull', { '*': [] });
  return list.flatMap((entry, index) =>
    isMap(entry) ? chartReads(entry, [...at, index]) : listReads('', listAt(entry), [...at, index]),
  );
}

/** A map that is a reference: to a key, or to all of a Secret. */
const REF = /^(existingSecret|secret(Key)?Ref|.{1,60}Secret(Key)?Ref)$/;

const NAME =
  /^(existingSecret(Name)?|secret(Name|Ref)|.{1,60}(ExistingSecret|SecretName|SecretRef)|envFromSecret|.{1,60}EnvVarsSecret)$/;

/** Such names with the names of keys beside them. */
const KEYED = /^(existingSecret(Name)?|secretName)$/;

/** A text that is a key of the Secret that stands beside it. */
const KEY = /^(existingSecret.{0,60}Key|(.{0,60}(user|username|password|token))Key)$/i;

function namedReads(values: JsonObject, path: Path): Read[] {
  const isOptional = values['optional'] === true;
  const named = Object.entries(values).filter(([field]) => NAME.test(field));
  return named.flatMap(([field, name]) => {
    const read = { name, path: [...path, field], isOptional };
    if (field === 'secretName' && path.includes('tls')) {
      // A list `tls` is as in an Ingress; a map `tls` may need other keys.
      const needs = path.at(-2) === 'tls' ? CERTIFICATE_KEYS : undefined;
      return readOf({ ...read, needs, how: 'tls' });
    }
    const keys = KEYED.test(field) ? keysBeside(values, path) : [];
    const reads = keys.flatMap(key =>
      readOf({ ...read, ...key, how: 'helm' }).map(found => ({ ...found, mayPassOver: true })),
    );
    return (reads.length > 0 ? reads : readOf({ ...read, how: 'helm' })).map(fromField(field));
  });
}

function keysBeside(values: JsonObject, path: Path) {
  return [
    ...keysIn(values, path, KEY),
    ...keysIn(mapAt(values, 'secretKeys'), [...path, 'secretKeys'], /Key$/),
  ];
}

function keysIn(values: JsonObject, path: Path, names: RegExp) {
  return Object.entries(values).flatMap(([name, key]) =>
    typeof key === 'string' && key !== '' && names.test(name)
      ? [{ key, keyPath: [...path, name] }]
      : [],
  );
}

/** Marks a read by a field such as `existingSecret`, whose Secret the chart does not make. */
function fromField(field: string): (read: Read) => Read {
  return read => (/existing/i.test(field) ? { ...read, isGiven: true } : read);
}

/** Values from one place. A later layer wins (docs/facts/helm.md#values). */
export interface Layer {
  readonly values: JsonObject;
  readonly placeOf: (path: Path) => ObjectField;
}

/** The values of a file that an object names; undefined: they cannot be read. */
export function fileLayer(file: PlacedObject | undefined): Layer | undefined {
  if (file === undefined) return undefined;
  const values = file.json as unknown as JsonObject;
  return { values, placeOf: path => ({ object: file, path }) };
}

const MOST_LAYERS = 200;

/** The values of all layers, and where each is written. An undefined layer is not known. */
export function mergedValues(
  layers: readonly (Layer | undefined)[],
): Pick<Release, 'values' | 'placeOf' | 'isPartly'> {
  const used = layers.filter(layer => layer !== undefined).slice(-MOST_LAYERS);
  return {
    values: used.reduce<JsonObject>((values, layer) => mergedMaps(values, layer.values), {}),
    placeOf: path => {
      const depths = used.map(({ values }) => pathIn(values, path).length);
      const layer = used[depths.lastIndexOf(Math.max(...depths))];
      if (layer === undefined) throw new Error('a release has no layer of values');
      return layer.placeOf(path);
    },
    isPartly: used.length < layers.length,
  };
}

/** The values in a YAML text; undefined: they cannot be read. */
export function parsedValues(text: string): JsonObject | undefined {
  const { value: documents } = parseStream(text);
  const [values, ...more] = documents ?? [];
  if (documents === undefined || more.length > 0) return undefined;
  return values === undefined || values === null ? {} : isMap(values) ? values : undefined;
}

const DEEPEST = 50;

/** A value at a path of Helm's: dots part its steps, `\.` is a dot, `a[0]` an entry of a list. */
export function valuesAt(targetPath: string, value: Json): JsonObject {
  const steps = [...targetPath.matchAll(/(?:\\.|[^\\.])+/g)].map(([step]) =>
    step.replaceAll(/\\(.)/g, '$1'),
  );
  const [first, ...rest] = steps;
  const isPlain = steps.length <= DEEPEST && !steps.some(step => step.includes('['));
  if (first === undefined || !isPlain) return {};
  return { [first]: rest.reduceRight<Json>((inner, step) => ({ [step]: inner }), value) };
}
