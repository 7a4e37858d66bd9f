import type { ObjectName, Path } from '../core/finding.ts';
import type { Json, JsonObject } from '../core/json.ts';
import { isSame, listAt, mapAt, textAt, textsUnder, valueAt, words } from '../core/json.ts';
import type { KubeObject } from '../core/kube-object.ts';
import type {
  AppliedFolder,
  BackupPlace,
  BackupPlan,
  DataFate,
  InstalledRelease,
  LocalChart,
  RepositoryTree,
  Retention,
  Unknown,
} from './facets.ts';

/** What we know of a kind of objects. Its functions look at one object, and at those that `find` gives them. */
export interface Kind {
  /** The API group; empty for Kubernetes' core. */
  readonly group: string;
  readonly kind: string;
  /** What people call it, where several groups have a kind of this name: `Flux Kustomization`. */
  readonly displayName?: string;
  /** It is cluster-scoped: its objects have no namespace. */
  readonly isOfCluster?: true;
  /** No other group has a kind of this name, so a manifest with a removed or wrong group means this kind. */
  readonly isUnmistakable?: true;
  /** Its names need not be DNS names. */
  readonly isNamedFreely?: true;
  readonly served?: Served;
  /** Changes that came with a version of its product and that no schema shows, as sentences without a full stop. */
  readonly news?: readonly { readonly version: string; readonly text: string }[];

  readonly makes?: (object: PlacedObject, find: Find) => readonly Made[];
  readonly reads?: (object: PlacedObject) => readonly Read[];

  readonly secrets?: {
    /** Whether a Secret that it no longer makes stays: always, as long as the object stays, or unless owned. Absent: it is deleted. */
    readonly remain?: 'always' | 'while it stays' | 'unless owned';
    /** Where the annotations are written that its Secrets get. */
    readonly annotationsAt?: (object: PlacedObject) => Path;
    /** Secrets that one would expect it to make, and that it does not make. */
    readonly omits?: (object: PlacedObject) => readonly Omitted[];
    /** Whether it may make a Secret of this name that `makes` does not list: in its namespace, or in any if it has none. */
    readonly mayMake?: (object: PlacedObject, secret: string) => boolean;
    /** Names of Secrets that it may make in a namespace that the object does not show. */
    readonly possibleNames?: (object: PlacedObject, find: Find) => readonly string[];
    /** Its reads of Secrets that people create by hand, as it needs them before anything can be made. */
    readonly byHand?: (object: PlacedObject) => readonly Read[];
    /** Those of them without which nothing is applied, so that no operator of the repository can make them. */
    readonly beforeAll?: (object: PlacedObject) => readonly Read[];
    /** It picks up a Secret that appears later, so it need not be applied after the Secret. */
    readonly isOrderFree?: true;
    /** The keys that it makes as a generator of ESO, by its spec. Absent: they depend on the ExternalSecret. */
    readonly generatedKeys?: (spec: JsonObject) => readonly string[];
    /** Whether its values may hold characters that have a meaning in a URL. */
    readonly mayHoldSymbols?: (object: PlacedObject) => boolean;
    /** Whether this field decides the values in a Secret that it makes, or that comes from it as a store. Absent: every field does. */
    readonly isValueSource?: (path: Path, secret: string) => boolean;
    /** What decides the value of a key that it makes: compared, and never shown. */
    readonly valueSource?: (object: KubeObject, key: string) => unknown;
    /** Whether every encrypted text differs, as after encryption with another key: the values may be the same. */
    readonly isReencrypted?: (before: KubeObject, after: KubeObject) => boolean;
  };
  readonly provides?: {
    readonly services?: (object: PlacedObject) => readonly string[];
    readonly configMaps?: (object: PlacedObject) => readonly string[];
    readonly accounts?: (object: PlacedObject) => readonly string[];
  };
  readonly fields?: {
    /** The field below which a short name can be a host; `none`: no text of the object is a host. */
    readonly hosts?: Path | 'none';
    readonly sendsToServices?: true;
    /** The field with the configuration of a program, whose texts are read as the arguments of a container are. */
    readonly configuration?: Path;
    /** Fields whose texts may be shown, by names without indexes, with `*` for any: `spec.bootstrap.*.database`. */
    readonly shows?: readonly string[];
    /** The kind of value at a path, for paths whose field names do not show it. */
    readonly contentAt?: (path: Path) => Content | undefined;
    /** Names of fields that hold secrets, here and in charts that pass such fields on. */
    readonly secretNames?: readonly string[];
    /** Secret values may be written in it, or it only repeats values that are written elsewhere. */
    readonly isPlainTextAllowed?: true;
    /** Fields of its spec that are durations: `refreshInterval`. */
    readonly durations?: readonly string[];
  };
  readonly changes?: ChangeFacts;
  readonly pods?: PodFacts;
  readonly data?: {
    /** Data, or all access to data, is lost when it is deleted, so people should be asked first. */
    readonly isPrecious?: true;
    /** What happens to its data when it is deleted; undefined: it keeps none. */
    readonly fate?: (object: PlacedObject, find: Find) => DataFate | undefined;
    /** What happens to the data of volumes and buckets whose claim is deleted, as a reclaimPolicy says. */
    readonly reclaimFate?: (object: PlacedObject) => DataFate;
    /** Whether another object of the kind refers to the same data, which then survives the deletion of this one. */
    readonly isSame?: (object: PlacedObject, sibling: PlacedObject) => boolean;
    /** The plan by which it makes backups again and again. */
    readonly backupPlan?: (object: PlacedObject) => BackupPlan | undefined;
    /** How many backups it keeps, or for how long. */
    readonly retentions?: (object: PlacedObject) => readonly Retention[];
    readonly backupPlace?: (object: PlacedObject, find: Find) => BackupPlace | undefined;
    /** The field with the major version of PostgreSQL that it runs: another version is an upgrade of its data. */
    readonly postgresMajorAt?: Path;
  };
  readonly applies?: {
    readonly folders?: (object: PlacedObject) => readonly AppliedFolder[];
    /** Objects that it stands for: the values of a release stand for the pods of its chart. */
    readonly objects?: (object: PlacedObject, find: Find) => readonly Brought[];
    /** The Helm releases that it installs; it uninstalls one whose name changes. */
    readonly releases?: (object: PlacedObject, find: Find) => readonly InstalledRelease[];
    /** The Helm releases whose charts are folders of a repository, so that Helm can render them here. */
    readonly localReleases?: (object: PlacedObject, find: Find) => readonly LocalRelease[];
    /** Values files that it names: relative to its own folder, or with a `/` in front to the root of its repository. */
    readonly valueFiles?: (object: PlacedObject) => readonly string[];
    /** Files and folders that what it makes depends on, and that are not read, from the root of its repository. */
    readonly contents?: (object: PlacedObject, find: Find) => readonly string[];
    /** What it makes depends on the files in its repository. */
    readonly needsRepository?: true;
    /** Where it may make objects that no manifest shows. */
    readonly unknowns?: (object: PlacedObject, find: Find) => readonly Unknown[];
  };
}

