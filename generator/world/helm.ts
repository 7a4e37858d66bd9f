import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { FolderEntry, Host, Run } from '../core/host.ts';
import { HostError, isSystemError, textOf } from '../core/host.ts';
import { isMap, listAt, mapAt, sortBy, textAt, textsIn } from '../core/json.ts';
import { isUnresolved, type KubeObject } from '../core/kube-object.ts';
import type { Unknown } from '../kinds/facets.ts';
import { localReleases } from '../kinds/helm/release.ts';
import type { Kind, LocalRelease, PlacedObject } from '../kinds/kind.ts';
import { kinds, placedObject } from '../kinds/kinds.ts';
import { chartReleases, kustomizationFile, valuesFiles } from '../kinds/krm.ts';
import { type ProductRelease, products, usualRelease } from '../kinds/products.ts';
import { parseStream } from '../yaml/parse.ts';
import { isInside, placeInside } from './inside.ts';
import type { Load } from './kustomize/kustomization.ts';
import type { ChartToMake, Helm } from './programs.ts';
import { environmentFor, keptRun, overLimit, RAISE_LIMITS, toolPath } from './programs.ts';

export type MadeChart = { readonly text: string; readonly files: ChartFiles } | ChartFailure;

/** The version of our call of helm: raised when the same files give another result. */
const FORM = 2;

/** When Helm was stopped at so many charts, no other chart is tried. */
const MOST_STOPPED = 5;

/** A chart may loop (`until`, `repeat`), and no cluster takes as many objects as more text would hold. */
const LIMITS = { seconds: 10, output: 64 } as const;

/** Makes a chart from checked files. They end in the order in which they began, so that Helm always gives up at the same ones. */
export function madeChart(chart: ChartToMake, host: Host): Promise<MadeChart> {
  const { helm } = chart;
  const unknown = whyUnknown(chart.release);
  if (unknown !== undefined) return Promise.resolve({ why: unknown, hint: UNKNOWN });
  const files = chartFiles(chart.folder, chart.root, host);
  if (typeof files === 'string')
    return Promise.resolve({ why: files, hint: 'Such a chart is not given to Helm.' });
  const kept = host.kept(partsOf(chart, files, host));
  const running = keptRun(kept, () => runHelm(chart, files, host));
  const made = helm.last.then(async (): Promise<MadeChart> => {
    // Each may cost ten seconds.
    if (helm.stopped >= MOST_STOPPED)
      return { why: 'helm was stopped too often before', hint: RAISE_LIMITS };
    const run = await running;
    if (run.status === 'ok') return { text: run.stdout, files };
    if (run.limit !== undefined) helm.stopped += 1;
    return chartFailure(run);
  });
  running.catch(() => {}); // Whoever waits for the chart reports the failure.
  helm.last = made.catch(() => {});
  return made;
}

const UNKNOWN = 'What the chart makes of them is not known either.';

/** What may be an argument of helm. */
const WORD = /^[\w.+/-]{1,253}$/;

const MOST_VERSIONS = 2_000;

function whyUnknown({ isPartly, name, namespace, local }: LocalRelease): string | undefined {
  if (isPartly)
    return 'its values are not all in the repository, or what it makes is changed afterwards';
  if (isUnresolved(name) || name === '') return 'the name of its release is not known';
  if (isUnresolved(namespace) || namespace === '') return 'its namespace is not known';
  const { kubeVersion = 'v1', apiVersions = [] } = local;
  const words = [name, namespace, kubeVersion, ...apiVersions];
  const areWords = words.length < MOST_VERSIONS && words.every(word => WORD.test(word));
  return areWords ? undefined : 'the name of its release, its namespace or an API version is none';
}

function runHelm(chart: ChartToMake, files: ChartFiles, host: Host): Promise<Run> {
  const scratch = host.scratchFolder();
  for (const [path, place] of files) scratch.writeFile(join('chart', path), host.readFile(place));
  scratch.writeFile('values.json', JSON.stringify(chart.release.values));
  scratch.makeFolder('home');
  const args = chartArgs(chart, scratch.cwd, areSchemasClosed(files, host));
  const env = chartEnvironment(join(scratch.cwd, 'home'));
  const isNeedless = (): boolean => chart.helm.stopped >= MOST_STOPPED;
  return scratch.run(chart.helm.path, args, { env, limits: LIMITS, isNeedless });
}

