import type { Path } from '../core/finding.ts';
import { commaParts, type JsonObject, listAt, mapAt, scalarText, textAt } from '../core/json.ts';
import { oncePer } from '../core/once.ts';
import { annotationOf } from './kind.ts';
import type { Pod } from './pods.ts';

export interface Watch {
  /** It watches all Secrets that the workload reads, or we cannot tell which. */
  readonly isAll: boolean;
  readonly names: readonly string[];
  readonly path?: Path;
}

const RELOADER = 'reloader.stakater.com';
const AUTO = `${RELOADER}/auto`;
const RELOAD_LIST = `secret.${RELOADER}/reload`;
export type Followed = 'secret' | 'configmap';

/** Annotations of Reloader and of similar programs. The value `false` is a decision too. */
const RESTARTS_ALL =
  /^((secret\.)?reloader\.stakater\.com\/(auto|search|ignore)|wave\.pusher\.com\/update-on-config-change|secrets\.doppler\.com\/reload|operator\.1password\.io\/auto-restart)$/;

/** The restarts by annotations of the workload and of its pod template (github.com/stakater/Reloader). */
export const watchOf: (pod: Pod) => Watch = oncePer(({ object, path }) => {
  const onObject: Path = ['metadata', 'annotations'];
  const inPod = [...path.slice(0, -1), 'metadata', 'annotations'];
  const places = path.length > 1 ? [onObject, inPod] : [onObject];
  const isAll = places.some(place =>
    Object.keys(mapAt(object.json, ...place)).some(name => RESTARTS_ALL.test(name)),
  );
  const listPath = places
    .map(place => [...place, RELOAD_LIST])
    .find(place => textAt(object.json, ...place) !== undefined);
  if (listPath === undefined) return { isAll, names: [] };
  const names = commaParts(textAt(object.json, ...listPath) ?? '');
  const isPattern = names.some(name => !/^[a-z0-9.-]+$/.test(name));
  return { isAll: isAll || isPattern, names, path: listPath };
});

/** Names that restart a workload; undefined: all it reads. `inPod`: if it has none (docs/facts/reloader.md#annotations). */
export function reloadList(object: unknown, followed: Followed, inPod?: Path): Path | undefined {
  const [list, typed] = [`${followed}.${RELOADER}/reload`, `${followed}.${RELOADER}/auto`];
  const onObject: Path = ['metadata', 'annotations'];
  const annotationsAt = (place: Path): JsonObject => mapAt(object, ...place);
  const isLookedAt = (place: Path): boolean =>
    [list, typed, AUTO, `${RELOADER}/search`].some(key => Object.hasOwn(annotationsAt(place), key));
  const place =
    inPod !== undefined && !isLookedAt(onObject) && isLookedAt(inPod) ? inPod : onObject;
  const found = annotationsAt(place);
  return found[AUTO] === 'true' || found[typed] === 'true' ? undefined : [...place, list];
}

/** All places where such a list may be. */
export function reloadLists(inPod: Path | undefined): Path[] {
  const places: Path[] = [['metadata', 'annotations'], ...(inPod === undefined ? [] : [inPod])];
  return places.flatMap(place =>
    ['secret', 'configmap'].map(followed => [...place, `${followed}.${RELOADER}/reload`]),
  );
}

/** Whether Reloader runs with `--auto-reload-all`, and so restarts all workloads. */
export function isReloadedAnyway(pods: readonly Pod[]): boolean {
  const isForAll = (word: unknown): boolean => /^--auto-reload-all(=true)?$/.test(scalarText(word));
  return pods.some(({ containers }) =>
    containers.some(({ spec }) =>
      ['args', 'command'].some(field => listAt(spec, field).some(isForAll)),
    ),
  );
}

export function isWatched(pod: Pod, secret: string): boolean {
  const { isAll, names } = watchOf(pod);
  return names.includes(secret) || (isAll && annotationOf(pod.object, AUTO) !== 'false');
}