/** A secret, the settings of a program (which may have any names), or the name of something. */
export type Content = 'secret' | 'settings' | 'name';

export interface ChangeFacts {
  /** The changed fields that the API server does not let change. */
  readonly fixed?: (before: KubeObject, after: KubeObject) => readonly Path[];
  /** Fields of its spec that cannot change once they have a value. */
  readonly fixedOnceSet?: readonly string[];
  /** The fields that say where its content is read from: a URL, a branch, a path. */
  readonly origins?: (object: KubeObject) => readonly Path[];
  /** The object without its defaults, or with what controllers fill in, where no schema says so. */
  readonly normalForm?: (object: JsonObject) => JsonObject;
}

export interface PodFacts {
  readonly path: Path;
  /** Its spec is a container too, with env, envFrom and args. */
  readonly isContainer?: true;
  /** Variables that its containers have besides those that are written. */
  readonly variables?: readonly string[];
  /** The field of the pod spec that names the ServiceAccount, where it is not serviceAccountName. */
  readonly account?: string;
  /** Whether its pods run until something replaces them: those of a Job do not. */
  readonly isLasting?: (object: PlacedObject) => boolean;
  /** Whether its API demands the restartPolicy Always, or any other. */
  readonly restarts?: 'always' | 'not always';
  /** How many pods its controller wants to run now; undefined: its status does not say. */
  readonly desiredCount?: (live: PlacedObject) => number | undefined;
  /** What `kubectl rollout restart` takes, where it can restart them. */
  readonly rolloutTarget?: (object: PlacedObject) => string | undefined;
  readonly source?: PodSource;
}

