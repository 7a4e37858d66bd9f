import type { ObjectName, Path } from '../core/finding.ts';
import {
  isMap,
  isSame,
  type Json,
  type JsonObject,
  listAt,
  mapAt,
  textAt,
  valueAt,
} from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import type { BackupPlace, BackupPlan, DataFate, Retention } from './data-facts.ts';
import type { Applied, Installed, LocalChart, RepositoryTree, Unknown } from './deployment-ends.ts';

/** Fields that an update cannot change (kubernetes 1.36, validation.go of each group). */
export function fixedAt(...paths: readonly Path[]): NonNullable<Kind['fixed']> {
  return (before, after) => changedPaths(paths, before, after);
}

/** Those of the paths at which two objects differ; the order of a list counts, as it does for the API server. */
export function changedPaths(paths: readonly Path[], before: unknown, after: unknown): Path[] {
  return paths.filter(path => !isSame(valueAt(before, path) as Json, valueAt(after, path) as Json));
}

/** What a controller says of an object (k8s.io/apimachinery, metav1.Condition). */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly since?: string;
}

/** A condition of an object in a cluster; undefined: no controller has said anything of the kind. */
export function conditionOf({ json }: PlacedObject, type: string): Condition | undefined {
  const found = listAt(json, 'status', 'conditions').find(
    entry => isMap(entry) && textAt(entry, 'type') === type,
  );
  if (found === undefined) return undefined;
  const since = textAt(found, 'lastTransitionTime');
  return {
    type,
    status: textAt(found, 'status') ?? '',
    reason: textAt(found, 'reason') ?? '',
    message: textAt(found, 'message') ?? '',
    ...(since !== undefined && { since }),
  };
}

/**
 * All that is known of a kind of Kubernetes object. What is left out is not known, or does not
 * apply. A kind looks at one object, never at the graph: what becomes of it among others is for
 * those who join. An object of a kind that is not in `kinds.ts` may do anything.
 */
