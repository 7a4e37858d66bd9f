import type { Path, Report, TextField } from '../../core/finding.ts';
import type { JsonObject } from '../../core/json.ts';
import type { BuiltObject, KubeObject } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { Versions } from '../../kinds/products.ts';
import type { PlacedField } from '../own-fields.ts';
import type {
  AccessKeySpec,
  BackupSpec,
  DatabaseSpec,
  Injection,
  Named,
  Omission,
  SecretSpec,
  Spec,
  StoreSpec,
  WorkloadKind,
  WorkloadSpec,
} from '../spec.ts';

/** What one environment's spec means: defaults filled in, every name resolved. */
export interface Model {
  /** metadata.name of the spec: the label app.kubernetes.io/part-of. */
  readonly partOf: string;
  readonly namespace: string;
  /** Labels and annotations of all objects that are made. Pods get the labels too. */
  readonly labels: Named<string>;
  readonly annotations: Named<string>;
  readonly stores: readonly StoreModel[];
  readonly databases: readonly DatabaseModel[];
  readonly secrets: readonly SecretModel[];
  readonly pushes: readonly PushModel[];
  readonly workloads: readonly WorkloadModel[];
  readonly configMaps: readonly ConfigMapModel[];
  readonly resources: readonly ResourceModel[];
  /** The Secrets that CNPG makes for its databases, and other operators for its resources. */
  readonly madeSecrets: readonly MadeSecret[];
  readonly versions: Versions;
  readonly inject: Injection['spec'];
  readonly omit: readonly Omission[];
  readonly components: readonly string[];
}

/** What every entry of the spec has: its name, its place, and its patches by kind. */
export interface SpecEntry {
  readonly name: string;
  readonly path: Path;
  readonly patch: Named<JsonObject>;
  readonly labels: Named<string>;
  readonly annotations: Named<string>;
}

export type Entry<T> = SpecEntry & { readonly spec: T };

type Marks = Partial<Pick<SpecEntry, 'patch' | 'labels' | 'annotations'>>;

/** The entries of a section, each with its patches, labels and annotations. */
export function entriesOf<T extends Marks>(section: string, entries: Named<T> = {}): Entry<T>[] {
  return Object.entries(entries).map(([name, spec]) => {
    const { patch = {}, labels = {}, annotations = {} } = spec;
    return { name, path: [section, name], patch, labels, annotations, spec };
  });
}

/** An object of an entry, and the parts of it that the spec writes as Kubernetes does. */
export interface EntryObject extends Pick<BuiltObject, 'object' | 'patch' | 'isHashed'> {
  /** Secrets whose makers must be there and ready before it. */
  readonly reads?: readonly string[];
  /** What else must be, as `refOf` writes it. */
  readonly needs?: readonly string[];
  readonly ownTerms?: readonly OwnTerm[];
}

/** A path in the object → a path in the entry. */
export type OwnTerm = readonly [inObject: Path, inEntry: Path];

export function term(inObject: Path, inEntry: Path): OwnTerm {
  return [inObject, inEntry];
}

export interface StoreModel extends Entry<StoreSpec> {
  readonly kind: 'ClusterSecretStore' | 'SecretStore';
  /** The settings of ESO's provider; undefined: another team makes the store. */
  readonly provider: JsonObject | undefined;
  /** What lets it read Secrets of the cluster. */
  readonly access?: StoreAccess | undefined;
  /** The namespaces that use it, sorted. */
  readonly namespaces: readonly string[];
  readonly fields: readonly PlacedField[];
}

export interface StoreAccess {
  readonly remoteNamespace: string;
  readonly serviceAccount: string;
  /** Where the ServiceAccount is: ESO looks for a SecretStore's in the store's own namespace. */
  readonly home: string;
  /** The Secrets that are read, sorted; undefined when a find may read any. */
  readonly reads: readonly string[] | undefined;
}

export interface DatabaseModel extends Entry<DatabaseSpec> {
  readonly database: string;
  readonly owner: string;
  readonly fields: readonly PlacedField[];
  readonly bootstrap: JsonObject | undefined;
  readonly backup: Backup | undefined;
  readonly externalClusters: readonly ExternalCluster[];
  readonly hasOwnTerms: boolean;
}

export interface Backup {
  /** Undefined: it has only snapshots of its volumes. */
  readonly archive: Archive | undefined;
  readonly fields: JsonObject;
}

export interface Archive {
  readonly path: Path;
  readonly spec: Pick<BackupSpec, 'external' | 'inTree' | 'retentionPolicy' | 'serverName'>;
  readonly store: string;
  /** Undefined: another entry makes the ObjectStore. */
  readonly configuration: JsonObject | undefined;
  readonly storeFields: JsonObject;
  readonly accessKey: Required<AccessKeySpec> | undefined;
}

/** A Cluster that a database is recovered from, copied from or follows. */
export interface ExternalCluster {
  readonly name: string;
  readonly path: Path;
  readonly archive: Archive | undefined;
  readonly fields: JsonObject;
}

export interface SecretModel extends Entry<SecretSpec> {
  readonly externalSecret: string;
  readonly storeRef: StoreRef | undefined;
  readonly fetched: Fetched;
  readonly template: JsonObject | undefined;
}

export type StoreRef = Readonly<Record<'kind' | 'name', string>>;

/** What an ExternalSecret fetches before any template. */
export interface Fetched {
  readonly data: readonly { readonly secretKey: string; readonly remoteRef: JsonObject }[];
  readonly dataFrom: readonly JsonObject[];
  readonly generator: KubeObject | undefined;
  /** Secrets of this namespace that are read through a kubernetes store. */
  readonly reads: readonly string[];
  /** Secrets that are read through a kubernetes store, in the namespace where the store looks. */
  readonly remoteReads: readonly string[];
  readonly keys: KeySet;
}