/** What its pods are made from: a change of it replaces them. */
export interface PodSource {
  readonly of: (object: KubeObject) => JsonObject;
  /** Whether a field is part of it. */
  readonly has: (path: Path) => boolean;
}

/** The versions of a kind, the newest first. */
export interface Served {
  readonly versions: readonly string[];
  /** Removed versions: the newest accepts all that they accepted. */
  readonly alike?: readonly string[];
  readonly deprecated?: readonly string[];
  readonly since: string;
  /** The first version of the operator that serves these, by the name of its chart and image. */
  readonly operator?: {
    readonly name: string;
    readonly version: readonly [number, number];
    /** The version at most that an object has OLM install; undefined: it installs something else. */
    readonly subscribed?: (object: PlacedObject) => readonly [number, number] | undefined;
  };
  /** Groups that the kind was in before. */
  readonly formerly?: readonly string[];
}

/** Looks an object up by kind, namespace (empty for a cluster-scoped kind) and name. */
export type Find = (kind: Kind, namespace: string, name: string) => PlacedObject | undefined;

/** An object of the checked set, with its kind, its name and its place in a file. */
export interface PlacedObject {
  readonly json: KubeObject;
  readonly group: string;
  readonly kind: string;
  /** Its entry in our list of kinds; undefined for a kind that is not there. */
  readonly knownKind: Kind | undefined;
  /** Empty for a cluster-scoped object, or where the namespace is missing. */
  readonly namespace: string;
  readonly name: string;
  /** The number of its file among those that are checked; `path` is its place in the file. */
  readonly file: number;
  readonly path: Path;
  /** The files that exist of those that `valueFiles` of its kind names. */
  readonly files?: ReadonlyMap<string, PlacedObject>;
  readonly tree?: RepositoryTree;
  /** The `renderedKey` of each of its charts that Helm rendered. */
  readonly rendered?: ReadonlySet<string>;
  /** Where its fields are written, if another object stands for it. */
  readonly written?: Written;
}

interface Written {
  /** The object that stands for it. */
  readonly by: PlacedObject;
  readonly placeOf: (path: Path) => ObjectField;
}

/** A field of an object; the path is from the object. */
export interface ObjectField {
  readonly object: PlacedObject;
  readonly path: Path;
}

/** An object that another one stands for, and where its fields are written. */
export interface Brought extends Pick<Written, 'placeOf'> {
  readonly object: KubeObject;
  /** The kind that people know it by, if that is another. */
  readonly called?: string | undefined;
}

/** A Helm release whose chart is a folder of a repository. */
export interface LocalRelease extends Pick<Written, 'placeOf'> {
  readonly local: LocalChart;
  readonly name: string;
  readonly namespace: string;
  readonly values: JsonObject;
  /** Not all of its values could be read, or its objects are changed after Helm made them. */
  readonly isPartly: boolean;
}

/** Keys of a Secret. An open set may have more than `keys`. */
export interface KeySet {
  readonly keys: ReadonlySet<string>;
  readonly isOpen: boolean;
}

export interface Made extends KeySet {
  readonly secret: string;
  readonly namespace?: string | undefined;
  readonly path: Path;
  readonly type?: string | undefined;
  /** Adds keys to a Secret that something else makes. */
  readonly isMerging?: boolean;
  /** Makes the Secret only where there is none, so another maker of it is no conflict. */
  readonly isShared?: boolean;
  /** What the maker asks another system for: of several makers with the same request, only one gets the Secret. */
  readonly request?: string | undefined;
  /** For the maker's own use, so it is no fault that nothing reads it. */
  readonly isInternal?: boolean;
}

/** A Secret that an object does not make, though others of its kind do. */
export interface Omitted {
  readonly secret: string;
  readonly hint: string;
  readonly path: Path;
}

export interface Read {
  readonly secret: string;
  readonly namespace?: string | undefined;
  readonly key?: string | undefined;
  /** The field with the name, and the one with the key, from the object. */
  readonly path: Path;
  readonly keyPath?: Path | undefined;
  readonly isOptional: boolean;
  readonly how: How;
  /** No manifest says the namespace: the Secret may be in any. */
  readonly isAnywhere?: boolean;
  /** Keys that the reader looks for without naming them. */
  readonly needs?: readonly string[] | undefined;
  /** The reader is an unknown chart, which may not use this key. */
  readonly mayPassOver?: boolean;
  /** The reader is of an unknown kind: we know of the read by the form of the field alone. */
  readonly isByShape?: boolean;
  /** The field says that the Secret exists already (`existingSecret`), so the reader's release does not make it. */
  readonly isGiven?: boolean;
}

