import { isMap, type JsonObject, mapAt } from '../../../ground/json.ts';
import { sum } from '../../../ground/sum.ts';

/** Parts of objects: no release that people write comes near. */
const MOST = 100_000;

/**
 * Whether values would make more than anybody runs: what holds for all containers is in each of
 * them, so that a small file can stand for a great deal.
 */
export function isHuge(values: JsonObject): boolean {
  const volumes = sizeOf(values['persistence']);
  const common =
    sizeOf(mapAt(values, 'global')['annotations']) + sizeOf(values['defaultPodOptions']);
  const entries = Object.values(values).reduce<number>((sum, value) => sum + sizeOf(value), 0);
  const containers = Object.values(mapAt(values, 'controllers')).map(controller => {
    const own = ['containers', 'initContainers'].map(field => sizeOf(mapAt(controller)[field]));
    const defaults = Object.values(mapAt(controller, 'defaultContainerOptions')).map(sizeOf);
    return (sum(own) + 1) * (volumes + sum(defaults));
  });
  return sum(containers) + entries * common > MOST;
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : 0;
}