export interface Kind {
  /** Empty for Kubernetes' core. */
  readonly group: string;
  readonly kind: string;
  /** What people call it, where the name of the kind alone may be another's. */
  readonly called?: string;
  /** Its objects belong to the cluster, not to a namespace. */
  readonly isOfCluster?: true;
  /** The versions that the API server serves. */
  readonly served?: Served;
  /** No other API has a kind of that name: a manifest of another group means this one all the same. */
  readonly isUnmistakable?: true;
  /** Where it keeps the spec of the pods that it runs. */
  readonly pods?: PodPlace;
  /** What `kubectl rollout restart` takes for its pods, where they can be restarted so. */
  readonly rollout?: (object: PlacedObject) => string | undefined;
  /** The Secrets that it makes; `find` is for what other objects say about it. */
  readonly makes?: (object: PlacedObject, find: Find) => readonly Made[];
  /** The annotations that the Secrets get which it makes. */
  readonly secretAnnotations?: (object: PlacedObject) => Path;
  /** Secrets that one would expect of it, and that it does not make. */
  readonly omits?: (object: PlacedObject) => readonly Omitted[];
  /** The Secrets that it reads, beside what its pods do. */
  readonly reads?: (object: PlacedObject) => readonly Read[];
  /** The objects that it stands for, as the values of a release do for pods. */
  readonly brings?: (object: PlacedObject, find: Find) => readonly Brought[];
  /** The releases of Helm that it installs, and uninstalls when they become others. */
  readonly installs?: (object: PlacedObject, find: Find) => readonly Installed[];
  /** The releases of Helm whose charts are folders of a repository: they may be made by Helm itself. */
  readonly charts?: (object: PlacedObject, find: Find) => readonly LocalRelease[];
  /** Files with values that it names: from its own folder on, or with a `/` from the root of its repository. */
  readonly files?: (object: PlacedObject) => readonly string[];
  /** What it makes depends on what lies in its repository. */
  readonly seesTree?: true;
  /** The folders of repositories that it has applied. */
  readonly applies?: (object: PlacedObject) => readonly Applied[];
  /** Where it may make objects that no manifest shows. */
  readonly unknowns?: (object: PlacedObject, find: Find) => readonly Unknown[];
  /** Whether a field decides about the values in what it makes; absent: every field does. */
  readonly feeds?: (path: Path) => boolean;
  /**
   * What becomes of the Secrets that it made: kept when it goes, or only as long as it stays, or
   * deleted with it where it owns them. Absent: deleted.
   */
  readonly leaves?: 'always' | 'while it stays' | 'unless owned';
  /** The names of the Services that it brings, in its namespace. */
  readonly services?: (object: PlacedObject) => readonly string[];
  /** The names of the ConfigMaps that it brings, in its namespace. */
  readonly configMaps?: (object: PlacedObject) => readonly string[];
  /** The names of the ServiceAccounts that its operator makes, in its namespace. */
  readonly accounts?: (object: PlacedObject) => readonly string[];
  /** A field below which a short name can be a host; `none`: no text of it is one. */
  readonly hosts?: Path | 'none';
  /** It sends requests to Services by their names. */
  readonly sendsToServices?: true;
  /** A field that is the configuration of a program: what stands in its texts is as in a pod's arguments. */
  readonly settings?: Path;
  /** What becomes of the data that it keeps when it is deleted; undefined: it keeps none. */
  readonly dataFate?: (object: PlacedObject, find: Find) => DataFate | undefined;
  /** Whether another object of the kind keeps the same data, which stays if that one is there first. */
  readonly isSameData?: (object: PlacedObject, other: PlacedObject) => boolean;
  /** What becomes, by its word, of the data of others: of volumes and buckets that are given up. */
  readonly reclaims?: (object: PlacedObject) => DataFate;
  /** The backups that it has made by the clock. */
  readonly backupPlan?: (object: PlacedObject) => BackupPlan | undefined;
  /** How much of them it keeps. */
  readonly keepsBackups?: (object: PlacedObject) => readonly Retention[];
  /** Where it writes backups to, or has them written. */
  readonly backupPlace?: (object: PlacedObject, find: Find) => BackupPlace | undefined;
  /** The fields that the API server does not let change, of one that does. */
  readonly fixed?: (before: KubeObject, after: KubeObject) => readonly Path[];
  /** The object without what holds anyway, or with what controllers fill in where no schema says so. */
  readonly form?: (object: JsonObject) => JsonObject;
  /** What decides about the value of a key that it makes: to be compared, and never shown. */
  readonly sourceOf?: (object: KubeObject, key: string) => unknown;
  /** Whether all that it encrypts is another text on the other side: then the values may be the same. */
  readonly isEncryptedAnew?: (before: KubeObject, after: KubeObject) => boolean;
  /** The values in it are meant to be there, or it holds none of its own. */
  readonly isNoPlainText?: true;
  /** What stands at a path, where the names on the way to it do not tell. */
  readonly holds?: (path: Path) => Content | undefined;
  /** Fields that hold secrets by their meaning, here and in the charts that take them over. */
  readonly secretFields?: readonly string[];
  /** It takes up what it reads whenever that comes: neither waits for the other. */
  readonly isReadingLate?: true;
  /** Data goes with it, or all access to data: it should not go unasked. */
  readonly isPrecious?: true;
  /** What pods are made from, and whether a field is part of it: a change replaces them. */
  readonly podSource?: PodSource;
  /** Where it says which major version of PostgreSQL it runs: another one is an upgrade of its data. */
  readonly postgresMajorAt?: Path;
  /** Fields of its spec that, once given, cannot be given another value. */
  readonly keeps?: readonly string[];
  /** The fields that hold a duration as Go writes it. */
  readonly durations?: readonly Path[];
  /** Secrets that people make by hand, as it needs them before it makes anything. */
  readonly byHand?: (object: PlacedObject) => readonly string[];
  /** Names of Secrets that it may make, in a namespace that it does not say. */
  readonly mayMake?: (object: PlacedObject, find: Find) => readonly string[];
  /** Whether it may make a Secret of that name beside those that it `makes`, in its namespace or, if it has none, in any. */
  readonly mayMakeToo?: (object: PlacedObject, secret: string) => boolean;
  /** The keys that it gives as a generator of ESO, by its spec; absent: they depend on where it asks. */
  readonly generates?: (spec: JsonObject) => readonly string[];
  /** What came with a version of its product and no schema tells, in a sentence without a full stop. */
  readonly news?: readonly News[];
  /** Its names need not be names of DNS. */
  readonly isNamedFreely?: true;
  /** What it makes may hold characters that mean something in a URL. */
  readonly mayHoldSymbols?: (object: PlacedObject) => boolean;
}

