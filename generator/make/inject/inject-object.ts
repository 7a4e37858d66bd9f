import { withValueAt } from '../../ground/changed-value.ts';
import type { Path, Report } from '../../ground/finding.ts';
import { isMap, isSame, type Json, scalarText, valueAt } from '../../ground/json.ts';
import { objectName, type PlacedObject } from '../../kinds/kind.ts';
import { envAfter, envBefore } from './env.ts';
import { envFromAfter } from './env-from.ts';
import type { Owner } from './env-place.ts';
import type { ContainerPlace, PodPlaces } from './pod-places.ts';
import { type Injected, type InjectedContainer, nothingInContainer } from './record.ts';
import { reloadAfter, reloadBefore, type Watched } from './reload.ts';
import { folderIn, type InjectedVolumes, mountsAfter, volumesAfter } from './volumes.ts';
import { nothingWanted, type Wanted } from './wanted.ts';

/** What a workload is to have, by its containers; a container that is not here is to have nothing. */
export interface WantedObject {
  readonly containers: ReadonlyMap<ContainerPlace, Wanted>;
  readonly watched: Watched;
}

/** A workload with all in it, and what of that is ours. */
interface InjectedObject {
  readonly object: Json;
  readonly record: Injected;
}

/**
 * Takes back what is recorded, and puts in what is wanted. What comes of it depends on the object as it was
 * without us and on what is wanted alone, so that a second run changes nothing.
 */
export function injectObject(
  placed: PlacedObject,
  places: PodPlaces,
  recorded: Injected,
  wanted: WantedObject,
  report: Report,
): InjectedObject {
  const inPod = podAnnotations(placed);
  const bare = reloadBefore(placed.json as unknown as Json, recorded.lists, inPod);
  const mounts = [...wanted.containers.values()].flatMap(one => one.mounts);
  const standing = listIn(bare, places.volumes).filter(
    volume => !isMap(volume) || !recorded.volumes.includes(scalarText(volume['name'])),
  );
  const volumes = volumesAfter(standing, mounts);
  let object = withList(bare, places.volumes, volumes.list);
  const containers: [string, InjectedContainer][] = [];
  for (const place of places.containers) {
    const before = containerIn(recorded, place.name);
    const now = wanted.containers.get(place) ?? nothingWanted;
    const owner: Owner = { subject: subjectOf(placed, place), report };
    const done = injectContainer(object, place, before, { ...now, ...volumes, owner });
    object = done.object;
    containers.push([place.name, done.record]);
  }
  const reloaded = reloadAfter(object, wanted.watched, inPod);
  const record = {
    containers: Object.fromEntries(containers),
    volumes: volumes.ours,
    lists: reloaded.lists,
  };
  return { object: reloaded.object, record };
}

/** What goes into a container, under which names its volumes go, and whose it is. */
interface WantedContainer extends Wanted {
  readonly nameOf: InjectedVolumes['nameOf'];
  readonly owner: Owner;
}

function injectContainer(
  object: Json,
  place: ContainerPlace,
  before: InjectedContainer,
  { env, envFrom, mounts, nameOf, owner }: WantedContainer,
): { readonly object: Json; readonly record: InjectedContainer } {
  const variables = envAfter(envBefore(listIn(object, place.env), before), env, owner);
  const sources = envFromAfter(listIn(object, place.envFrom), before.envFrom, envFrom);
  const others = listIn(object, place.volumeMounts).filter(
    mount => !before.mounts.includes(folderIn(mount)),
  );
  const mounted = mountsAfter(others, mounts, nameOf, owner);
  const lists = [
    [place.env, variables.list],
    [place.envFrom, sources.list],
    [place.volumeMounts, mounted.list],
  ] as const;
  return {
    object: lists.reduce((changed, [path, list]) => withList(changed, path, list), object),
    record: { env: variables.env, was: variables.was, envFrom: sources.ours, mounts: mounted.ours },
  };
}

function containerIn({ containers }: Injected, name: string): InjectedContainer {
  return (Object.hasOwn(containers, name) ? containers[name] : undefined) ?? nothingInContainer;
}

/** A container as messages name it. */
function subjectOf(object: PlacedObject, { name }: ContainerPlace): string {
  const { kind, namespace, name: workload } = objectName(object);
  return `container "${name}" of ${kind} ${namespace === undefined ? '' : `${namespace}/`}${workload}`;
}

/** Where the annotations of its pods are; the spec of some is that of the pod itself. */
function podAnnotations({ known }: PlacedObject): Path | undefined {
  const path = known?.pods?.path ?? [];
  return path.length > 1 ? [...path.slice(0, -1), 'metadata', 'annotations'] : undefined;
}

function listIn(object: Json, path: Path | undefined): readonly Json[] {
  const list = path === undefined ? undefined : valueAt(object, path);
  return Array.isArray(list) ? list : [];
}

/** The object with another list; a list that is left empty is none. */
function withList(object: Json, path: Path | undefined, list: readonly Json[]): Json {
  if (path === undefined || isSame(list, listIn(object, path))) return object;
  return withValueAt(object, path, list.length === 0 ? undefined : list);
}
