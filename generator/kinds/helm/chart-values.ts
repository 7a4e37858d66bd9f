import type { Path } from '../../ground/finding.ts';
import { type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { mapsIn } from '../../ground/json-walk.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import { hasIssuer, issuedSecret } from '../cert-manager/shim.ts';
import type { Brought, Kind, PlacedObject } from '../kind.ts';
import type { Read } from '../secret-ends.ts';
import { chartReads } from './chart-reads.ts';
import type { Release } from './release.ts';

/**
 * The values of a release of a chart that is not known, as an object: of its fields only the shape
 * tells what they name. No cluster has such objects.
 */
export const chartValues: Kind = {
  group: 'values.helm.sh',
  kind: 'HelmRelease',
  called: 'Helm release',
  isReadingLate: true,
  isNoPlainText: true,
  isNamedFreely: true,
  settings: ['values'],
  leaves: 'always',

  /** Of cert-manager, where the annotations beside certificates name an issuer. */
  makes: ({ json }) =>
    mapsIn(json['values'], ['values']).flatMap(({ map, path }) => {
      if (map['enabled'] === false || !hasIssuer(mapAt(map, 'annotations'))) return [];
      return listAt(map, 'tls').flatMap((entry, index) => {
        const secret = textAt(entry, 'secretName') ?? '';
        const at = [...path, 'tls', index, 'secretName'];
        return secret === '' ? [] : [issuedSecret(secret, at)];
      });
    }),

  /** A chart names what it makes after the release or itself: other names are of what is there before. */
  reads: ({ json, name }) => {
    const own = [name, textAt(json, 'chart') ?? name].map(bare);
    return chartReads(mapAt(json, 'values'), ['values']).map(read =>
      isReference(read) && !own.some(word => bare(read.secret).includes(word))
        ? { ...read, isGiven: true }
        : read,
    );
  },
};

/** Not a name that the chart may as well give to what it makes. */
function isReference({ how }: Read): boolean {
  return how === 'env' || how === 'envFrom' || how === 'pull';
}

function bare(name: string): string {
  return name.replaceAll(/[^a-z0-9]/g, '');
}

/** The values of a release as such an object. */
export function valuesObject(release: Release): Brought {
  const { chart, version, name, namespace, values, placeOf } = release;
  return {
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

/** What most charts name their objects after (docs/facts/helm.md#names); undefined: it is not known here. */
export function fullnameIn({ json, name }: PlacedObject): string | undefined {
  const [whole, part] = ['fullnameOverride', 'nameOverride'].map(field =>
    textAt(json, 'values', field),
  );
  const word = part || textAt(json, 'chart')?.replace(/^.*\//, '') || '';
  const full = whole || (name.includes(word) ? name : `${name}-${word}`);
  const isKnown = whole || (word !== '' && !isUnresolved(word));
  return isKnown && !isUnresolved(full) ? full : undefined;
}

/** A volume as the values of charts have it (docs/facts/helm.md#volumes-of-charts). */
export interface ChartClaim {
  readonly path: Path;
  /** Undefined: the chart's default holds. */
  readonly isOn: boolean | undefined;
  /** A claim that is there, in place of one that the chart makes. */
  readonly existing: string | undefined;
  readonly storageClass: string | undefined;
}

/** The volumes that values speak of, each in a map called `persistence` or `persistentVolume`, or one in it. */
export function chartClaims(values: JsonObject): ChartClaim[] {
  return mapsIn(values, ['values']).flatMap(({ map, path }) => {
    const isVolume = path
      .slice(-2)
      .some(step => /(persistence|persistentVolume)$/i.test(String(step)));
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