function partsOf(chart: ChartToMake, files: ChartFiles, host: Host) {
  const { path, version } = chart.helm;
  return [
    JSON.stringify(['helm', FORM, path, version, chartArgs(chart, '', true)]),
    { program: path },
    JSON.stringify(chart.release.values),
    ...[...files].flatMap(([file, place]) => [file, host.readFile(place)]),
  ];
}

/** References within a schema. Helm has the documents of json-schema.org itself. */
const INWARD =
  /"\$(?:ref|dynamicRef|recursiveRef)"\s{0,9}:\s{0,9}"#|"\$schema"\s{0,9}:\s{0,9}"https?:\/\/json-schema\.org\//g;

/** References that may lead elsewhere. `\u` may write any letter of them. */
const OUTWARD = /\\u|"\$(?:ref|dynamicRef|recursiveRef|schema)"/;

/** Whether Helm may read a chart's schemas, which may open files and servers (docs/facts/helm.md#helm-template). */
function areSchemasClosed(files: ChartFiles, host: Host): boolean {
  return [...files].every(([path, place]) => {
    if (/\.tgz$/i.test(path)) return false;
    if (!/(?:^|\/)values\.schema\.json$/i.test(path)) return true;
    return !OUTWARD.test(textOf(place, host).replace(INWARD, ' '));
  });
}

export type ChartFailure = Readonly<Record<'why' | 'hint', string>>;

const SAYS = '`helm template` says why.';

