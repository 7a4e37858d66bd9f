import type { Path } from '../../core/finding.ts';
import type { Json, JsonObject, MapInValue } from '../../core/json.ts';
import {
  commaParts,
  fieldsOf,
  isMap,
  listAt,
  mapAt,
  mapsAt,
  mergePatch,
  scalarText,
  textAt,
  textsUnder,
  valueAt,
  words,
} from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { type AppliedFolder, installedPart, type LocalChart } from '../facets.ts';
import { localReleases, type Release } from '../helm/release.ts';
import {
  chartValues,
  fileLayer,
  type Layer,
  mergedValues,
  parsedValues,
  valuesAt,
  valuesOfCharts,
} from '../helm/values.ts';
import type { Kind, Made, PlacedObject, Read } from '../kind.ts';
import { annotationOf, namedAfter, specOf } from '../kind.ts';
import { readOf } from '../secret-refs.ts';

export const ARGOCD = 'argoproj.io';

export const argoApplication: Kind = {
  group: ARGOCD,
  kind: 'Application',
  applies: {
    folders: appliedByApplication,
    needsRepository: true,
    valueFiles: object => valueFiles(specOf(object)),
    contents: object => contentsOf(specOf(object)),
    ...valuesOfCharts(helmReleases),
    localReleases: object => localReleases(folderReleases(object)),
    /** Charts name their objects after the release, so a new name makes new objects. */
    releases: object =>
      helmReleases(object).flatMap(({ chart, name, namespace }) => {
        const parts = [
          installedPart('release name', name, 'source', 'helm', 'releaseName'),
          installedPart('namespace', namespace, 'destination', 'namespace'),
        ];
        return chart === undefined ? [] : [{ id: chart, parts }];
      }),
  },
  changes: { origins: object => originsOfApplication(object, []) },
  fields: { hosts: 'none', shows: applicationFields('spec') },
};

/** The finalizer that an ApplicationSet gives its Applications if its template has none. */
export const USUAL_FINALIZER = 'resources-finalizer.argocd.argoproj.io';

/** The three forms of the finalizer (argo-cd 3.5, application_defaults.go). */
const CASCADE = /^resources-finalizer\.argocd\.argoproj\.io(\/(foreground|background))?$/;

/** The finalizer by which all that an object manages goes with it (argo-cd 3.5, docs/user-guide/app_deletion.md). */
export function cascadeFinalizer(object: unknown): string | undefined {
  const isCascade = (finalizer: Json): finalizer is string =>
    typeof finalizer === 'string' && CASCADE.test(finalizer);
  return listAt(object, 'metadata', 'finalizers').find(isCascade);
}

export const SYNC_OPTIONS = 'argocd.argoproj.io/sync-options';

/** The options for whether Argo CD may delete an object, and whether it has to ask first. */
export type SyncOption = 'Prune' | 'Delete' | 'SkipDryRunOnMissingResource';

/** Whether an object stays when it is removed from Git, whatever its Application says. */
export function isGuarded(object: PlacedObject): boolean {
  return ownOption(object, 'Prune') === 'false';
}

export function ownOption(object: PlacedObject, name: SyncOption): string | undefined {
  return optionIn(syncOptionsOf(object), name);
}

export function syncOptionsOf(object: PlacedObject): string[] {
  return commaParts(annotationOf(object, SYNC_OPTIONS) ?? '');
}

/** The value of one option in a list: the first one counts. */
export function optionIn(options: readonly unknown[], name: SyncOption): string | undefined {
  const found = options.find(option => typeof option === 'string' && option.startsWith(`${name}=`));
  return found === undefined ? undefined : String(found).slice(name.length + 1);
}

const SETTINGS = 'argocd-cm';
const SHARED = { isInternal: true, isShared: true } as const;

/** The Secrets that Argo CD or its installation makes. */
export const ARGOCD_SECRETS: readonly string[] = ['argocd-secret', 'argocd-initial-admin-secret'];