/** What came with a version. */
interface News {
  /** A name of `products.ts`. */
  readonly version: string;
  readonly text: string;
}

/** A secret; settings of a user's own, which may have any name; the name of something. */
export type Content = 'secret' | 'settings' | 'name';

/** Looks an object up by kind, namespace (empty for the cluster's own) and name. */
export type Find = (kind: Kind, namespace: string, name: string) => PlacedObject | undefined;

/** The versions of a kind, the newest first. */
export interface Served {
  readonly versions: readonly string[];
  /** Served still, and announced to go. */
  readonly deprecated?: readonly string[];
  readonly since: string;
  /** The operator whose older versions serve others, by the name of its chart and its image. */
  readonly operator?: { readonly name: string; readonly version: readonly [number, number] };
  /** Groups that had the kind before. */
  readonly formerly?: readonly string[];
}

/** Where pods stand in an object, and how long they run. */
export interface PodPlace {
  readonly path: Path;
  /** Whether they run until something replaces them: a Job's do not. */
  readonly isLasting?: (object: PlacedObject) => boolean;
  /** How many of them its controller wants to run at the moment; undefined: it has not said. */
  readonly wanted?: (live: PlacedObject) => number | undefined;
  /** Whether its API wants them to be restarted always, or not always. */
  readonly restarts?: 'always' | 'not always';
  /** The object's spec is a container too: it has env, envFrom and args. */
  readonly isContainer?: true;
  /** Variables that its containers have besides those written. */
  readonly variables?: readonly string[];
  /** The field of the pod spec that names the ServiceAccount, where it is not serviceAccountName. */
  readonly account?: string;
}

/** What pods are made from, as one value to compare, and the fields of an object that are in it. */
export interface PodSource {
  readonly of: (object: KubeObject) => JsonObject;
  readonly has: (path: Path) => boolean;
}

/** An object of the checked set, and where it stands. */
export interface PlacedObject {
  readonly json: KubeObject;
  readonly group: string;
  readonly kind: string;
  /** What is known of its kind. */
  readonly known: Kind | undefined;
  /** Empty for what belongs to the cluster, and where a namespace is missing. */
  readonly namespace: string;
  readonly name: string;
  /** The number of its file among those that are checked, and its place there. */
  readonly file: number;
  readonly path: Path;
  /** The files that it names, by the names that its kind gives them; one that is not there is none. */
  readonly files?: ReadonlyMap<string, PlacedObject>;
  /** What lies in its repository, of a kind that makes something of it. */
  readonly tree?: RepositoryTree;
  /** The charts of it that Helm has made, as `renderedKey` has them. */
  readonly rendered?: ReadonlySet<string>;
  /** Where it is written, of one that another object brings. */
  readonly written?: Written;
}

/** A field of an object; the path is from the object. */
export interface ObjectField {
  readonly object: PlacedObject;
  readonly path: Path;
}

/** An object that another stands for, and where its fields are written. */
export interface Brought extends Pick<Written, 'placeOf'> {
  readonly object: KubeObject;
}