/** Messages of Helm, which quote values, and ours for them (`$1`: a name, `$2`: a line). */
const FAILURES: readonly (readonly [pattern: RegExp, why: string, hint?: string])[] = [
  [
    /missing in charts\/ directory: ([\w., -]{1,300})/,
    'what it depends on is not in its folder charts/: $1',
    '`helm dependency build` fetches it: the folder can be committed.',
  ],
  [/requires kubeVersion: ([\w.<>=~^|, *-]{1,60}) which/, 'it is for Kubernetes $1'],
  [/values don't meet the specifications/, 'its values do not fit its values.schema.json'],
  [/YAML parse error on [\w.-]{1,100}\/([\w./-]{1,300})/, 'what its $1 makes is no YAML'],
  [/[(:] ?[\w.-]{1,100}\/([\w./-]{1,300}):(\d{1,9})/, 'its $1 fails at line $2'],
  [/^Error/m, 'helm refuses it'],
];

function chartFailure({ stderr, limit }: Run): ChartFailure {
  if (limit !== undefined)
    return { why: `helm was stopped: ${overLimit(limit)}`, hint: RAISE_LIMITS };
  for (const [pattern, why, hint = SAYS] of FAILURES) {
    const [found, name = '', line = ''] = pattern.exec(stderr) ?? [];
    if (found !== undefined) return { why: why.replace('$1', name).replace('$2', line), hint };
  }
  return { why: 'helm ended without a word', hint: SAYS };
}

/** Makes a chart, of its copy in `folder`, without cluster and tests (docs/facts/helm.md#helm-template). */
function chartArgs({ release, helm }: ChartToMake, folder: string, hasSchemas: boolean): string[] {
  const { name, namespace, local } = release;
  const { hasCrds, hasHooks, kubeVersion = helm.kubernetes, apiVersions = [] } = local;
  return [
    'template',
    `--namespace=${namespace}`,
    `--values=${join(folder, 'values.json')}`,
    `--kube-version=${kubeVersion}`,
    ...[...served(), ...apiVersions].map(version => `--api-versions=${version}`),
    '--skip-tests',
    ...(hasSchemas ? [] : ['--skip-schema-validation']),
    ...(hasCrds ? ['--include-crds'] : []),
    ...(hasHooks ? [] : ['--no-hooks']),
    '--',
    name,
    join(folder, 'chart'),
  ];
}

function served(): string[] {
  const versions = kinds.flatMap(({ group, kind, served }: Kind) => {
    const names = served?.versions?.map(version => `${group}/${version}`) ?? [];
    return group.includes('.') ? names.flatMap(name => [name, `${name}/${kind}`]) : [];
  });
  return [...new Set(versions)].sort();
}

/** The environment of helm: empty folders, no cluster, no server and no program. */
function chartEnvironment(home: string): Record<string, string> {
  const folders = ['CACHE_HOME', 'CONFIG_HOME', 'DATA_HOME', 'PLUGINS', 'REPOSITORY_CACHE'];
  return {
    ...environmentFor({}),
    HOME: home,
    ...Object.fromEntries(folders.map(name => [`HELM_${name}`, home])),
    HELM_REGISTRY_CONFIG: join(home, 'registry.json'),
    HELM_REPOSITORY_CONFIG: join(home, 'repositories.yaml'),
    KUBECONFIG: join(home, 'kubeconfig'),
  };
}

/** The oldest version with all flags that are used (docs/facts/helm.md#helm-template). */
const OLDEST = { major: 3, minor: 16 } as const;

const WANTED = `helm ${OLDEST.major}.${OLDEST.minor} or a newer one`;

/** The helm on the PATH; `kubernetes`: the version that charts are made for. */
export async function helmOn(host: Host, kubernetes: ProductRelease | undefined): Promise<Helm> {
  const path = toolPath('helm', host);
  if (path === undefined)
    throw new HostError(
      `helm is not installed: --helm needs ${WANTED} on the PATH (https://helm.sh/docs/intro/install)`,
    );
  const { stdout } = await host.run(path, ['version', '--short'], { env: environmentFor({}) });
  const [, version = '', major = 0, minor = 0] =
    /v((\d{1,4})\.(\d{1,4})(?:\.[\w.-]{1,40})?)/.exec(stdout) ?? [];
  const isOld = (Number(major) - OLDEST.major || Number(minor) - OLDEST.minor) < 0;
  if (isOld)
    throw new HostError(
      version === ''
        ? `${path} does not say its version: --helm needs ${WANTED}`
        : `helm is too old: it is ${version}, and --helm needs ${WANTED}`,
    );
  const [usual] = products.flatMap(product =>
    product.name === 'kubernetes' ? (usualRelease(product) ?? []) : [],
  );
  const release = (kubernetes ?? usual)?.name ?? '';
  return { path, version, kubernetes: release, stopped: 0, last: Promise.resolve() };
}

type ChartFiles = ReadonlyMap<string, string>;

const MOST = {
  files: 5_000,
  entries: 20_000,
  bytes: 20 * 1024 * 1024,
  folders: 20,
  charts: 5,
  beside: 50,
};

const TOO_MUCH = `it has more than ${MOST.files} files, or than 20 MiB`;

/** The files of a chart and its dependencies by `file://`, which go to its `charts/` as `helm dependency build` puts them. */
function chartFiles(chart: string, root: string, host: Host): ChartFiles | string {
  const files = new Map<string, string>();
  let refusal: string | undefined;
  let [bytes, entries] = [0, 0];
  const addFile = (path: string, place: string): void => {
    bytes += host.sizeOf(place);
    files.set(path, place);
    if (bytes > MOST.bytes || files.size > MOST.files) refusal = TOO_MUCH;
  };
  const addEntry = (folder: string, at: string, { name, kind }: FolderEntry, depth: number) => {
    const [path, named] = [`${at}${name}`, join(folder, name)];
    const [place, found] =
      kind === 'link' ? [host.realPath(named) ?? named, host.kindOf(named)] : [named, kind];
    if (kind === 'link' && found !== 'link' && !isInside(root, named, host))
      refusal = `"${path}" in it is a link that leads out of the repository`;
    else if (found === 'folder') addFolder(place, `${path}/`, depth + 1);
    else if (found === 'file') addFile(path, place);
  };
  const addFolder = (folder: string, at: string, depth: number): void => {
    if (depth > MOST.folders) refusal ??= 'its folders have no end';
    // There are tokens in `.git`.
    for (const entry of host.entriesIn(folder)?.filter(({ name }) => name !== '.git') ?? []) {
      entries += 1; // Links to folders of links are many folders without a file.
      if (entries > MOST.entries) refusal ??= TOO_MUCH;
      if (refusal !== undefined) return;
      addEntry(folder, at, entry, depth);
    }
  };
  const addChart = (folder: string, at: string, depth: number): void => {
    addFolder(folder, at, 0);
    const file = files.get(`${at}Chart.yaml`);
    if (file === undefined || refusal !== undefined || depth > MOST.charts) return;
    for (const { name, path } of dependenciesIn(textOf(file, host))) {
      const place = placeInside(root, join(folder, path), host);
      const home = `${at}charts/${name}`;
      const isOfHome = (path: string): boolean =>
        path === home || path.startsWith(`${home}/`) || path.startsWith(`${home}-`);
      if (place !== undefined && ![...files.keys()].some(isOfHome))
        addChart(place, `${home}/`, depth + 1);
    }
  };
  addChart(chart, '', 0);
  return refusal ?? files;
}

/** The dependencies of a Chart.yaml that are folders. */
function dependenciesIn(chart: string) {
  const [document] = parseStream(chart).value ?? [];
  return listAt(document, 'dependencies').flatMap(dependency => {
    const name = textAt(dependency, 'name') ?? '';
    const path = /^file:\/\/(.+)$/.exec(textAt(dependency, 'repository') ?? '')?.[1];
    return path === undefined || !/^\w[\w.-]*$/.test(name) ? [] : [{ name, path }];
  });
}

/** A hash of a file, or of a folder and the charts that it takes by `file://`. Undefined: not all of it can be read. */
export function contentHash(start: string, root: string, host: Host): string | undefined {
  const hash = createHash('sha256');
  const places = new Set([start]);
  for (const place of places) {
    const isFile = host.kindOf(place) === 'file';
    const files = isFile ? new Map([['', place]]) : chartFiles(place, root, host);
    if (typeof files === 'string' || places.size > MOST.beside) return undefined;
    const sorted = sortBy([...files], ([path]) => path);
    const hashes = sorted.map(([path, file]) => [path, fileHash(file, host)]);
    const beside = chartsBeside(place, files, root, host);
    if (beside === undefined || hashes.flat().includes(undefined)) return undefined;
    hash.update(JSON.stringify(hashes));
    for (const chart of beside) places.add(chart);
  }
  return hash.digest('hex');
}

function fileHash(file: string, host: Host): string | undefined {
  if (host.sizeOf(file) > MOST.bytes) return undefined;
  try {
    return createHash('sha256').update(host.readFile(file)).digest('hex');
  } catch (error) {
    if (isSystemError(error)) return undefined;
    throw error;
  }
}

/** The dependencies of a chart by `file://`, also those that Helm finds in its `charts/`. */
function chartsBeside(folder: string, files: ChartFiles, root: string, host: Host) {
  const read = ['Chart.yaml', 'requirements.yaml'].flatMap(name => files.get(name) ?? []);
  const documents = read.map(file => parseStream(textOf(file, host)).value);
  if (documents.includes(undefined)) return undefined;
  return textsIn(documents, [])
    .filter(({ text }) => text.startsWith('file://'))
    .flatMap(
      ({ text }) => placeInside(root, join(folder, text.slice('file://'.length)), host) ?? [],
    );
}

/** A file of values in the form of an object, so that findings have its lines. */
export function valuesObject(text: string, name: string, file: number): PlacedObject | undefined {
  const { value: [values] = [] } = parseStream(text);
  if (!isMap(values)) return undefined;
  const object = values as unknown as KubeObject;
  const identity = { group: '', kind: 'values', knownKind: undefined, namespace: '' };
  return { json: object, ...identity, name, file, path: [0] };
}

/** What a chart may make besides where a value is filled in later, as its templates may depend on that value. */
export function openValues({ values, namespace }: LocalRelease, name: string): Unknown[] {
  if (!textsIn(values, []).some(({ text }) => isUnresolved(text))) return [];
  return [{ what: `the Helm chart "${name}" (of which a value is not known)`, namespace }];
}

/** A chart of a kustomization, if it is in the repository; kustomize changes what Helm makes of it. */
export function kustomizeChart(
  { by, path }: Load,
  { root, helm }: { readonly root: string; readonly helm: Helm },
  host: Host,
): ChartToMake | undefined {
  const [field, index] = path;
  if (field !== 'helmCharts' || !isMap(by.document)) return undefined;
  const object = chartObject(by.document, by.folder, root, host);
  const release = localReleases(chartReleases(object)).find(({ local }) => local.at[1] === index);
  if (release === undefined) return undefined;
  const folder = placeInside(root, join(by.folder, release.local.path), host);
  if (folder === undefined || host.kindOf(join(folder, 'Chart.yaml')) !== 'file') return undefined;
  return { folder, root, release, helm };
}

/** A kustomization in the form of an object of its kind. */
export function kustomizationObject(document: unknown, file: number, home: string): PlacedObject {
  const { group, kind } = kustomizationFile;
  const json = { ...mapAt(document), apiVersion: `${group}/v1beta1`, kind };
  return placedObject(json as unknown as KubeObject, file, [0], home);
}

function chartObject(document: object, folder: string, root: string, host: Host): PlacedObject {
  const placed = kustomizationObject(document, -1, '');
  const files = valuesFiles(placed).flatMap(name => {
    const place = placeInside(root, join(folder, name), host);
    if (place === undefined || host.kindOf(place) !== 'file') return [];
    const values = valuesObject(textOf(place, host), name, -1);
    return values === undefined ? [] : [[name, values] as const];
  });
  return { ...placed, files: new Map(files) };
}