export type PushModel = SpecEntry & { readonly made: EntryObject };

/** A workload: its pods, and what else is made of its entry. */
export interface WorkloadModel extends Entry<WorkloadSpec> {
  readonly kind: WorkloadKind;
  readonly fields: readonly PlacedField[];
  readonly init: readonly ContainerModel[];
  readonly container: ContainerModel;
  readonly sidecars: readonly ContainerModel[];
  readonly volumes: readonly JsonObject[];
  readonly claims: readonly KubeObject[];
  /** The claims that a StatefulSet makes for each pod. */
  readonly claimTemplates: readonly JsonObject[];
  readonly security: JsonObject;
  readonly selector: Named<string>;
  readonly podLabels: Named<string>;
  readonly service: EntryObject | undefined;
  /** Its pods have no API token and no variables of Services. */
  readonly isHardened: boolean;
  /** Argo CD applies it in an order, and a Job anew. */
  readonly isOrdered: boolean;
}

/** A container as pods have it, and what its variables are put in order with. */
export interface ContainerModel {
  readonly path: Path;
  readonly object: JsonObject & { readonly name: string };
  readonly envOrder: readonly string[];
  readonly envFromKeys: KeySet;
}

/** A volume with a name, and where the workload's own container mounts it. */
export interface VolumeModel {
  readonly name: string;
  /** The volume of the pod; undefined: that of a claim template, which the StatefulSet adds. */
  readonly source: JsonObject | undefined;
  readonly claim?: KubeObject;
  readonly template?: JsonObject;
  readonly mounts: readonly JsonObject[];
  /** It has the files of a Secret or ConfigMap. */
  readonly isReadOnly: boolean;
}

export interface ConfigMapModel extends SpecEntry {
  readonly data: Named<string>;
  readonly made: EntryObject;
}

export interface ResourceModel extends SpecEntry {
  readonly objects: readonly KubeObject[];
  /** What these objects are made without, besides the omissions of the spec. */
  readonly omit: readonly Omission[];
}

/** A Secret that exists once everything is applied, whoever makes it. */
export type KnownSecret = KeySet & { readonly path: Path };

/** A Secret with one of the objects that make it, as `refOf` writes that. */
export type MadeSecret = KnownSecret & Readonly<Record<'name' | 'maker', string>>;

/** A Secret that two objects make, with the keys of both. */
export function withKeysOf(before: KnownSecret | undefined, added: KnownSecret): KnownSecret {
  if (before === undefined) return added;
  const keys = new Set([...before.keys, ...added.keys]);
  return { ...before, keys, isOpen: before.isOpen || added.isOpen };
}

export interface PostgresLogin {
  readonly cnpgCluster: string;
  readonly database: string;
  /** The role, for a login that the spec gives to CNPG. Secrets that CNPG makes need no check. */
  readonly username?: string;
}

export interface SecretContext extends SecretLookup {
  readonly spec: Spec;
  readonly namespace: string;
  /** Secrets with a PostgreSQL login, whoever makes them, by name. */
  readonly logins: ReadonlyMap<string, PostgresLogin>;
}

/** How a reference to a Secret is looked up, and reported when it leads nowhere. */
export interface SecretLookup {
  readonly report: Report;
  /** A Secret by name, resolved first if need be; undefined when there is none. */
  readonly lookUp: (name: string) => KnownSecret | undefined;
  readonly names: () => Iterable<string>;
}

interface SecretReference {
  readonly secret: string;
  readonly path: Path;
  readonly keys?: readonly (TextField & { readonly key: string })[];
}

/** Reports a Secret that is not there, or the keys that it does not have. */
export function checkSecret(
  { secret: name, path, keys = [] }: SecretReference,
  { lookUp, names, report }: SecretLookup,
): void {
  const secret = lookUp(name);
  if (secret === undefined) {
    const hint = `${knownNames('secrets', name, names())} One that another team makes is declared with \`external\`.`;
    report({ id: 'unknown-secret', message: `there is no secret "${name}"`, hint, path });
  } else if (!secret.isOpen)
    for (const { key, ...place } of keys.filter(entry => !secret.keys.has(entry.key))) {
      const message = `secret "${name}" has no key "${key}"`;
      const hint = knownNames(`keys of "${name}"`, key, secret.keys);
      const related = [{ note: `"${name}" comes from here`, path: secret.path }];
      report({ id: 'unknown-secret-key', message, hint, ...place, related });
    }
}

/** Reports a value with no source, or with several. */
export function checkSources(sources: Named<unknown>, path: Path, report: Report): void {
  const present = Object.keys(sources).filter(source => sources[source] !== undefined);
  if (present.length === 1) return;
  const message = `this has ${present.length === 0 ? 'no source' : present.join(' and ')}`;
  const hint = `Give it exactly one of: ${Object.keys(sources).join(', ')}.`;
  report({ id: 'value-source', message, hint, path });
}

/** Reports fields that an entry's kind does not take, but other kinds do. `words` has hints for some of the fields. */
export function checkKindFields(
  spec: object,
  kind: string,
  kindsOf: (field: string) => readonly string[],
  path: Path,
  report: Report,
  words: Named<string> = {},
): void {
  for (const field of Object.keys(spec)) {
    const kinds = kindsOf(field);
    if (kinds.length === 0 || kinds.includes(kind)) continue;
    const message = `kind ${kind} has no use for "${field}"`;
    const word = words[field];
    const advice = word === undefined ? `Remove ${field}` : `Write ${word}`;
    const hint = `${advice}. Kinds that take it: ${kinds.join(', ')}.`;
    report({ id: 'unused-field', message, hint, path: [...path, field], isAboutName: true });
  }
}
