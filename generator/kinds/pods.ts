import type { Path } from '../ground/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, scalarText } from '../ground/json.ts';
import { type ObjectField, type PlacedObject, specOf } from './kind.ts';

/** A pod spec inside an object: its own, or that of a template. */
export interface Pod {
  readonly object: PlacedObject;
  /** From the object. */
  readonly path: Path;
  readonly spec: JsonObject;
  readonly containers: readonly Container[];
}

/** A container; an OpenTelemetryCollector's spec counts as one. */
export interface Container extends ObjectField {
  readonly spec: JsonObject;
  readonly name: string;
  readonly role: 'init' | 'sidecar' | 'main' | 'ephemeral';
  readonly env: readonly EnvEntry[];
  readonly envFrom: readonly EnvFromEntry[];
}

/** A variable as the manifest has it. */
interface EnvEntry {
  readonly name: string;
  readonly path: Path;
  readonly value?: string;
  readonly secret?: { readonly name: string; readonly key?: string; readonly isOptional: boolean };
}

/** A source of many variables. */
export interface EnvFromEntry {
  readonly path: Path;
  readonly prefix: string;
  readonly secret?: string;
  readonly configMap?: string;
  readonly isOptional: boolean;
}

/** The pods that an object runs: at most one spec. */
export function podOf(object: PlacedObject): Pod | undefined {
  const place = object.known?.pods;
  if (place === undefined) return undefined;
  const { path } = place;
  const spec = mapAt(object.json, ...path.map(String));
  const containers = (
    ['initContainers', 'containers', 'additionalContainers', 'ephemeralContainers'] as const
  ).flatMap(field =>
    listAt(spec, field).flatMap((entry, index) =>
      isMap(entry)
        ? [containerOf(object, entry, [...path, field, index], roleOf(field, entry))]
        : [],
    ),
  );
  const own = place.isContainer ? [containerOf(object, specOf(object), path, 'main')] : [];
  return { object, path, spec, containers: [...own, ...containers] };
}

/** Whether a manifest is more than a patch of a pod: each container says what it runs. */
export function isWholePod({ object, containers }: Pod): boolean {
  const isContainer = object.known?.pods?.isContainer === true;
  return containers.every(({ spec }) => isContainer || spec['image'] !== undefined);
}

function roleOf(field: string, { restartPolicy }: JsonObject): Container['role'] {
  if (field === 'ephemeralContainers') return 'ephemeral';
  if (field !== 'initContainers') return 'main';
  return restartPolicy === 'Always' ? 'sidecar' : 'init';
}

/** A container, or what has env and envFrom like one. */
export function containerOf(
  object: PlacedObject,
  spec: JsonObject,
  path: Path,
  role: Container['role'],
): Container {
  return {
    object,
    path,
    spec,
    name: scalarText(spec['name'] ?? object.name),
    role,
    env: listAt(spec, 'env').flatMap((entry, index) =>
      isMap(entry) ? [envEntry(entry, [...path, 'env', index])] : [],
    ),
    envFrom: listAt(spec, 'envFrom').flatMap((entry, index) =>
      isMap(entry) ? [envFromEntry(entry, [...path, 'envFrom', index])] : [],
    ),
  };
}

function envEntry(entry: JsonObject, path: Path): EnvEntry {
  const { name, value } = entry;
  const ref = mapAt(entry, 'valueFrom')['secretKeyRef'];
  return {
    name: scalarText(name),
    path,
    ...(typeof value === 'string' && { value }),
    ...(isMap(ref) && {
      secret: {
        name: scalarText(ref['name']),
        ...(typeof ref['key'] === 'string' && { key: ref['key'] }),
        isOptional: ref['optional'] === true,
      },
    }),
  };
}

function envFromEntry(entry: JsonObject, path: Path): EnvFromEntry {
  const { secretRef, configMapRef, prefix } = entry;
  const ref = isMap(secretRef) ? secretRef : isMap(configMapRef) ? configMapRef : {};
  const name = scalarText(ref['name']);
  return {
    path,
    prefix: typeof prefix === 'string' ? prefix : '',
    ...(isMap(secretRef) ? { secret: name } : isMap(configMapRef) && { configMap: name }),
    isOptional: ref['optional'] === true,
  };
}
