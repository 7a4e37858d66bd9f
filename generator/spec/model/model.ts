import type { Path, Report } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { KubeObject } from '../../core/kube-object.ts';
import { knownNames } from '../../core/names.ts';
import {
  type Operand,
  type Pipeline,
  parseTemplate,
  type TemplateNode,
} from '../../core/template/parse.ts';
import { numberedText, templateReads } from '../../core/template/reads.ts';
import { hosts, POSTGRES_PORT } from '../../kinds/cnpg/cluster.ts';
import type { KeySet } from '../../kinds/kind.ts';
import type { Versions } from '../../kinds/products.ts';
import type { Injection, Omission, Patches, PostgresUrlSpec, Spec, WorkloadKind } from '../spec.ts';

/**
 * The fetched keys that an ESO template (v2, Go text/template) uses; undefined when the text alone
 * does not tell, as where it goes through all of them.
 */
export function templateKeys(template: string): readonly string[] | undefined {
  const { reads, isOpen } = templateReads(parseTemplate(template).nodes);
  return isOpen ? undefined : [...new Set(reads.map(({ key }) => key))].sort();
}

/** A key with a dash after a dot, which Go templates do not parse: `{{ .api-key }}`. */
export function dashedKey(template: string): string | undefined {
  return parseTemplate(template).fault?.dashed;
}

/** `urlquery` alone turns a space into "+" (docs/facts/eso.md#passwords-in-urls). */
const escaped = (key: string): string => `{{ .${key} | urlquery | replace "+" "%20" }}`;

/** Where a URL leads that has no host or database of its own. */
export interface UrlTarget {
  readonly host: string;
  readonly database: string;
}

/** The template of a PostgreSQL connection URL whose user and password may hold any character. */
export function postgresUrl(spec: PostgresUrlSpec, target: UrlTarget | undefined): string {
  const host = spec.host ?? target?.host ?? '{{ .host }}';
  const port = spec.port ?? POSTGRES_PORT;
  const name = spec.database ?? target?.database;
  const database = name === undefined ? '{{ .dbname }}' : encodeURIComponent(name);
  const parameters = Object.entries(spec.parameters ?? {}).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  const query = parameters.length === 0 ? '' : `?${parameters.join('&')}`;
  const user = `${escaped('username')}:${escaped('password')}`;
  return `${spec.scheme ?? 'postgresql'}://${user}@${host}:${port}/${database}${query}`;
}

/** The keys that such a template uses. */
export function urlKeys(spec: PostgresUrlSpec, target: UrlTarget | undefined): readonly string[] {
  return [
    'username',
    'password',
    ...(spec.host === undefined && target === undefined ? ['host'] : []),
    ...(spec.database === undefined && target === undefined ? ['dbname'] : []),
  ];
}

/** Functions that leave the characters of a text alone. */
const PASSING = new Set(
  'default index lower print quote squote toString trim trimAll trimPrefix trimSuffix upper'.split(
    ' ',
  ),
);

/** The keys that a template puts as they are where a URL has its password. */
export function rawUrlPasswords(nodes: readonly TemplateNode[]): string[] {
  const { text, keys } = numberedText(nodes, isPassing);
  return [...text.matchAll(/:\/\/[^\s/@:]*:\0(\d+)\0@/g)].flatMap(
    ([, index]) => keys[Number(index)] ?? [],
  );
}

function isPassing({ commands }: Pipeline): boolean {
  return commands.flat().every(passes);
}

function passes(operand: Operand): boolean {
  return operand.kind !== 'group' && (operand.kind !== 'function' || PASSING.has(operand.name));
}

/** The primary and the database that a Secret's login leads to, when it is one of the spec's. */
export function urlTarget(
  from: string | undefined,
  { logins, namespace }: SecretContext,
): UrlTarget | undefined {
  const login = from === undefined ? undefined : logins.get(from);
  if (login === undefined) return undefined;
  const { host = '' } = hosts(login.cnpgCluster, namespace);
  return { host, database: login.database };
}

/** How a reference to a Secret is looked up, and reported when it leads nowhere. */
export interface SecretLookup {
  readonly report: Report;
  /** A Secret by name, resolved first if need be; undefined when there is none. */
  readonly lookUp: (name: string) => KnownSecret | undefined;
  /** Names of all Secrets, for hints. */
  readonly names: () => Iterable<string>;
}

