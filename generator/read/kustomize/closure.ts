import { dirname, join } from 'node:path';
import type { Finding } from '../../ground/finding.ts';
import { type Host, textOf } from '../../ground/host.ts';
import { locate } from '../../ground/locate.ts';
import { manifestsOf } from '../../ground/manifests.ts';
import { kustomizeChart } from '../helm/kustomize-chart.ts';
import type { Allowed } from './allowed.ts';
import { changesObjects, type FunctionSource, functionsIn } from './functions.ts';
import {
  type Buildable,
  entryPath,
  entryTarget,
  type Folder,
  type Kustomization,
  type KustomizationEntry,
  kustomizationsOf,
  type MadeEntry,
  parsed,
  type Replaced,
} from './kustomization.ts';
import { isField, type Load } from './loads.ts';
import { type Unread, whyUnread } from './unread.ts';

/** A kustomization and all that it is built from, as found without kustomize. */
export interface Closure {
  readonly kustomizations: readonly Kustomization[];
  /** The files that are loaded, without links, by where kustomize looks for them. */
  readonly files: ReadonlyMap<string, string>;
  readonly unread: readonly Unread[];
  /** Generators in whose place the files are loaded that hold what they make. */
  readonly replaced: readonly Replaced[];
  readonly made: readonly MadeEntry[];
  /** The entries that have kustomize run a program. */
  readonly programs: readonly KustomizationEntry[];
  /** What keeps a kustomization from being read. */
  readonly faults: readonly Finding[];
}

/** Reads what a kustomization is built from, before kustomize does. */
export function closureOf(
  { folder, root, allowed, written }: Omit<Buildable, 'file'>,
  host: Host,
): Closure {
  const reader = new ClosureReader(root, allowed, host);
  const place = host.realPath(folder);
  if (place !== undefined) reader.folder({ shown: folder, place, written });
  return reader;
}

class ClosureReader implements Closure {
  readonly kustomizations: Kustomization[] = [];
  readonly files = new Map<string, string>();
  readonly unread: Unread[] = [];
  readonly replaced: Replaced[] = [];
  readonly made: MadeEntry[] = [];
  readonly programs: KustomizationEntry[] = [];
  readonly faults: Finding[] = [];
  readonly root: string;
  readonly allowed: Allowed;
  private readonly host: Host;
  /** Folders that are read, or are being read: what names itself has no end, and kustomize says so. */
  private readonly seen = new Set<string>();
  /** The same for folders that make what sets up functions. */
  private readonly makers: Set<string>;

  constructor(root: string, allowed: Allowed, host: Host, makers = new Set<string>()) {
    this.makers = makers;
    this.root = root;
    this.allowed = allowed;
    this.host = host;
  }

  folder(folder: Folder): void {
    if (this.seen.has(folder.place)) return;
    this.seen.add(folder.place);
    for (const by of kustomizationsOf(folder, this.host)) {
      this.kustomizations.push(by);
      const { file, text } = by;
      this.faults.push(...locate(parsed(text).faults, { file, text }));
      for (const load of by.loads) this.entry({ by, load });
    }
  }

  private entry({ by, load }: KustomizationEntry): void {
    const reason = whyUnread({ by, load }, this, this.host);
    if (reason === 'chart') this.chart({ by, load });
    else if (reason !== undefined) this.unread.push({ by, load, reason });
    else if (load.kind === 'function') this.functions({ by, load });
    else this.local({ by, load });
  }

  /** A chart of the repository, where Helm may make it. */
  private chart({ by, load }: KustomizationEntry): void {
    const { helm } = this.allowed;
    const { root, host } = this;
    const made = helm && kustomizeChart({ by, load }, { root, helm }, host);
    if (made !== undefined && 'text' in made) {
      const name = `.rem-secrets-chart-${load.path.join('-')}.yaml`;
      const { text, unknowns } = made;
      this.made.push({ by, load, name, text, unknowns, places: [...made.files.values()] });
    } else this.unread.push({ by, load, reason: 'chart', ...(made && { failure: made }) });
  }

  private local({ by, load }: KustomizationEntry): void {
    const place = entryTarget({ by, load }, this.host);
    if (place === undefined) return;
    if (!this.host.isFolder(place)) this.files.set(place, place);
    else if (load.kind === 'base')
      this.folder({ shown: join(dirname(by.file), load.entry), place });
  }

  /** What sets up functions is read too: kustomize's own functions load files. */
  private functions(entry: KustomizationEntry): void {
    const { by, load } = entry;
    const source = this.sourceOf(entry);
    const { faults, isProgram, isClear, loads, encrypted } = functionsIn(source, this.host);
    this.faults.push(...faults);
    if (isProgram && this.allowed.enableExec !== true && isGenerator(load)) {
      this.program(entry, encrypted);
      return;
    }
    if (isProgram) this.programs.push(entry);
    for (const inner of loads) {
      const reason = whyUnread({ by, load: inner }, this, this.host);
      if (reason === undefined) continue;
      this.unread.push({ by, load, reason, inner: inner.entry });
      return;
    }
    if (!isClear && this.allowed.enableExec !== true)
      this.unread.push({ by, load, reason: 'unclear function' });
    // A function finds its files from the folder of the kustomization that lists it.
    for (const inner of loads) {
      const place = entryTarget({ by, load: inner }, this.host);
      if (place !== undefined && !this.host.isFolder(place))
        this.files.set(entryPath({ by, load: inner }), place);
    }
  }

  /** What a generator makes is not there when it does not run; all else is as it would be. */
  private program({ by, load }: KustomizationEntry, encrypted: readonly string[] = []): void {
    const files = encrypted.map(entry => ({ by, load: { ...load, entry } }));
    const isHere = files.every(
      file =>
        whyUnread(file, this, this.host) === undefined &&
        isShown(entryTarget(file, this.host), this.host),
    );
    if (files.length === 0 || !isHere) {
      this.unread.push({ by, load, reason: 'program' });
      return;
    }
    for (const file of files) this.local(file);
    this.replaced.push({ by, load, files: encrypted });
  }

  /** A file, a kustomization that makes what sets up functions, or YAML in the entry itself. */
  private sourceOf({ by, load }: KustomizationEntry): FunctionSource {
    const place = entryTarget({ by, load }, this.host);
    if (place === undefined) return { by, load, isChanged: false };
    if (!this.host.isFolder(place)) {
      this.files.set(place, place);
      return { by, load, files: [place], isChanged: false };
    }
    if (this.makers.has(place)) return { by, load, files: [], isChanged: true };
    this.makers.add(place);
    const own = new ClosureReader(this.root, this.allowed, this.host, this.makers);
    own.folder({ shown: join(dirname(by.file), load.entry), place });
    this.take(own);
    const isChanged = own.kustomizations.some(changesObjects);
    return { by, load, files: [...own.files.values()], isChanged };
  }

  private take(other: ClosureReader): void {
    this.kustomizations.push(...other.kustomizations);
    for (const [path, file] of other.files) this.files.set(path, file);
    this.unread.push(...other.unread);
    this.replaced.push(...other.replaced);
    this.made.push(...other.made);
    this.programs.push(...other.programs);
    this.faults.push(...other.faults);
  }
}

function isGenerator({ path }: Load): boolean {
  return isField(String(path[0]), 'generators');
}

/** Whether a file's objects have their names as they are: of some, all texts are encrypted. */
function isShown(place: string | undefined, host: Host): boolean {
  if (place === undefined || host.isFolder(place)) return false;
  const documents = parsed(textOf(place, host)).value ?? [];
  return manifestsOf(documents).every(({ object }) => !object.kind.startsWith('ENC['));
}