/** A release of Helm whose chart is a folder of a repository. */
export interface LocalRelease extends Pick<Written, 'placeOf'> {
  readonly local: LocalChart;
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
  /** There are more values than could be read, or what the chart makes is changed afterwards. */
  readonly isPartly: boolean;
}

/** Where the fields of an object that another brings are written: in that one, or in one that it names. */
interface Written {
  /** The object that brings it. */
  readonly by: PlacedObject;
  readonly placeOf: (path: Path) => ObjectField;
}

/** An object as findings name it. */
export function objectName({ kind, namespace, name }: PlacedObject): ObjectName {
  return { kind, ...(namespace !== '' && { namespace }), name };
}

/** What people call the kind of an object. */
export function calledOf({ kind, known }: PlacedObject): string {
  return known?.called ?? kind;
}

/** An object's `spec`, whatever it holds. */
export function specOf({ json }: PlacedObject): JsonObject {
  return mapAt(json, 'spec');
}

/** An annotation of an object, or undefined. */
export function annotationOf({ json }: PlacedObject, name: string): string | undefined {
  return textAt(json, 'metadata', 'annotations', name);
}

/** The keys of a Secret. An open set may hold more than those named. */
export interface KeySet {
  readonly keys: ReadonlySet<string>;
  readonly isOpen: boolean;
}

/** A Secret that an object makes, or some keys of it. */
export interface Made extends KeySet {
  readonly secret: string;
  /** Where it is not in the object's own namespace. */
  readonly namespace?: string;
  /** The field that names the Secret, from the object. */
  readonly path: Path;
  readonly type?: string;
  /** Adds keys to a Secret that something else makes. */
  readonly isMerging?: true;
  /** Makes the Secret where there is none, and leaves to others what they make of it. */
  readonly isShared?: true;
  /** Made for the maker itself: of no interest unless something else reads it. */
  readonly isInternal?: true;
}

/** A Secret that an object does not make, though its like do. */
export interface Omitted {
  readonly secret: string;
  /** What to do. */
  readonly hint: string;
  /** The field that is the reason. */
  readonly path: Path;
}

/** A read of a Secret, of one key or of all. */
export interface Read {
  readonly secret: string;
  /** Where it is not in the object's own namespace. */
  readonly namespace?: string;
  readonly key?: string;
  /** The field with the name, and the one with the key, from the object. */
  readonly path: Path;
  readonly keyPath?: Path;
  readonly isOptional: boolean;
  readonly how: How;
  /** In a namespace that no manifest tells: one of that name is meant, wherever it is. */
  readonly isAnywhere?: true;
  /** Keys that the reader looks for without naming them. */
  readonly needs?: readonly string[];
  /** What reads the key is not known, and may pass over it: the chart of a value. */
  readonly mayPassOver?: true;
  /** The field says that the Secret is there before: the reader's own release does not make it. */
  readonly isGiven?: true;
}

/** `ref`: a field of an operator's object. */
export type How =
  | 'env'
  | 'envFrom'
  | 'volume'
  | 'projected'
  | 'csi'
  | 'pull'
  | 'tls'
  | 'cnpg'
  | 'eso'
  | 'store'
  | 'keda'
  | 'helm'
  | 'ref';

type More = Omit<Partial<Made>, 'secret' | 'keys'>;

/** A Secret that is named after the object that makes it, with all of its keys. */
export function namedAfter(secret: string, keys: Iterable<string>, more: More = {}): Made {
  return { secret, path: ['metadata', 'name'], keys: new Set(keys), isOpen: false, ...more };
}

/** The Secret that a field names, if it names one, with the keys that are known to be all or `isOpen`. */
export function madeAt(
  { json }: { readonly json: KubeObject },
  path: Path,
  keys: Iterable<string>,
  more: More = {},
): Made[] {
  const secret = valueAt(json, path);
  if (typeof secret !== 'string' || secret === '') return [];
  return [namedAfter(secret, keys, { ...more, path })];
}
