import { dirname, join, relative } from 'node:path';
import type { Finding, Place } from '../../core/finding.ts';
import { type Host, textOf } from '../../core/host.ts';
import { isMap, textAt } from '../../core/json.ts';
import { manifestsOf } from '../../core/kube-object.ts';
import { oncePerText } from '../../core/once.ts';
import type { Unknown } from '../../kinds/facets.ts';
import { DEFINITIONS } from '../../kinds/flux/sources.ts';
import { encryptedFiles } from '../../kinds/krm.ts';
import { parseStream } from '../../yaml/parse.ts';
import { locate } from '../../yaml/places.ts';
import { type ChartFailure, kustomizeChart, madeChart, openValues } from '../helm.ts';
import { IS_SUBMODULE, isBelow, notGivenAt } from '../inside.ts';
import type { ChartToMake } from '../programs.ts';
import { notRead, topOf, unreadableFinding } from '../source.ts';
import { growthIn, inlineGrowth, refused, tooManyWays } from './bombs.ts';
import type { Buildable, Folder, Kustomization, Load } from './kustomization.ts';
import {
  entryName,
  entryPath,
  entryPlace,
  entryTarget,
  functionLoads,
  hasOption,
  isField,
  isRemote,
  kustomizationsOf,
  loadsOf,
  shownRemote,
  sourcePath,
  valuesAt,
} from './kustomization.ts';

/** A kustomization and all files that it is built from, found without kustomize. */
export interface Closure extends Found {
  readonly kustomizations: readonly Kustomization[];
  readonly files: ReadonlyMap<string, string>;
  readonly made: readonly MadeEntry[];
}

interface Found {
  readonly unread: readonly Unread[];
  /** Generators that are replaced by the files which hold their objects, with paths from the kustomization on. */
  readonly replaced: readonly (Load & { readonly files: readonly string[] })[];
  /** Charts that Helm is to make, and has made. */
  readonly charts: readonly (Load & { readonly chart: ChartToMake })[];
  /** The entries for which kustomize runs a program. */
  readonly programs: readonly Load[];
  /** What sets up programs, and the files that it names: they may read these. */
  readonly functionPlaces: readonly string[];
  /** The paths of entries that lead through links. */
  readonly links: readonly string[];
  readonly faults: readonly Finding[];
}

/** A chart that Helm made: its objects are loaded in its place, from the one file. */
interface MadeEntry extends Load {
  readonly files: readonly [string];
  readonly text: string;
  readonly places: readonly string[];
  /** What the chart may make besides. */
  readonly unknowns: readonly Unknown[];
}

/** Reads all files of a kustomization, before kustomize does. */
export function closureOf(buildable: Omit<Buildable, 'file'>, host: Host): Closure {
  const { folder, written } = buildable;
  const lists = { unread: [], replaced: [], charts: [], programs: [], faults: [] };
  const places = { functionPlaces: [], links: [] };
  const shared: Shared = { ...lists, ...places, makers: new Set(), bases: new Map() };
  const reader = new ClosureReader(buildable, host, shared);
  const place = host.realPath(folder);
  if (place !== undefined) reader.folder({ shown: folder, place, written });
  const { kustomizations, files } = reader;
  const [top] = kustomizations;
  if (top !== undefined) shared.faults.push(...tooManyWays(top, shared.bases));
  return { ...shared, kustomizations, files, made: [] };
}

/** A closure whose charts Helm has made, or said why not. */
export async function withCharts(closure: Closure, host: Host): Promise<Closure> {
  const runs = closure.charts.map(async ({ chart, ...load }) => {
    return { load, chart, result: await madeChart(chart, host) };
  });
  const made: MadeEntry[] = [];
  const unread = [...closure.unread];
  for (const { load, chart, result } of await Promise.all(runs)) {
    if ('why' in result) {
      unread.push({ ...load, reason: 'chart', failure: result });
      continue;
    }
    const name = `.rem-secrets-chart-${load.path.join('-')}.yaml`;
    const unknowns = openValues(chart.release, chart.release.local.path);
    const { text, files } = result;
    made.push({ ...load, files: [name], text, unknowns, places: [...files.values()] });
  }
  return { ...closure, unread, made };
}