type HowOfPod = 'env' | 'envFrom' | 'volume' | 'projected' | 'csi' | 'pull';

/** What reads the Secret; `ref` is a field of an operator's object. */
export type How = HowOfPod | 'tls' | 'cnpg' | 'eso' | 'store' | 'keda' | 'helm' | 'ref';

type MoreOfMade = Partial<Omit<Made, 'secret' | 'keys'>>;

/** A Secret that is named after the object that makes it, with all of its keys. */
export function namedAfter(secret: string, keys: Iterable<string>, more: MoreOfMade = {}): Made {
  return { secret, path: ['metadata', 'name'], keys: new Set(keys), isOpen: false, ...more };
}

/** The Secret that a field names, if it names one. With `isOpen` it may have more keys than these. */
export function madeAt(
  { json }: Pick<PlacedObject, 'json'>,
  path: Path,
  keys: Iterable<string>,
  more: MoreOfMade = {},
): Made[] {
  const secret = valueAt(json, path);
  return typeof secret === 'string' && secret !== ''
    ? [namedAfter(secret, keys, { ...more, path })]
    : [];
}

/** Services whose names are that of their object with these ends. */
export function servicesWith(...ends: readonly string[]): (object: PlacedObject) => string[] {
  return ({ name }) => ends.map(end => name + end);
}

/** Kinds of a group (names with blanks between them): `*` marks a cluster-scoped one, `>` one that sends requests to Services by name, `!` a name that no other group has. */
export function kindsOf(group: string, names: string, facts: Partial<Kind> = {}): Kind[] {
  return words(names).map(name => ({
    ...facts,
    group,
    kind: name.replaceAll(/[*!>]/g, ''),
    ...(name.startsWith('*') && { isOfCluster: true }),
    ...(name.startsWith('!') && { isUnmistakable: true }),
    ...(name.endsWith('>') && { fields: { sendsToServices: true } }),
  }));
}

/** A kind of Kubernetes that is served as v1 since a release. */
export function ofKubernetes(
  group: string,
  kind: string,
  since: string,
): Required<Pick<Kind, 'group' | 'kind' | 'served'>> {
  return { group, kind, served: { versions: ['v1'], since: `Kubernetes ${since}` } };
}

/** `fixed` for a kind of which these fields cannot change (kubernetes 1.36, validation.go of each group). */
export function fixedAt(...paths: readonly Path[]): NonNullable<ChangeFacts['fixed']> {
  return (before, after) => changedPaths(paths, before, after);
}

/** The paths at which two objects differ. The order of a list counts, as it does for the API server. */
export function changedPaths(paths: readonly Path[], before: unknown, after: unknown): Path[] {
  return paths.filter(path => !isSame(valueAt(before, path) as Json, valueAt(after, path) as Json));
}

/** An object as findings name it. */
export function objectName({ kind, namespace, name }: PlacedObject): ObjectName {
  return { kind, ...(namespace !== '' && { namespace }), name };
}

export function displayKind({ kind, knownKind }: PlacedObject): string {
  return knownKind?.displayName ?? kind;
}

/** Objects of one identity are one object in a cluster, whatever their versions are. */
export function objectIdentity({ group, kind, namespace, name }: PlacedObject): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** An object's `spec`; empty where it is no map. */
export function specOf({ json }: PlacedObject): JsonObject {
  return mapAt(json, 'spec');
}

export function annotationOf({ json }: PlacedObject, name: string): string | undefined {
  return textAt(json, 'metadata', 'annotations', name);
}

/** A condition that a controller set on an object (k8s.io/apimachinery, metav1.Condition); `since` as RFC 3339. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly since: string | undefined;
}

/** A condition of an object in a cluster; undefined: no controller has set it. */
export function conditionOf({ json }: PlacedObject, type: string): Condition | undefined {
  const found = listAt(json, 'status', 'conditions').find(entry => textAt(entry, 'type') === type);
  if (found === undefined) return undefined;
  const [status = '', reason = '', message = ''] = textsUnder(found, 'status', 'reason', 'message');
  return { type, status, reason, message, since: textAt(found, 'lastTransitionTime') };
}