/** The Secret that Argo CD writes to while it runs, and a key that it needs. */
export const ARGOCD_OWN = { secret: 'argocd-secret', key: 'server.secretkey' } as const;

/** Whether Argo CD runs in the namespace of this object, which is one of its settings, a project or its chart. */
export function isWithArgo({ group, kind, knownKind, name, json }: PlacedObject): boolean {
  if (group === ARGOCD) return kind === 'AppProject';
  if (group === '') return kind === 'ConfigMap' && name === SETTINGS;
  return json['chart'] === 'argo-cd' && knownKind === chartValues;
}

/** The Secrets that Argo CD makes in the namespace of its settings (docs/facts/argocd.md#own-secrets). */
export function argoSecrets({ json, name }: PlacedObject): Made[] {
  const isPart = textAt(json, 'metadata', 'labels', PART_OF.label) === PART_OF.value;
  if (name !== SETTINGS && !isPart) return [];
  return [
    namedAfter(ARGOCD_OWN.secret, ['admin.password', ARGOCD_OWN.key], { ...SHARED, isOpen: true }),
    namedAfter('argocd-initial-admin-secret', ['password'], SHARED),
    namedAfter('argocd-redis', ['auth'], SHARED),
  ];
}

/** A value of a setting that is `$secret:key`; keys of its own Secret, `$key`, are not looked at. */
const SETTING = /^[^#\n]*[:\s]["']?\$([a-z0-9][a-z0-9.-]{0,252}):([\w.-]{1,253})["']?[ \t\r]*$/gm;

/** The Secrets of which Argo CD fills keys into its settings (docs/facts/argocd.md#own-secrets). */
export function settingsReads({ json, name }: PlacedObject): Read[] {
  if (name !== SETTINGS) return [];
  return Object.entries(mapAt(json, 'data')).flatMap(([setting, text]) => {
    const path = ['data', setting];
    return [...scalarText(text).matchAll(SETTING)].flatMap(([, secret = '', key]) =>
      readOf({ name: secret, path, key, keyPath: path, how: 'ref' }),
    );
  });
}

/** The label without which Argo CD does not look at a Secret for its settings. */
export const PART_OF = { label: 'app.kubernetes.io/part-of', value: 'argocd' } as const;

/** The fields, below this path, that say what an Application deploys and where: without the values of its chart. */
export function applicationFields(place: string): string[] {
  const sources = ['source', 'sources'].flatMap(source =>
    ['repoURL', 'ref', 'helm.releaseName', 'helm.valueFiles', 'directory.*'].map(
      field => `${source}.${field}`,
    ),
  );
  const fields = [...sources, 'project', 'destination.*', 'syncPolicy.syncOptions'];
  return fields.map(field => `${place}.${field}`);
}

/** What an Application of a cluster says of its work (docs/facts/argocd.md#status). */
interface ApplicationStatus {
  /** `OutOfSync`; empty: the controller has not looked at it. */
  readonly sync: string;
  readonly errors: readonly string[];
}

export function applicationStatus({ json }: PlacedObject): ApplicationStatus {
  const conditions = listAt(json, 'status', 'conditions').flatMap(entry => {
    const [type = '', message = ''] = textsUnder(entry, 'type', 'message');
    return type.endsWith('Error') ? `${type}: ${message}` : [];
  });
  const state = mapAt(json, 'status', 'operationState');
  const [phase = '', failure = ''] = textsUnder(state, 'phase', 'message');
  const isFailed = ['Error', 'Failed'].includes(phase) && conditions.length === 0;
  return {
    sync: textAt(json, 'status', 'sync', 'status') ?? '',
    errors: isFailed ? [`the last sync has the phase ${phase}: ${failure}`] : conditions,
  };
}

/** Whether an Application has an object among those that it applies, and the cluster has another or none. */
export function isBehind({ json }: PlacedObject, object: PlacedObject): boolean {
  const identity = [object.kind, object.name, object.group, object.namespace];
  return listAt(json, 'status', 'resources').some(entry => {
    const texts = textsUnder(entry, 'kind', 'name', 'group', 'namespace');
    const isSame = texts.every((text = '', index) => text === identity[index]);
    return isSame && textAt(entry, 'status') !== 'Synced';
  });
}

/** The folders that an Application has applied (docs/facts/argocd.md#sources). */
export function appliedByApplication(object: PlacedObject): AppliedFolder[] {
  return sourcesIn(object.json, ['spec']).flatMap(written => {
    const folder = folderOf(written, object);
    if (folder === undefined) return [];
    const overrides = overridesOf(folder.path, object);
    const source = overrides.reduce(
      (below, { patch }) => mergePatch(below, patch ?? {}),
      written.map,
    );
    const directory = mapAt(source, 'directory');
    return [
      {
        ...folder,
        reads: {
          isRecursive: directory['recurse'] === true,
          unlessIn: '+argocd:skip-file-rendering', // docs/facts/argocd.md#skipped-files
          include: textAt(directory, 'include'),
          exclude: textAt(directory, 'exclude'),
          names: directory['disableExtensionFilter'] === true ? 'all' : 'manifests',
        },
        tool: toolOf(source),
        isUnrestricted: false,
        overlay: overlayOf(mapAt(source, 'kustomize')),
        overrides: overrides.map(overrideFile),
        isPlugged: source['plugin'] !== undefined,
        isLenient: mapAt(source, 'kustomize')['ignoreMissingComponents'] === true,
        namespace: textAt(specOf(object), 'destination', 'namespace'),
      },
    ];
  });
}

/** The tool that a source names: a field with no more than zero values is none (docs/facts/argocd.md#sources). */
function toolOf(source: JsonObject): AppliedFolder['tool'] {
  return (['kustomize', 'helm', 'directory'] as const).find(tool => isSet(source[tool]));
}

function isSet(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null
    ? Object.values(value).some(isSet)
    : Boolean(value);
}

/** The folder that a source names; undefined: its chart is in a registry. */
function folderOf({ map: source, path: at }: MapInValue, object: PlacedObject) {
  const [path, url] = textsUnder(source, 'path', 'repoURL');
  if (path === undefined || url === undefined || source['chart'] !== undefined) return undefined;
  return { path, at: [...at, 'path'], url, cluster: clusterOf(object) };
}

/** These files, in their order (docs/facts/argocd.md#overrides). Whether the last one counts is not known. */
function overridesOf(folder: string, { name, namespace, tree }: PlacedObject) {
  const overrides = ['.argocd-source.yaml', `.argocd-source-${name}.yaml`].map(file => {
    const patch = tree?.documentIn(`${folder}/${file}`);
    return { name: file, patch: isMap(patch) ? patch : undefined };
  });
  return [...overrides, { name: `.argocd-source-${namespace}_${name}.yaml`, patch: undefined }];
}

type Override = ReturnType<typeof overridesOf>[number];

/** How much of an override file is read. Images and the like make no objects; parameters of a chart may. */
function overrideFile({ name, patch }: Override): NonNullable<AppliedFolder['overrides']>[number] {
  if (patch === undefined) return { name, isRead: false, mayMake: true };
  const hasOnly = (field: string, names: readonly string[]): boolean => {
    const value = patch[field] ?? {};
    return isMap(value) && Object.keys(value).every(key => names.includes(key));
  };
  const others = Object.keys(patch).filter(field => !KNOWN.includes(field));
  const isOfDirectory = hasOnly('directory', ['recurse', 'include', 'exclude']);
  const mayMake = others.length > 0 || !isOfDirectory;
  const isKnown =
    hasOnly('kustomize', [...SAME, 'commonLabels', 'images', 'replicas']) &&
    listAt(patch, 'kustomize', 'images').every(image => imageOf(image).length > 0);
  return { name, isRead: !mayMake && isKnown, mayMake };
}

/** The fields that are read, and those that no file can lay over a source. */
const KNOWN = words('kustomize directory chart path repoURL targetRevision');

/** The sources in the spec of an Application that count, and where they stand (docs/facts/argocd.md#sources). */
function sourcesIn(object: KubeObject, spec: Path): MapInValue[] {
  const dry = [...spec, ...HYDRATOR, 'drySource'];
  const several = listAt(object, ...spec, 'sources');
  const paths: Path[] = isMap(valueAt(object, dry))
    ? [dry]
    : several.length === 0
      ? [[...spec, 'source']]
      : several.map((_, index) => [...spec, 'sources', index]);
  return paths.map(path => ({ map: mapAt(object, ...path), path }));
}

const HYDRATOR = ['sourceHydrator'];

/** The fields that say where an Application, or the template of an ApplicationSet, reads what it applies. */
export function originsOfApplication(object: KubeObject, template: Path): Path[] {
  const fields = sourcesIn(object, [...template, 'spec']).flatMap(({ map, path }) => {
    const revision = map['chart'] === undefined ? ['targetRevision'] : [];
    return ['repoURL', 'path', ...revision].map(field => [...path, field]);
  });
  const branch = [...template, 'spec', ...HYDRATOR, 'syncSource', 'targetBranch'];
  return valueAt(object, branch) === undefined ? fields : [...fields, branch];
}

const OWN_CLUSTER =
  /^(in-cluster|https:\/\/kubernetes\.default\.svc(\.cluster\.local)?(:443)?\/?|)$/;

/** The cluster of an Application's destination; undefined: Argo CD's own. */
function clusterOf(application: PlacedObject): string | undefined {
  const { name, server = '' } = mapAt(specOf(application), 'destination');
  const cluster = [name, server].find(text => typeof text === 'string') ?? '';
  return OWN_CLUSTER.test(cluster) ? undefined : cluster;
}

/** Fields that have the same name in a kustomization. */
const SAME = words('namePrefix nameSuffix namespace patches components commonAnnotations');

/** `old=new:tag@digest`, as `kustomize edit set image` takes it; `*` keeps what a kustomization has. */
function imageOf(text: unknown): JsonObject[] {
  const [, name, newName = '', newTag, digest] =
    /^(?:([^=]+)=)?([^@=]+?)(?::([^:@/]+))?(?:@(.+))?$/.exec(scalarText(text)) ?? [];
  if (newName === '' || newName.includes('*')) return [];
  const renamed = name === undefined ? { name: newName } : { name, newName };
  const version = { ...(newTag && { newTag }), ...(digest && { digest }) };
  return [{ ...renamed, ...version }];
}

function overlayOf(kustomize: JsonObject): JsonObject {
  const labels = kustomize['commonLabels'];
  const replicas = mapsAt(kustomize, [], 'replicas').map(({ map }) => {
    const { count = null } = map;
    return { ...map, count: typeof count === 'string' ? Number(count) : count };
  });
  const images = listAt(kustomize, 'images').flatMap(imageOf);
  return {
    ...fieldsOf(kustomize, SAME),
    ...(replicas.length > 0 && { replicas }),
    ...(images.length > 0 && { images }),
    ...(isMap(labels) && { labels: [{ pairs: labels }] }),
  };
}

/** The charts that an Application installs: each of its sources may be one. */
export function helmReleases(object: PlacedObject): Release[] {
  return sourcesIn(object.json, ['spec'])
    .filter(({ map: { chart, helm } }) => typeof chart === 'string' || isMap(helm))
    .map(source => releaseOf(source, object));
}

/** Each of its sources as a release: whether its folder is a chart is seen later. */
export function folderReleases(object: PlacedObject): Release[] {
  return sourcesIn(object.json, ['spec']).map(source => releaseOf(source, object));
}

/** The files that the sources of an Application take values from (docs/facts/argocd.md#values-files). */
export function valueFiles(spec: JsonObject): string[] {
  return helmSourcesIn(spec).flatMap(filesOf);
}

/** Files that become one value each, and files of values whose names Argo CD fills in or takes for patterns. */
export function contentsOf(spec: JsonObject): string[] {
  const parameters = helmSourcesIn(spec).flatMap(source =>
    mapsAt(source, [], 'helm', 'fileParameters').map(({ map }) => fileIn(source, map['path'])),
  );
  return [...parameters, ...valueFiles(spec).filter(file => /[*?[$]/.test(file))];
}

function helmSourcesIn(spec: JsonObject): JsonObject[] {
  return [spec['source'] ?? {}, ...listAt(spec, 'sources')].filter(isMap);
}

function filesOf(source: JsonObject): string[] {
  return listAt(source, 'helm', 'valueFiles').map(file => fileIn(source, file));
}

/** `$name/` in front of a file names another source. Files are looked for in this repository only. */
function fileIn(source: JsonObject, named: unknown): string {
  const file = scalarText(named);
  if (file.startsWith('/')) return file;
  const folder = textAt(source, 'path') ?? '';
  return file.startsWith('$') ? file.replace(/^[^/]*/, '') : `/${folder}/${file}`;
}

function releaseOf(written: MapInValue, object: PlacedObject): Release {
  const { map: source, path: at } = written;
  const files = filesOf(source).map(file => fileLayer(object.files?.get(file)));
  const nothing: Layer = { values: {}, placeOf: () => ({ object, path: [...at, 'helm'] }) };
  const inline = [...inlineLayers(written, object), ...parameterLayers(written, object)];
  const merged = mergedValues([nothing, ...files, ...inline]);
  const home = textAt(specOf(object), 'destination', 'namespace') ?? '';
  return {
    ...merged,
    local: localChart(written, object),
    chart: textsUnder(source, 'chart', 'path', 'repoURL').flatMap(
      text => text?.split('/').findLast(part => part !== '' && part !== '.') ?? [],
    )[0],
    version: textAt(source, 'targetRevision'),
    name: textAt(source, 'helm', 'releaseName') || object.name,
    namespace: textAt(source, 'helm', 'namespace') || home,
    installer: argoApplication.kind,
    isPartly: merged.isPartly || listAt(source, 'helm', 'fileParameters').length > 0,
  };
}

function localChart(source: MapInValue, object: PlacedObject): LocalChart | undefined {
  const folder = folderOf(source, object);
  const helm = mapAt(source.map, 'helm');
  return (
    folder && {
      ...folder,
      tool: toolOf(source.map),
      hasCrds: helm['skipCrds'] !== true,
      hasHooks: true,
      kubeVersion: textAt(helm, 'kubeVersion'),
      apiVersions: listAt(helm, 'apiVersions').map(scalarText),
    }
  );
}

function inlineLayers({ map: source, path: at }: MapInValue, object: PlacedObject) {
  const { valuesObject, values } = mapAt(source, 'helm');
  const layerAt = (field: string, values: JsonObject): Layer => ({
    values,
    placeOf: path => ({ object, path: [...at, 'helm', field, ...path] }),
  });
  if (isMap(valuesObject)) return [layerAt('valuesObject', valuesObject)];
  if (typeof values !== 'string') return [];
  const parsed = parsedValues(values);
  return [parsed && layerAt('values', parsed)];
}

function parameterLayers({ map: source, path: at }: MapInValue, object: PlacedObject): Layer[] {
  return mapsAt(source, at, 'helm', 'parameters').flatMap(({ map, path }) => {
    const { name, value } = map;
    return typeof name === 'string' && value !== undefined
      ? [{ values: valuesAt(name, value), placeOf: () => ({ object, path: [...path, 'value'] }) }]
      : [];
  });
}