type Shared = { readonly [Name in keyof Found]: Found[Name][number][] } & {
  readonly makers: Set<string>;
  /** The folders that each folder's kustomization names. */
  readonly bases: Map<string, string[]>;
};

class ClosureReader {
  readonly kustomizations: Kustomization[] = [];
  readonly files = new Map<string, string>();
  readonly shared: Shared;
  private readonly bounds: Pick<Buildable, 'root' | 'allowed' | 'under'>;
  private readonly host: Host;
  /** Folders that were read, or are being read: kustomize reports a circle. */
  private readonly visited = new Set<string>();

  constructor(bounds: ClosureReader['bounds'], host: Host, shared: Shared) {
    this.bounds = bounds;
    this.host = host;
    this.shared = shared;
  }

  folder(folder: Folder): void {
    if (this.visited.has(folder.place)) return;
    this.visited.add(folder.place);
    const { under } = this.bounds;
    const isUnder = under !== undefined && !isBelow(folder.place, under.place);
    for (const by of kustomizationsOf(folder, isUnder ? under.host : this.host)) {
      const { file, text } = by;
      this.kustomizations.push(by);
      if (this.host.kindOf(join(by.folder, by.name)) !== 'file')
        this.shared.faults.push(refused(WORDS.special.what, WORDS.special.hint, topOf(file)));
      this.shared.faults.push(
        ...locate(parseStream(text).faults, { file, text }),
        ...inlineGrowth(by),
      );
      for (const load of loadsOf(by)) this.load(load);
    }
  }

  private load(load: Load): void {
    const why = this.whyUnread(load);
    const hereToo = this.fileOfRemote(load);
    if (hereToo !== undefined) this.hereToo(load, hereToo);
    else if (load.kind === 'chart') this.chart(load);
    else if (why !== undefined) this.shared.unread.push({ ...load, ...why });
    else if (load.kind === 'function') this.functions(load);
    else this.local(load);
  }

  private whyUnread(load: Load): Pick<Unread, 'reason' | 'failure'> | undefined {
    if (load.kind === 'chart') return { reason: 'chart' };
    if ([load.entry, sourcePath(load.entry)].some(isRemote)) {
      if (this.bounds.allowed.enableRemote !== true) return { reason: 'remote' };
      return hasOption(load.entry) ? { reason: 'refused' } : undefined;
    }
    const place = entryTarget(load, this.host);
    const { root } = this.bounds;
    if (place !== undefined && !isBelow(root, place)) return { reason: 'outside' };
    // kustomize would wait for a pipe.
    if (place !== undefined && this.host.kindOf(place) === 'other') return { reason: 'special' };
    const why = notGivenAt(root, entryPath(load), this.host);
    if (why === undefined) return undefined;
    const reason = why.startsWith(IS_SUBMODULE) ? 'submodule' : 'lacking';
    return { reason, failure: { why, hint: WORDS[reason].hint } };
  }

  /** kustomize takes a file that is there, but for http, and fetches what the entry names where it cannot read it. */
  private fileOfRemote(load: Load): string | undefined {
    const names = [load.entry, sourcePath(load.entry)];
    const isNoMatter = names.some(name => /^https?:/i.test(name)) || !names.some(isRemote);
    const place = isNoMatter ? undefined : this.host.realPath(entryPath(load));
    return place === undefined || this.host.isFolder(place) ? undefined : place;
  }

  private hereToo(load: Load, place: string): void {
    const message = `"${shownRemote(entryName(load))}" is a file here, and may be fetched from a server all the same`;
    const hint = 'Write ./ before it, or rename it.';
    this.shared.faults.push(unreadableFinding(message, hint, entryPlace(load)));
    if (isBelow(this.bounds.root, place)) this.file(load, place);
  }

  private chart(load: Load): void {
    const { root, allowed } = this.bounds;
    const { helm } = allowed;
    const chart = helm && kustomizeChart(load, { root, helm }, this.host);
    if (chart === undefined) this.shared.unread.push({ ...load, reason: 'chart' });
    else this.shared.charts.push({ ...load, chart });
  }

