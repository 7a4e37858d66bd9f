import type { Path } from '../../ground/finding.ts';
import type { JsonObject } from '../../ground/json.ts';
import { mapsIn } from '../../ground/json-walk.ts';
import { isUnresolved } from '../../ground/unresolved.ts';

/** A volume as the values of charts have it (docs/facts/helm.md#volumes-of-charts). */
export interface ChartClaim {
  readonly path: Path;
  /** Undefined: the chart's default holds. */
  readonly isOn: boolean | undefined;
  /** A claim that is there, in place of one that the chart makes. */
  readonly existing: string | undefined;
  readonly storageClass: string | undefined;
}

/** The volumes that values speak of, each in a map called `persistence` or one in it. */
export function chartClaims(values: JsonObject): ChartClaim[] {
  return mapsIn(values, ['values']).flatMap(({ map, path }) => {
    const isVolume = path.slice(-2).some(step => /persistence$/i.test(String(step)));
    const { enabled, type = 'pvc' } = map;
    const isClaim = type === 'pvc' || type === 'persistentVolumeClaim';
    if (!isVolume || !isClaim || !FIELDS.some(field => map[field] !== undefined)) return [];
    const isOn = typeof enabled === 'boolean' ? enabled : undefined;
    const [existing, storageClass] = [map['existingClaim'], map['storageClass']].map(textOf);
    return [{ path, isOn, existing, storageClass }];
  });
}

const FIELDS = ['enabled', 'existingClaim', 'storageClass', 'size'];

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && !isUnresolved(value) ? value : undefined;
}