/** Where a Secret with a PostgreSQL login leads. */
export interface PostgresLogin {
  readonly cnpgCluster: string;
  readonly database: string;
  /** The role, where the spec gives CNPG the login; CNPG's own Secrets are right by themselves. */
  readonly username?: string;
}

/** What the Secrets of an environment are resolved against. */
export interface SecretContext extends SecretLookup {
  readonly spec: Spec;
  readonly namespace: string;
  /** Secrets with a PostgreSQL login, whoever makes them, by name. */
  readonly logins: ReadonlyMap<string, PostgresLogin>;
}

/** Reports a Secret or key that does not exist. */
export function checkSecret(
  reference: { readonly secret: string; readonly key?: string; readonly isKeyName?: boolean },
  path: Path,
  keyPath: Path,
  { lookUp, names, report }: SecretLookup,
): void {
  const { secret: name, key, isKeyName = false } = reference;
  const secret = lookUp(name);
  if (secret === undefined) {
    const hint = `${knownNames('secrets', name, names())} One that another team makes is declared with \`external\`.`;
    report({ id: 'unknown-secret', message: `there is no secret "${name}"`, hint, path });
  } else if (key !== undefined && !secret.isOpen && !secret.keys.has(key)) {
    report({
      id: 'unknown-secret-key',
      message: `secret "${name}" has no key "${key}"`,
      hint: knownNames(`keys of "${name}"`, key, secret.keys),
      path: keyPath,
      ...(isKeyName && { isAboutName: true }),
      related: [{ note: `"${name}" comes from here`, path: secret.path }],
    });
  }
}

/** What one environment's spec means: defaults filled in, every name resolved. */
export interface Model {
  /** metadata.name of the spec: the label app.kubernetes.io/part-of. */
  readonly partOf: string;
  readonly namespace: string;
  readonly stores: readonly StoreModel[];
  readonly databases: readonly DatabaseModel[];
  readonly secrets: readonly SecretModel[];
  readonly pushes: readonly PushModel[];
  readonly workloads: readonly WorkloadModel[];
  readonly resources: readonly ResourceModel[];
  /** The versions that run where it is applied, as far as they are told. */
  readonly versions: Versions;
  /** What workloads that others write are to have. */
  readonly inject: Injection['spec'];
  /** What its objects are made without. */
  readonly omit: readonly Omission[];
  /** Kustomize components that are switched on, in order. */
  readonly components: readonly string[];
}

/** What every entry of the spec has: its name, its place, and its patches by kind. */
export interface SpecEntry {
  readonly name: string;
  readonly path: Path;
  readonly patch: Patches;
}

/** A Secret that exists once everything is applied, whoever makes it. */
export interface KnownSecret extends KeySet {
  readonly path: Path;
  /** The spec's database that makes it, if one does. */
  readonly database?: string;
}

export interface StoreModel extends SpecEntry {
  readonly kind: 'ClusterSecretStore' | 'SecretStore';
  /** undefined: another team makes it. */
  readonly provider: Provider | undefined;
  /** The namespaces that use it, sorted. */
  readonly namespaces: readonly string[];
}

export type Provider =
  | ({ readonly type: 'kubernetes' } & KubernetesProvider)
  | {
      readonly type: 'given';
      readonly provider: JsonObject;
      /** The spec has it in ESO's own terms. */
      readonly isVerbatim: boolean;
    };

export interface KubernetesProvider {
  readonly remoteNamespace: string;
  readonly server: string;
  readonly serviceAccount: string;
  /** Where the ServiceAccount is: ESO looks for a SecretStore's in the store's own namespace. */
  readonly home: string;
  /** The Secrets that are read, sorted; undefined when a find may read any. */
  readonly reads: readonly string[] | undefined;
}

export interface DatabaseModel extends SpecEntry {
  readonly database: string;
  readonly owner: string;
  readonly storage: { readonly size: string; readonly storageClass?: string };
  readonly instances: number;
  readonly image: string | undefined;
  readonly ownerSecret: string | undefined;
  readonly isSuperuserEnabled: boolean;
  readonly superuserSecret: string | undefined;
  readonly extraDatabases: readonly ExtraDatabase[];
  readonly roles: readonly JsonObject[];
  readonly backup: Backup | undefined;
  readonly poolers: readonly Pooler[];
  /** Secrets it needs before it starts. */
  readonly needs: readonly string[];
}