  private local(load: Load): void {
    const place = entryTarget(load, this.host);
    if (place === undefined) return;
    if (entryPath(load) !== place) this.shared.links.push(entryPath(load));
    if (!this.host.isFolder(place)) this.file(load, place);
    else if (load.kind === 'base') this.base(load, place);
  }

  /** A file of a generator is bytes; kustomize reads the others as YAML. */
  private file({ by, kind }: Load, place: string): void {
    const isKnown = this.files.has(place);
    this.files.set(place, place);
    if (isKnown || kind === 'source' || this.host.kindOf(place) !== 'file') return;
    this.shared.faults.push(...growthIn(textOf(place, this.host), () => shownFile(place, by)));
  }

  private base({ by, entry }: Load, place: string): void {
    this.shared.bases.set(by.folder, [...(this.shared.bases.get(by.folder) ?? []), place]);
    this.folder({ shown: join(dirname(by.file), entry), place });
  }

  private functions(load: Load): void {
    const { texts, isChanged } = this.functionTexts(load);
    const documents = texts.flatMap(({ text }) => parseStream(text).value ?? []);
    this.shared.faults.push(...texts.flatMap(faultsIn));
    const isProgram = manifestsOf(documents).some(({ object }) => !BUILTIN.test(object.apiVersion));
    const isRun = this.bounds.allowed.enableExec === true;
    if (isProgram) this.namedByFunctions(load, texts);
    if (isProgram && !isRun && isField(String(load.path[0]), 'generators')) {
      this.program(load, isChanged ? undefined : encryptedIn(documents));
      return;
    }
    if (isProgram) this.shared.programs.push(load);
    const isClear = !isChanged && texts.every(({ text }) => parseStream(text).value !== undefined);
    this.functionLoads(load, documents, isClear || isRun);
  }

  private functionLoads(load: Load, documents: readonly unknown[], isClear: boolean): void {
    const loads = documents.flatMap(functionLoads).map(inner => ({ by: load.by, ...inner }));
    const [lacking] = loads.flatMap(inner => {
      const why = this.whyUnread(inner);
      return why === undefined ? [] : [{ ...load, ...why, inner: inner.entry }];
    });
    if (lacking !== undefined) {
      this.shared.unread.push(lacking);
      return;
    }
    if (!isClear) this.shared.unread.push({ ...load, reason: 'unclear' });
    // A path counts from the folder of the kustomization that lists the function.
    for (const inner of loads)
      for (const place of fileOf(inner, this.host)) this.files.set(entryPath(inner), place);
  }

