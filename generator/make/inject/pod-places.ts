import type { Path } from '../../ground/finding.ts';
import { isMap, scalarText, valueAt } from '../../ground/json.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import { podOf } from '../../kinds/pods.ts';
import type { Named } from '../spec/named.ts';
import type { ContainerSpec, ShapeSpec } from './injection.ts';

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