export interface ExtraDatabase {
  readonly name: string;
  readonly owner: string;
  readonly reclaimPolicy: string;
}

export interface Backup {
  readonly destinationPath: string;
  readonly schedule: string | undefined;
  readonly retentionPolicy: string | undefined;
  readonly endpointURL: string | undefined;
  /** Absent: the IAM role of the instances. */
  readonly accessKey: AccessKey | undefined;
}

/** An access key of object storage: the keys of a Secret that hold its parts. */
export interface AccessKey {
  readonly secret: string;
  readonly id: string;
  readonly key: string;
}

/** PgBouncer before a database. */
export interface Pooler {
  readonly name: string;
  readonly type: string;
  readonly instances: number;
  readonly mode: string;
  readonly parameters: Readonly<Record<string, string>> | undefined;
}

/** A Secret that this spec makes through an ExternalSecret. */
export interface SecretModel extends SpecEntry {
  /** The name of the ExternalSecret. */
  readonly externalSecret: string;
  readonly storeRef: { readonly kind: string; readonly name: string } | undefined;
  readonly refreshInterval: string;
  readonly refreshPolicy: string | undefined;
  readonly creationPolicy: string;
  readonly deletionPolicy: string;
  readonly immutable: boolean | undefined;
  readonly template: JsonObject | undefined;
  readonly data: readonly FetchedData[];
  readonly dataFrom: readonly JsonObject[];
  readonly generator: { readonly kind: string; readonly spec: JsonObject } | undefined;
  /** Secrets of this namespace it reads through a kubernetes store. */
  readonly reads: readonly string[];
  /** Secrets it reads through a kubernetes store, in whichever namespace that looks. */
  readonly remoteReads: readonly string[];
  /** Extra databases that its templates name. */
  readonly extraDatabases: readonly string[];
}

/** What a Secret writes into a store. */
export interface PushModel extends SpecEntry {
  readonly secret: string;
  readonly storeRef: { readonly kind: string; readonly name: string };
  readonly refreshInterval: string;
  readonly updatePolicy: string;
  readonly deletionPolicy: string;
  readonly data: readonly JsonObject[];
}

/** Objects of one's own, each in its namespace. */
export interface ResourceModel extends SpecEntry {
  readonly objects: readonly KubeObject[];
  /** What they are made without, beside what all are. */
  readonly omit: readonly Omission[];
}

export interface FetchedData {
  readonly secretKey: string;
  readonly remoteRef: JsonObject;
}

export interface WorkloadModel extends SpecEntry {
  readonly kind: WorkloadKind;
  readonly image: string | undefined;
  readonly replicas: number | undefined;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly health: string | undefined;
  readonly command: readonly string[] | undefined;
  readonly args: readonly string[] | undefined;
  readonly env: readonly EnvVar[];
  /** Variables that come first, in this order. */
  readonly envOrder: readonly string[];
  readonly envFrom: readonly JsonObject[];
  readonly mounts: readonly Mount[];
  /** The labels that select its pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Its pods are not root, and have no API token and no variables of Services. */
  readonly isHardened: boolean;
  /** One that is there already. */
  readonly serviceAccount: string | undefined;
  /** Of the one that is made. */
  readonly accountAnnotations: Readonly<Record<string, string>> | undefined;
  readonly imagePullSecrets: readonly string[];
  readonly resources: JsonObject | undefined;
  readonly schedule: string | undefined;
  readonly mode: string | undefined;
  readonly config: JsonObject | undefined;
  /** Secrets it reads, sorted. */
  readonly reads: readonly string[];
  /** Databases and Poolers whose fields it uses, as `refOf` writes them, sorted. */
  readonly databases: readonly string[];
  /** Variables that envFrom brings. */
  readonly envFromKeys: KeySet;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: JsonObject;
}

export interface Mount {
  readonly path: string;
  readonly volume: Readonly<Record<string, Json>>;
}
