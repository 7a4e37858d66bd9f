import type { Path } from '../../core/finding.ts';
import { isMap, type JsonObject, listAt, mapAt, textAt } from '../../core/json.ts';
import type { LocalChart } from '../deployment-ends.ts';
import { localReleases, type Release } from '../helm/release.ts';
import { fileLayer, type Layer, mergedValues, parsedValues, valuesAt } from '../helm/values.ts';
import type { LocalRelease, ObjectField, PlacedObject } from '../kind.ts';
import { clusterOf, sourcesIn } from './applied.ts';

/** The spec of an Application, and where in an object it is. */
export interface ApplicationPlace extends ObjectField {
  /** The name that the Application has or gets. */
  readonly name: string;
}

/** The charts that an Application installs: each of its sources may be one. */
export function helmReleases(place: ApplicationPlace): Release[] {
  return releasesOf(place, isChart);
}

/** Each of its sources as a release: whether its folder is a chart is seen later. */
export function folderReleases(place: ApplicationPlace): LocalRelease[] {
  return localReleases(releasesOf(place, () => true));
}

function releasesOf(place: ApplicationPlace, isWanted: (source: JsonObject) => boolean): Release[] {
  const spec = mapAt(place.object.json, ...place.path.map(String));
  const namespace = textAt(spec, 'destination', 'namespace') ?? '';
  const cluster = clusterOf(mapAt(spec, 'destination'));
  const goal = { namespace, ...(cluster !== undefined && { cluster }) };
  return sourcesIn(place.object.json, place.path).flatMap(({ source, at }) =>
    isWanted(source) ? [releaseOf({ source, at, ...goal, ...place })] : [],
  );
}

/** The files that the sources of an Application take values from (docs/facts/argocd.md#values-files). */
export function valueFiles(spec: JsonObject): string[] {
  return [spec['source'] ?? {}, ...listAt(spec, 'sources')].filter(isMap).flatMap(filesOf);
}

/** `$name/` in front of a file names another source. Files are looked for in this repository only. */
function filesOf(source: JsonObject): string[] {
  const folder = textAt(source, 'path') ?? '';
  return listAt(source, 'helm', 'valueFiles')
    .map(String)
    .map(file => (file.startsWith('$') ? file.replace(/^[^/]*/, '') : `/${folder}/${file}`));
}

function isChart({ chart, helm }: JsonObject): boolean {
  return typeof chart === 'string' || isMap(helm);
}

interface Source {
  readonly source: JsonObject;
  readonly at: Path;
  readonly object: PlacedObject;
  readonly name: string;
  readonly namespace: string;
  readonly cluster?: string;
}

function releaseOf(from: Source): Release {
  const { source, at, object, name, namespace } = from;
  const files = filesOf(source).map(file => fileLayer(object.files?.get(file)));
  const chart = ['chart', 'path', 'repoURL'].flatMap(field => nameIn(textAt(source, field)))[0];
  const version = textAt(source, 'targetRevision');
  const nothing: Layer = { values: {}, placeOf: () => ({ object, path: [...at, 'helm'] }) };
  const layers = [nothing, ...files, ...inlineLayers(from), ...parameterLayers(from)];
  const merged = mergedValues(layers);
  const local = localChart(from);
  return {
    ...merged,
    ...(local && { local }),
    ...(chart !== undefined && { chart }),
    ...(version !== undefined && { version }),
    name: textAt(source, 'helm', 'releaseName') || name,
    namespace: textAt(source, 'helm', 'namespace') || namespace,
    isPartly: merged.isPartly || listAt(source, 'helm', 'fileParameters').length > 0,
  };
}

function localChart({ source, at, cluster }: Source): LocalChart | undefined {
  const [path, url] = [textAt(source, 'path'), textAt(source, 'repoURL')];
  if (path === undefined || url === undefined || source['chart'] !== undefined) return undefined;
  const helm = mapAt(source, 'helm');
  const kubeVersion = textAt(helm, 'kubeVersion');
  return {
    path,
    at: [...at, 'path'],
    url,
    ...(cluster !== undefined && { cluster }),
    hasCrds: helm['skipCrds'] !== true,
    hasHooks: true,
    ...(kubeVersion !== undefined && { kubeVersion }),
    apiVersions: listAt(helm, 'apiVersions').map(String),
  };
}

/** The last part of a path or an address, if it has one. */
function nameIn(path: string | undefined): string[] {
  return (path ?? '')
    .split('/')
    .filter(part => part !== '' && part !== '.')
    .slice(-1);
}

/** `valuesObject` replaces `values`, which is a text. */
function inlineLayers({ source, at, object }: Source): (Layer | undefined)[] {
  const { valuesObject, values } = mapAt(source, 'helm');
  const place = [...at, 'helm', 'valuesObject'];
  if (isMap(valuesObject))
    return [{ values: valuesObject, placeOf: path => ({ object, path: [...place, ...path] }) }];
  if (typeof values !== 'string') return [];
  const parsed = parsedValues(values);
  const text = [...at, 'helm', 'values'];
  return [parsed && { values: parsed, placeOf: path => ({ object, path: [...text, ...path] }) }];
}

function parameterLayers({ source, at, object }: Source): Layer[] {
  return listAt(source, 'helm', 'parameters').flatMap((parameter, index) => {
    const { value } = mapAt(parameter);
    const name = textAt(parameter, 'name');
    const path = [...at, 'helm', 'parameters', index, 'value'];
    return name === undefined || value === undefined
      ? []
      : [{ values: valuesAt(name, value), placeOf: () => ({ object, path }) }];
  });
}