  private namedByFunctions(load: Load, texts: readonly { readonly text: string }[]): void {
    const words = texts.flatMap(({ text }) => text.match(/[^\s"'`,:=[\]{}()]{1,300}/g) ?? []);
    const entries = [load.entry, ...new Set(words)].slice(0, MOST_NAMED);
    const named = entries
      .flatMap(entry => fileOf({ ...load, entry }, this.host))
      .filter(place => isBelow(this.bounds.root, place) && this.host.kindOf(place) === 'file');
    if (entryTarget(load, this.host) === undefined) named.push(join(load.by.folder, load.by.name));
    this.shared.functionPlaces.push(...named);
  }

  private program(load: Load, encrypted: readonly string[] = []): void {
    const files = encrypted.map(entry => ({ ...load, entry }));
    const lost = files.flatMap(file => this.lost(file, load));
    this.shared.faults.push(...lost);
    if (lost.length > 0) return;
    const isHere = files.every(file => !this.whyUnread(file) && isShown(file, this.host));
    if (files.length === 0 || !isHere) {
      this.shared.unread.push({ ...load, reason: 'program' });
      return;
    }
    for (const file of files) this.local(file);
    this.shared.replaced.push({ ...load, files: encrypted });
  }

  private lost(file: Load, generator: Load): Finding[] {
    const sibling = join(dirname(generator.entry), file.entry);
    const isHere = [file.entry, sibling].some(
      entry => isRemote(entry) || entryTarget({ ...file, entry }, this.host) !== undefined,
    );
    const message = `there is no ${file.entry}, which a generator is to decrypt`;
    return isHere ? [] : [refused(message, LOST, entryPlace(generator))];
  }

  /** The texts that set up functions: of a file, of a kustomization's build, or of an entry that is YAML itself. */
  private functionTexts(load: Load) {
    const { by } = load;
    const place = entryTarget(load, this.host);
    const textsOf = (files: Iterable<string>) =>
      [...files].map(file => ({ file: shownFile(file, by), text: textOf(file, this.host) }));
    if (place === undefined) {
      const text = { file: by.file, text: load.entry, at: entryPlace(load) };
      return { texts: [text], isChanged: false };
    }
    if (!this.host.isFolder(place)) {
      this.file(load, place);
      return { texts: textsOf([place]), isChanged: false };
    }
    if (this.shared.makers.has(place)) return { texts: [], isChanged: true };
    this.shared.makers.add(place);
    const inner = new ClosureReader(this.bounds, this.host, this.shared);
    inner.base(load, place);
    this.kustomizations.push(...inner.kustomizations);
    for (const [path, file] of inner.files) this.files.set(path, file);
    const isChanged = inner.kustomizations.some(changesObjects);
    return { texts: textsOf(inner.files.values()), isChanged };
  }
}

const MOST_NAMED = 1_000;

const LOST = 'Commit the encrypted file, or take it out of the generator.';

/** Whether the names of a file's objects can be read: some files have all texts encrypted. */
function isShown(load: Load, host: Host): boolean {
  return fileOf(load, host).some(place => {
    const documents = parseStream(textOf(place, host)).value ?? [];
    return manifestsOf(documents).every(({ object }) => !object.kind.startsWith('ENC['));
  });
}

function fileOf(load: Load, host: Host): string[] {
  const place = entryTarget(load, host);
  return place === undefined || host.isFolder(place) ? [] : [place];
}

/** The encrypted files that hold all objects which functions make; undefined: they make others too. */
export function encryptedIn(documents: readonly unknown[]): readonly string[] | undefined {
  const files = documents.filter(document => document !== null).map(encryptedFiles);
  const ofAll = files.filter(list => list !== undefined);
  return ofAll.length === files.length && ofAll.length > 0 ? ofAll.flat() : undefined;
}

/** The apiVersion of kustomize's own functions (api/internal/plugins/loader/loader.go). */
const BUILTIN = /^\/?builtin$/;

function faultsIn({ file, text, at }: { file: string; text: string; at?: Place }): Finding[] {
  const found = locate(parseStream(text).faults, { file, text, isStream: true });
  return at === undefined ? found : found.map(finding => ({ ...finding, at }));
}

/** The name of a file of a kustomization as a user knows it. */
export function shownFile(file: string, by: Kustomization): string {
  return join(dirname(by.file), relative(by.folder, file));
}

function changesObjects({ document }: Kustomization): boolean {
  const fields = isMap(document) ? Object.keys(document) : [];
  return fields.some(field => !UNCHANGING.some(name => isField(field, name)));
}

/** Fields that list objects, or that change neither which function an object sets up nor what that loads. */
const UNCHANGING = [
  ...['apiVersion', 'kind', 'metadata', 'resources', 'bases'],
  ...['namespace', 'namePrefix', 'nameSuffix'],
];

type Reason =
  | ('remote' | 'refused' | 'outside' | 'special' | 'submodule' | 'lacking')
  | ('chart' | 'unclear' | 'program' | 'unapplied');

/** An entry that is not loaded. `inner`: the entry of a function which it sets up is the reason. */
interface Unread extends Load {
  readonly reason: Reason;
  readonly inner?: string;
  readonly failure?: ChartFailure;
}

const WORDS: Readonly<Record<Reason, { readonly what: string; readonly hint: string }>> = {
  remote: { what: 'remote', hint: '--enable-remote reads it, for trusted repositories only.' },
  refused: {
    what: 'refused, as a part that begins with - would be an option of git',
    hint: 'Take the - away.',
  },
  outside: { what: 'outside of the repository', hint: 'Move it into the repository.' },
  special: { what: 'no regular file', hint: 'Put a file in its place.' },
  submodule: {
    what: 'in a submodule',
    hint: 'Argo CD fetches it, and so does Flux with recurseSubmodules: look at it there.',
  },
  lacking: {
    what: 'not as git has it',
    hint: 'Fetch the whole repository, and leave working-tree-encoding out of .gitattributes.',
  },
  chart: {
    what: 'a Helm chart',
    hint: 'Lint what it makes too, as in `kustomize build --enable-helm FOLDER | rem-secrets lint -`.',
  },
  unclear: {
    what: 'what sets up a function is changed by kustomize first, or is no plain YAML',
    hint: 'Write it out in one file; --enable-exec reads it as it is, if you trust it.',
  },
  program: {
    what: 'a function that is no part of kustomize',
    hint: '--enable-exec runs it, if you trust it.',
  },
  unapplied: {
    what: 'replacements, as what they need may be in what was not read',
    hint: '--enable-remote, or --enable-exec, reads that, for trusted repositories only.',
  },
};

export function unreadFinding(unread: Unread): Finding {
  const { what, hint } = WORDS[unread.reason];
  const { by, failure, inner = entryName(unread) } = unread;
  const entry = shownRemote(inner);
  const text = `${what}${entry === '' ? '' : `: ${entry}`}${failure ? `: ${failure.why}` : ''}`;
  const advice = failure?.hint ?? hint.replace('FOLDER', dirname(by.file));
  return notRead(text, advice, entryPlace(unread));
}

/** Whether it says that a function is not run. */
export function isOfFunction({ message }: Finding): boolean {
  return message.startsWith(`not read: ${WORDS.program.what}`);
}

/** The entries that were not loaded and may hold objects: no settings, files for ConfigMaps or CRDs. */
export function unknownsOf(unread: readonly Unread[], root: Kustomization | undefined): Unknown[] {
  const namespace = textAt(root?.document, 'namespace');
  return unread.filter(mayHaveObjects).map(load => {
    const { reason, entry, inner = entryName(load) } = load;
    const name = shownRemote(inner);
    const words = WORDS[reason].what.replace(/^(remote|outside|in|not)/, 'something $1');
    const isFile = reason === 'remote' && /\.(?:ya?ml|json)(?:\?[^/]{0,200})?$/.test(entry);
    return {
      what: name === '' ? words : `${words}, "${name}"`,
      isOfUnit: true,
      ...(namespace !== undefined && { namespace }),
      ...(reason === 'chart' && { isChart: true as const }),
      ...(isFile && { mayMake: namedLike(entry) }),
    };
  });
}

/** A project names its objects after itself: they begin with a word of its address, or hold a whole part of it. */
const namedLike = oncePerText((entry): ((name: string) => boolean) => {
  const names = entry.toLowerCase().match(/[a-z0-9-]{4,}/g) ?? [];
  const words = new Set(names.flatMap(name => name.split('-')));
  return name => words.has(name.split('-')[0] ?? '') || names.some(part => name.includes(part));
});

function mayHaveObjects({ entry, path }: Unread): boolean {
  const isSetting = SETTINGS.some(field => isField(String(path[0]), field));
  return !isSetting && !DEFINITIONS.test(entry);
}

const SETTINGS = ['crds', 'configurations', 'openapi', 'configMapGenerator', 'validators'];

export function unreadCount(count: number): string {
  return count === 1 ? '1 entry that was not read' : `${count} entries that were not read`;
}

/** The replacements and vars of all kustomizations, whose sources or targets may be missing. */
export function unappliedIn(kustomizations: readonly Kustomization[]): Unread[] {
  return kustomizations.flatMap(by =>
    ['replacements', 'vars'].flatMap(field =>
      valuesAt(by.document, [field]).map(({ path }): Unread => {
        return { by, kind: 'file', entry: '', path, unit: path, reason: 'unapplied' };
      }),
    ),
  );
}
