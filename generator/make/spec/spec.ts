import type { JsonObject } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { ProductName } from '../../kinds/products.ts';
import type { InjectionEntry, ShapeSpec, Target } from '../inject/injection.ts';
import type { ShortForms } from '../model/providers.ts';
import type { DatabaseSpec } from './database-spec.ts';
import type { DeployerSpecs } from './deployer-spec.ts';
import type { Named, Patches } from './named.ts';
import type { PushSpec, SecretSpec } from './secret-spec.ts';
import type { EnvSpec, WorkloadSpec } from './workload-spec.ts';

/*
 * The spec as its JSON Schema (schemas/rem-secrets.schema.json) lets it through. The schema
 * explains each field; here stand only their types. Null entries are gone: `merge-environment.ts`
 * takes them out.
 */

export interface SpecObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Spec &
    DeployerSpecs & {
      readonly environment?: string;
      /** What is the same in all environments of a cluster. */
      readonly clusters?: Named<Spec | null>;
      readonly environments?: Named<Spec | null>;
      /** Files that are among `environments` by now: put in by what reads the spec (read/environment-files.ts). */
      readonly environmentsFrom?: string | readonly string[];
      /** What components add, where something is injected: put in by what reads the spec (read/component-objects.ts). */
      readonly componentObjects?: ComponentObjects;
    };
}

/** The objects that components add, by the components' names. */
export type ComponentObjects = ReadonlyMap<string, readonly KubeObject[]>;

/** The base, or the base with an environment merged over it. */
export interface Spec {
  readonly namespace?: string;
  readonly cluster?: string;
  readonly cnpgVersion?: string;
  readonly versions?: VersionsSpec;
  readonly stores?: Named<StoreSpec>;
  readonly databases?: Named<DatabaseSpec>;
  readonly secrets?: Named<SecretSpec>;
  readonly push?: Named<PushSpec>;
  readonly workloads?: Named<WorkloadSpec>;
  readonly resources?: Named<ResourceSpec>;
  readonly inject?: Named<InjectSpec>;
  /** By `Kind.group`. */
  readonly shapes?: Named<ShapeSpec>;
  readonly omit?: readonly Omission[];
  readonly components?: readonly string[];
  readonly iam?: IamSpec;
  readonly runbook?: RunbookSpec;
}

/** Versions as people write them: YAML reads 1.30 as a number. */
type VersionsSpec = Readonly<Partial<Record<ProductName, string | number>>>;

interface RunbookSpec {
  readonly formats?: readonly RunbookFormatName[];
}

/** For a forge to show, a file an environment; or one page for a browser. */
export type RunbookFormatName = 'html' | 'markdown';

export interface IamSpec {
  readonly formats?: readonly IamFormatName[];
  readonly account?: string;
  readonly cluster?: string;
  readonly oidcProvider?: string;
  readonly trust?: 'PodIdentity' | 'IRSA';
  readonly serviceAccount?: { readonly name?: string; readonly namespace?: string };
  readonly keys?: Named<readonly string[]>;
}

/** A tool that makes IAM, or the policies alone. */
export type IamFormatName =
  | 'ack'
  | 'cloudformation'
  | 'crossplane'
  | 'eksctl'
  | 'json'
  | 'terraform';

/** What objects are made without. */
export type Omission = 'emptyTemplates' | 'hardening' | 'labels' | 'namespace' | 'syncWaves';

export interface ResourceSpec {
  readonly file?: string;
  /** What the file holds: put in by what reads the spec (read/resource-files.ts). */
  readonly objects?: readonly JsonObject[];
  readonly object?: JsonObject;
  readonly scope?: 'Cluster' | 'Namespaced';
  readonly omit?: readonly ('labels' | 'syncWaves')[];
  readonly patch?: Patches;
}

/** What some of the workloads that others write are to have. */
export interface InjectSpec extends Omit<InjectionEntry, 'env' | 'target'> {
  readonly target?: Target;
  readonly env?: Named<string | EnvSpec>;
}

export interface StoreSpec extends ShortForms {
  readonly kind?: 'ClusterSecretStore' | 'SecretStore';
  readonly kubernetes?: {
    readonly remoteNamespace?: string;
    readonly server?: string;
    readonly serviceAccount?: string;
  };
  readonly provider?: JsonObject;
  readonly external?: boolean;
  readonly patch?: Patches;
}
