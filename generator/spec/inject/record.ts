import { validate } from '#validators/rem-secrets-injection';
import type { Outcome, Path } from '../../core/finding.ts';
import {
  isMap,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  parsedJson,
  scalarText,
  stableText,
  valueAt,
} from '../../core/json.ts';
import { annotationsOf, type KubeObject } from '../../core/kube-object.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { podOf } from '../../kinds/pods.ts';
import { checkDocument } from '../parse.ts';
import type { ContainerSpec, Injection, Named, ShapeSpec } from '../spec.ts';
import { entryFaults } from './patches.ts';

/** A document as an injection, with all that is wrong with it as such. No fault quotes a secret value. */
export function checkInjection(document: unknown): Outcome<Injection> {
  return checkDocument<Injection>(document, {
    kind: 'RemSecretsInjection',
    validate,
    faultsIn: entryFaults,
  });
}

/** Where a workload keeps what can be injected; all paths are from the object on. */
export interface PodPlaces {
  readonly containers: readonly ContainerPlace[];
  /** Absent: it cannot have volumes. */
  readonly volumes?: Path;
}

/** Where a container keeps it. */
export interface ContainerPlace {
  readonly name: string;
  readonly path: Path;
  /** It runs before the others, and is meant only by its name. */
  readonly isInit: boolean;
  readonly env: Path;
  readonly envFrom: Path;
  readonly volumeMounts: Path;
}

/** The places of an object: by the shape that the config gives for its kind, or by what is known of it. */
export function podPlaces(object: PlacedObject, shapes: Named<ShapeSpec>): PodPlaces | undefined {
  const name = object.group === '' ? object.kind : `${object.kind}.${object.group}`;
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  return shape === undefined ? knownPlaces(object) : shapedPlaces(object, shape);
}

function knownPlaces(object: PlacedObject): PodPlaces | undefined {
  const pod = podOf(object);
  if (pod === undefined) return undefined;
  return {
    containers: pod.containers
      .filter(({ role }) => role !== 'ephemeral')
      .map(({ name, path, role }) => ({ name, isInit: role === 'init', ...fieldsAt(path) })),
    volumes: [...pod.path, 'volumes'],
  };
}

function fieldsAt(
  path: Path,
  named: Partial<ContainerSpec> = {},
): Omit<ContainerPlace, 'isInit' | 'name'> {
  const { env = 'env', envFrom = 'envFrom', volumeMounts = 'volumeMounts' } = named;
  const at = (field: string): Path => [...path, ...field.split('.')];
  return { path, env: at(env), envFrom: at(envFrom), volumeMounts: at(volumeMounts) };
}

function shapedPlaces(object: PlacedObject, { containers, volumes }: ShapeSpec): PodPlaces {
  return {
    containers: containers.flatMap(spec =>
      pathsOf(object.json, spec.path).map(path => ({
        name:
          scalarText(valueAt(object.json, [...path, ...(spec.name ?? 'name').split('.')])) ||
          object.name,
        isInit: spec.init === true,
        ...fieldsAt(path, spec),
      })),
    ),
    ...(volumes !== undefined && { volumes: volumes.split('.') }),
  };
}

/** What a path such as `spec.pods[*].containers[*]` leads to in an object, as far as it is there. */
function pathsOf(object: unknown, text: string): Path[] {
  let paths: Path[] = [[]];
  for (const step of text.split('.')) {
    const name = step.replace('[*]', '');
    const below = paths.map(path => [...path, name]);
    paths = name === step ? below : below.flatMap(path => entriesAt(object, path));
  }
  return paths.filter(path => isMap(valueAt(object, path)));
}

function entriesAt(object: unknown, path: Path): Path[] {
  const list = valueAt(object, path);
  return Array.isArray(list) ? list.map((_, index) => [...path, index]) : [];
}

/** What injections have put into an object, by their names: in one annotation of the object, as JSON. */
export const RECORD = 'rem-secrets.io/injected';

/** What one injection has put into an object. Names and references alone: no value is ever kept. */
export interface Injected {
  readonly containers: Named<InjectedContainer>;
  readonly volumes: readonly string[];
  /** By the annotation's path, as `fieldOf` writes it. */
  readonly lists: Named<readonly string[]>;
}

/** What it has put into a container. */
export interface InjectedContainer {
  readonly env: readonly string[];
  /**
   * What variables had before they were replaced: their `valueFrom`, or, for a text, which is not kept, what
   * tells ours from one that somebody has written since.
   */
  readonly was: Named<JsonObject | string>;
  readonly envFrom: readonly JsonObject[];
  readonly mounts: readonly string[];
}

/** Nothing is put into a container. */
export const nothingInContainer: InjectedContainer = { env: [], was: {}, envFrom: [], mounts: [] };

/** The records of all injections; undefined: the annotation is there and says nothing that can be read. */
export function recordsOf(object: KubeObject): Named<JsonObject> | undefined {
  const text = annotationsOf(object)[RECORD];
  if (text === undefined) return {};
  const value = parsedJson(String(text));
  const isRecords = isMap(value) && Object.values(value).every(isMap);
  return isRecords ? (value as Named<JsonObject>) : undefined;
}

/** One of them. What is not as we write it is passed over. */
export function recordIn(records: Named<JsonObject>, name: string): Injected {
  const json = Object.hasOwn(records, name) ? records[name] : undefined;
  const containers = Object.entries(mapAt(json, 'containers')).map(
    ([container, own]) => [container, containerIn(own)] as const,
  );
  const lists = Object.entries(mapAt(json, 'lists')).map(
    ([path]) => [path, textsAt(json, 'lists', path)] as const,
  );
  return {
    containers: Object.fromEntries(containers),
    volumes: textsAt(json, 'volumes'),
    lists: Object.fromEntries(lists),
  };
}

function containerIn(json: Json): InjectedContainer {
  const was = Object.entries(mapAt(json, 'was')).flatMap(
    ([name, before]): [string, JsonObject | string][] =>
      isMap(before) || typeof before === 'string' ? [[name, before]] : [],
  );
  return {
    env: textsAt(json, 'env'),
    was: Object.fromEntries(was),
    envFrom: listAt(json, 'envFrom').filter(isMap),
    mounts: textsAt(json, 'mounts'),
  };
}

function textsAt(json: unknown, ...fields: readonly string[]): string[] {
  return listAt(json, ...fields).filter(text => typeof text === 'string');
}

/** The annotation's text with one record put in, or taken out where it is empty; undefined: none is left. */
export function recordText(
  records: Named<JsonObject>,
  name: string,
  record: Injected,
): string | undefined {
  const { [name]: _, ...others } = records;
  const json = compact(record as unknown as JsonObject);
  const all = json === undefined ? others : { ...others, [name]: json };
  return Object.keys(all).length === 0 ? undefined : stableText(all);
}

/** Without what is empty. */
function compact(value: Json): Json | undefined {
  if (!isMap(value)) return Array.isArray(value) && value.length === 0 ? undefined : value;
  const entries = Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
    const kept = compact(inner);
    return kept === undefined ? [] : [[name, kept]];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
