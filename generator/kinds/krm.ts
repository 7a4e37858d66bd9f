import type { JsonObject, MapInValue } from '../core/json.ts';
import { isMap, listAt, mapsAt, scalarText, textAt, textsUnder } from '../core/json.ts';
import type { LocalChart } from './facets.ts';
import type { Release } from './helm/release.ts';
import { fileLayer, type Layer, mergedValues, valuesOfCharts } from './helm/values.ts';
import type { Kind, PlacedObject } from './kind.ts';

/** The charts that a kustomization has Helm render, with their values (docs/facts/kustomize.md#charts). */
export function chartReleases(object: PlacedObject): Release[] {
  const home = textAt(object.json, 'namespace') ?? object.namespace;
  return mapsAt(object.json, [], 'helmCharts').map(entry => {
    const chart = textAt(entry.map, 'name') ?? '';
    const merged = mergedValues(layersOf(entry, object));
    return {
      ...merged,
      isPartly: merged.isPartly || entry.map['nameTemplate'] !== undefined,
      local: localChart(entry, object),
      chart,
      version: textAt(entry.map, 'version'),
      name: textAt(entry.map, 'releaseName') ?? chart,
      namespace: textAt(entry.map, 'namespace') ?? home,
    };
  });
}

function localChart({ map, path: at }: MapInValue, { json }: PlacedObject): LocalChart {
  const [name = '', version, repo] = textsUnder(map, 'name', 'version', 'repo');
  const home = textAt(json, 'helmGlobals', 'chartHome') ?? 'charts';
  const versioned =
    version !== undefined && repo !== undefined ? `${home}/${name}-${version}` : home;
  return {
    path: `${versioned}/${name}`,
    at,
    tool: 'helm',
    hasCrds: map['includeCRDs'] === true,
    hasHooks: map['skipHooks'] !== true,
    kubeVersion: textAt(map, 'kubeVersion'),
    apiVersions: listAt(map, 'apiVersions').map(scalarText),
  };
}

export function valuesFiles({ json }: PlacedObject): string[] {
  return mapsAt(json, [], 'helmCharts').flatMap(({ map }) => filesOf(map));
}

function filesOf(entry: JsonObject): string[] {
  const more = listAt(entry, 'additionalValuesFiles');
  return [entry['valuesFile'], ...more].filter(file => typeof file === 'string');
}

/** By default the inline values win over those of the file, and additional files win over both. */
function layersOf({ map, path: at }: MapInValue, object: PlacedObject): (Layer | undefined)[] {
  const written = map['valuesInline'];
  const inline: Layer = {
    values: isMap(written) ? written : {},
    placeOf: path => ({ object, path: isMap(written) ? [...at, 'valuesInline', ...path] : at }),
  };
  const more = filesOf(map).map(file => fileLayer(object.files?.get(file)));
  const first = typeof map['valuesFile'] === 'string' ? more.splice(0, 1) : [];
  const both = [...first, inline];
  const how = textAt(map, 'valuesMerge');
  if (how === 'replace' && isMap(written)) return [inline, ...more];
  return how === 'merge' ? [...both.reverse(), ...more] : [...both, ...more];
}

export const kustomizationFile: Kind = {
  group: 'kustomize.config.k8s.io',
  kind: 'Kustomization',
  isNamedFreely: true,
  isOfCluster: true,
  fields: { hosts: 'none' },
  applies: { valueFiles: valuesFiles, ...valuesOfCharts(chartReleases) },
};

/** KRM functions (kustomize/api/kio). */
export const KRM = 'config.kubernetes.io';

/** What a function makes gets a hash of its contents in its name. */
export const NEEDS_HASH = 'kustomize.config.k8s.io/needs-hash';

/** An object with this annotation as `true` is for functions, and never applied. */
export const LOCAL_CONFIG: string = `${KRM}/local-config`;
export const resourceList: Kind = { group: KRM, kind: 'ResourceList' };

/** The generators of KSOPS: the second is its form as an old plugin (KSOPS README, "Legacy plugins"). */
const KSOPS = ['ksops', 'ksops-exec'];

/** The encrypted manifests that a generator of KSOPS decrypts. Undefined: no such generator, or not these alone. */
export function encryptedFiles(object: unknown): readonly string[] | undefined {
  if (!isMap(object) || object['apiVersion'] !== 'viaduct.ai/v1') return undefined;
  if (!KSOPS.includes(scalarText(object['kind'])) || object['secretFrom'] !== undefined)
    return undefined;
  const files = listAt(object, 'files').filter(file => typeof file === 'string');
  return files.length > 0 && files.length === listAt(object, 'files').length ? files : undefined;
}
