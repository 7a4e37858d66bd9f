import type { Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { durationSeconds } from '../core/units.ts';

/** A folder that an applier (a Kustomization, an Application …) applies, and how its objects are changed on the way. */
export interface AppliedFolder {
  /** From the root of its repository, as it is written. */
  readonly path: string;
  readonly at: Path;
  /** Whether all manifests below the folder are read, or only those that match, as in a directory of Argo CD. */
  readonly reads: {
    readonly isRecursive: boolean;
    readonly include?: string | undefined;
    readonly exclude?: string | undefined;
    /** Files that contain this text are left out. */
    readonly unlessIn?: string;
    /** Files of these names, or of all, are read as they are; absent: what lies below a kustomization is built. */
    readonly names?: 'manifests' | 'all';
  };
  /** What makes manifests of the folder; absent: the files in it tell (docs/facts/argocd.md#sources). */
  readonly tool?: 'kustomize' | 'helm' | 'directory' | undefined;
  /** kustomize may load files outside of the folder. */
  readonly isUnrestricted: boolean;
  /** The fields of a kustomization that are laid over the folder's own. */
  readonly overlay: JsonObject;
  /** The files that may be in the folder and have more fields of the applier. */
  readonly overrides?: readonly OverrideFile[] | undefined;
  readonly metadata?: Readonly<Partial<Record<'labels' | 'annotations', JsonObject>>> | undefined;
  /** The namespace of its objects: of those without one, or, forced, of all. */
  readonly namespace?: string | undefined;
  readonly isForced?: boolean | undefined;
  /** The variables that are filled in last; undefined: none are. */
  readonly substitute?: Substitute | undefined;
  /** The cluster that it is applied to, if that is not the applier's own. */
  readonly cluster?: string | undefined;
  /** The name of the Application that applies it, where an ApplicationSet makes several. */
  readonly name?: string | undefined;
  /** The generators that fill in the rest of it, and that are not known here. */
  readonly open?: readonly string[] | undefined;
  /** A plugin of the applier makes something of the folder that is not known. */
  readonly isPlugged?: boolean;
  /** A patch of the applier that is not read, and may change what is applied. */
  readonly isPatchedUnseen?: boolean;
  /** Components of the overlay that are not there are left out. */
  readonly isLenient?: boolean;
  /** The repository's URL; `source` is the object that has the URL. */
  readonly url?: string | undefined;
  readonly source?: SourceName | undefined;
}

interface OverrideFile {
  readonly name: string;
  /** All of it is read. */
  readonly isRead: boolean;
  readonly mayMake: boolean;
}

/** A chart that is a folder of a repository, and how its applier has Helm render it. */
export interface LocalChart extends ChartPlace {
  /** Whether the CRDs in `crds/` are installed too. */
  readonly hasCrds: boolean;
  readonly hasHooks: boolean;
  /** The version of Kubernetes that it is rendered for, if its applier says so. */
  readonly kubeVersion?: string | undefined;
  readonly apiVersions?: readonly string[] | undefined;
}

export type ChartPlace = Pick<
  AppliedFolder,
  'path' | 'at' | 'url' | 'source' | 'cluster' | 'name' | 'tool'
>;
export type SourceName = Readonly<Record<'kind' | 'namespace' | 'name', string>>;

/** Variables of an applier, and the ConfigMaps and Secrets of its namespace with more of them. */
export interface Substitute {
  readonly values: JsonObject;
  readonly from: readonly VariableSource[];
}

export interface VariableSource {
  readonly kind: string;
  readonly name: string;
  readonly isOptional?: true;
}

/** A folder that is to be applied and does not exist, with the existing one that has nearly its name. */
export interface LostFolder {
  readonly path: string;
  readonly at: Path;
  readonly near: string;
}

/** A patch of a kustomization with a target that no resource matches. */
export interface IdlePatch {
  /** The target in the kustomization. */
  readonly at: Path;
  readonly target: PatchTarget;
  /** The part of the target that does not match, and the value of an object there that is probably meant. */
  readonly mistake?: Readonly<Record<'value' | 'kind' | 'name', string>> & {
    readonly part: keyof PatchTarget;
  };
}

export type PatchTarget = Readonly<
  Partial<Record<'group' | 'version' | 'kind' | 'namespace' | 'name', string>>
>;

/** Something that may make objects that no manifest shows. */
export interface Unknown {
  /** Where it makes them; undefined: in any namespace. */
  readonly namespace?: string | undefined;
  /** It is a part of a unit: without a namespace of its own it makes them where other objects of the unit are. */
  readonly isOfUnit?: true;
  /** What messages call it, before its namespace: `the Helm chart "ironic"`. */
  readonly what: string;
  /** It is a folder that is not read, so it may hold cluster-scoped objects too. */
  readonly isFolder?: true;
  /** It is a chart whose values are not read. */
  readonly isChart?: boolean;
  /** Whether it may make an object of this name; absent: any. Unknowns with one cause share one function. */
  readonly mayMake?: (name: string) => boolean | 'exactly';
  /** It can only hide objects that are asked for by name. */
  readonly needsName?: true;
  /** The number of the file that lacks it. */
  readonly file?: number | undefined;
}

/** The files of a repository, for kinds that make objects of them. */
export interface RepositoryTree {
  /** The folders that are not empty, and the files: sorted paths from the root. */
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** The first document of a YAML or JSON file; undefined: none can be read. */
  readonly documentIn: (file: string) => Json | undefined;
}

/** The parts of the name of a Helm release: a change of any of them makes another release of it. */
export interface InstalledRelease {
  /** The same on both sides of a change. */
  readonly id: string;
  readonly parts: readonly InstalledPart[];
}

interface InstalledPart {
  readonly what: 'release name' | 'namespace' | 'storage namespace' | 'chart';
  readonly value: string | undefined;
  readonly path: Path;
}

export function installedPart(
  what: InstalledPart['what'],
  value: string | undefined,
  ...fields: readonly string[]
): InstalledPart {
  return { what, value, path: ['spec', ...fields] };
}

export interface DataFate {
  /** unknown: the manifests do not decide it. */
  readonly fate: 'deleted' | 'kept' | 'unknown';
  /** Its claims stay, and a new object of the same name takes them over. */
  readonly hasClaimsAgain?: true;
  /** What decides, as people write it: `reclaimPolicy: Retain of StorageClass "fast"`. */
  readonly because: string;
  /** The field of the object that decides, if one does. */
  readonly path?: Path | undefined;
}

/** The fate that a field decides by this value. */
export function decided(fate: DataFate['fate'], path: Path, value: unknown): DataFate {
  return { fate, because: `${path.at(-1)}: ${value}`, path };
}

/** The fate by a policy that is Retain or Delete, as Kubernetes' are. */
export function fateBy(policy: string, because: string, path?: Path): DataFate {
  const fate = policy === 'Retain' ? 'kept' : policy === 'Delete' ? 'deleted' : 'unknown';
  return { fate, because, path };
}

export interface BackupPlace {
  readonly path: Path;
  /** As the object writes it, for messages. */
  readonly called: string;
  /** Equal texts are the same place; undefined: an object that we do not have decides it. */
  readonly place: string | undefined;
  /** The place that contains it, where another object has that one: the bucket of an ObjectStore. */
  readonly within?: string | undefined;
}

/** Whether two places are the same, as far as their objects tell. */
export function isOnePlace(a: BackupPlace, b: BackupPlace): boolean {
  const isSeen = a.place !== undefined && b.place !== undefined;
  return isSeen ? a.place === b.place : a.called === b.called;
}

export interface BackupPlan {
  readonly isStopped: boolean;
  /** The field that stops it, or that says what it backs up. */
  readonly path: Path;
  readonly scope: BackupScope;
  /** A cron schedule, or a word for one. */
  readonly schedule?: string | undefined;
  /** Where and how its backups are written, as its object says it: plans with other texts write elsewhere. */
  readonly target?: string | undefined;
}

type Database = 'CNPG Cluster' | 'MariaDB' | 'PostgresCluster';

export interface BackupScope {
  readonly what: Database | 'PersistentVolumeClaim' | 'dump' | 'group' | 'namespace';
  readonly names: readonly string[] | 'all';
  readonly except: readonly string[];
  /** It does not leave out objects by their labels. */
  readonly isWhole: boolean;
}

/** The scope of a plan that names what it backs up. */
export function scopeOf(what: BackupScope['what'], ...names: readonly string[]): BackupScope {
  return { what, names, except: [], isWhole: true };
}

export interface Retention {
  readonly path: Path;
  readonly text: string;
  /** Days, or a number of backups: compare it only with an amount at the same path. */
  readonly amount: number;
}

const DAYS: Readonly<Record<string, number>> = { d: 1, w: 7, m: 30 };

/** A window of Barman Cloud, `30d`, `4w` or `1m`. Without a window all backups are kept. */
export function windowRetention(text: string | undefined, path: Path): Retention[] {
  if (text === undefined || text === '') return [{ path, text: 'all', amount: Infinity }];
  const [, count, unit = ''] = /^([1-9]\d{0,5})([dwm])$/.exec(text) ?? [];
  const days = DAYS[unit];
  return days === undefined ? [] : [{ path, text, amount: Number(count) * days }];
}

/** A duration as Go writes it. */
export function durationRetention(text: string, path: Path): Retention[] {
  const seconds = durationSeconds(text);
  return seconds === undefined ? [] : [{ path, text, amount: seconds / 86_400 }];
}

export function countRetention(value: unknown, path: Path): Retention[] {
  return typeof value === 'number' ? [{ path, text: String(value), amount: value }] : [];
}
