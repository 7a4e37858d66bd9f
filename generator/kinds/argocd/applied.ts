import type { Path } from '../../core/finding.ts';
import {
  isMap,
  type JsonObject,
  listAt,
  mapAt,
  mergePatch,
  textAt,
  valueAt,
} from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import type { AppliedFolder, LocalChart } from '../facets.ts';
import { localReleases, type Release } from '../helm/release.ts';
import { fileLayer, type Layer, mergedValues, parsedValues, valuesAt } from '../helm/values.ts';
import { type LocalRelease, type ObjectField, type PlacedObject, specOf } from '../kind.ts';

/** The folders that an Application has applied (docs/facts/argocd.md#sources). */
export function appliedByApplication(object: PlacedObject): AppliedFolder[] {
  const spec = specOf(object);
  const cluster = clusterOf(mapAt(spec, 'destination'));
  const home = textAt(spec, 'destination', 'namespace');
  return sourcesIn(object.json, ['spec']).flatMap(({ source: written, at }) => {
    const path = textAt(written, 'path');
    const url = textAt(written, 'repoURL');
    if (path === undefined || written['chart'] !== undefined || url === undefined) return [];
    const overrides = overridesOf(path, object);
    const source = overrides.reduce((below, { patch = {} }) => mergePatch(below, patch), written);
    return [
      {
        path,
        at: [...at, 'path'],
        url,
        reads: readsOf(mapAt(source, 'directory')),
        isUnrestricted: false,
        overlay: overlayOf(mapAt(source, 'kustomize')),
        overrides: overrides.map(overrideFile),
        ...(isMap(source['helm']) && { isChart: true as const }),
        ...(source['plugin'] !== undefined && { isPlugged: true as const }),
        ...(mapAt(source, 'kustomize')['ignoreMissingComponents'] === true && {
          isLenient: true as const,
        }),
        ...(home !== undefined && { namespace: home }),
        ...(cluster !== undefined && { cluster }),
      },
    ];
  });
}

/** A file in the folder of an Application whose parameters are laid over its source. */
interface Override {
  readonly name: string;
  /** Undefined: there is no such file, or it is not read. */
  readonly patch: JsonObject | undefined;
}

/** These files, in their order (docs/facts/argocd.md#overrides). Not known of the last is whether it counts. */
function overridesOf(folder: string, { name, namespace, tree }: PlacedObject): Override[] {
  const patchIn = (file: string): JsonObject | undefined => {
    const document = tree?.documentIn(`${folder}/${file}`);
    return isMap(document) ? document : undefined;
  };
  const names = ['.argocd-source.yaml', `.argocd-source-${name}.yaml`];
  const known = names.map(file => ({ name: file, patch: patchIn(file) }));
  return [...known, { name: `.argocd-source-${namespace}_${name}.yaml`, patch: undefined }];
}

/** What is read of a file. Images and the like make no objects; parameters of a chart may. */
function overrideFile({ name, patch }: Override): NonNullable<AppliedFolder['overrides']>[number] {
  if (patch === undefined) return { name, isRead: false, mayMake: true };
  const hasOnly = (field: string, names: readonly string[]): boolean => {
    const value = patch[field] ?? {};
    return isMap(value) && Object.keys(value).every(key => names.includes(key));
  };
  const others = Object.keys(patch).filter(field => !KNOWN.includes(field));
  const isOfDirectory = hasOnly('directory', ['recurse', 'include', 'exclude']);
  const mayMake = others.length > 0 || !isOfDirectory;
  return {
    name,
    isRead: !mayMake && hasOnly('kustomize', [...SAME, 'commonLabels', 'replicas']),
    mayMake,
  };
}

/** The fields that are read, and those that no file can lay over a source. */
const KNOWN: readonly string[] = [
  ...['kustomize', 'directory'],
  ...['chart', 'path', 'repoURL', 'targetRevision'],
];

/** The sources in the spec of an Application that count, and where they stand (docs/facts/argocd.md#sources). */
function sourcesIn(
  object: KubeObject,
  spec: Path,
): { readonly source: JsonObject; readonly at: Path }[] {
  const dry = [...spec, ...HYDRATOR, 'drySource'];
  if (isMap(valueAt(object, dry))) return [{ source: mapAt(valueAt(object, dry)), at: dry }];
  const several = listAt(object, ...spec.map(String), 'sources');
  const single = [...spec, 'source'];
  if (several.length === 0) return [{ source: mapAt(valueAt(object, single)), at: single }];
  return several.map((source, index) => ({
    source: mapAt(source),
    at: [...spec, 'sources', index],
  }));
}

const HYDRATOR = ['sourceHydrator'];

/** The fields that say where an Application, or the template of an ApplicationSet, reads what it applies. */
export function originsOfApplication(object: KubeObject, template: Path): Path[] {
  const fields = sourcesIn(object, [...template, 'spec']).flatMap(({ source, at }) =>
    ['repoURL', 'path', ...(source['chart'] === undefined ? ['targetRevision'] : [])].map(field => [
      ...at,
      field,
    ]),
  );
  const branch = [...template, 'spec', ...HYDRATOR, 'syncSource', 'targetBranch'];
  return valueAt(object, branch) === undefined ? fields : [...fields, branch];
}

/** The cluster of a destination; undefined: Argo CD's own. */
function clusterOf(destination: JsonObject): string | undefined {
  const name = textAt(destination, 'name') ?? textAt(destination, 'server') ?? '';
  return /^(in-cluster|https:\/\/kubernetes\.default\.svc(\.cluster\.local)?(:443)?\/?|)$/.test(
    name,
  )
    ? undefined
    : name;
}

function readsOf(directory: JsonObject): AppliedFolder['reads'] {
  const [include, exclude] = [textAt(directory, 'include'), textAt(directory, 'exclude')];
  return {
    isRecursive: directory['recurse'] === true,
    unlessIn: '+argocd:skip-file-rendering', // docs/facts/argocd.md#skipped-files
    ...(include !== undefined && { include }),
    ...(exclude !== undefined && { exclude }),
  };
}

/** Fields that have the same name in a kustomization. */
const SAME = [
  'namePrefix',
  'nameSuffix',
  'namespace',
  'patches',
  'components',
  'commonAnnotations',
];

function overlayOf(kustomize: JsonObject): JsonObject {
  const same = SAME.flatMap(field =>
    kustomize[field] === undefined ? [] : [[field, kustomize[field]]],
  );
  const labels = kustomize['commonLabels'];
  const replicas = listAt(kustomize, 'replicas').map(entry => {
    const count = mapAt(entry)['count'] ?? null;
    return { ...mapAt(entry), count: typeof count === 'string' ? Number(count) : count };
  });
  return {
    ...Object.fromEntries(same),
    ...(replicas.length > 0 && { replicas }),
    ...(isMap(labels) && { labels: [{ pairs: labels }] }),
  };
}

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
