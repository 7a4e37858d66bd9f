import type { Pickup } from '../../graph/pickup.ts';
import type { ObjectName } from '../../ground/finding.ts';

/** What people need to run an environment: names, never values. */
export interface Runbook {
  /** The environment, or `manifests`. */
  readonly name: string;
  /** What kustomize builds; absent: the manifests were named one by one. */
  readonly overlay?: string;
  /** Sorted by namespace and name. */
  readonly secrets: readonly RunbookSecret[];
  /** What is read from AWS by name. */
  readonly entries: readonly RunbookEntry[];
  /** Of AWS and all others. */
  readonly stores: readonly ObjectName[];
  /** CNPG Clusters. */
  readonly databases: readonly ObjectName[];
  readonly namespaces: readonly string[];
  /** The API groups that operators bring. */
  readonly groups: readonly string[];
  /** What `kubectl rollout` takes. */
  readonly workloads: readonly Rollout[];
  readonly phoenixes: readonly Phoenix[];
}

/** Pods that can be restarted. */
export interface Rollout {
  readonly namespace: string;
  /** `deployment/name`. */
  readonly target: string;
}

/** How a Secret comes to be; `absent`: nothing that was read makes it. */
export type Pattern =
  | 'database'
  | 'fetched'
  | 'transformed'
  | 'generated'
  | 'manual'
  | 'made'
  | 'absent';

export interface RunbookSecret {
  readonly namespace: string;
  readonly name: string;
  readonly keys: readonly string[];
  /** There are more keys, whose names no manifest tells. */
  readonly isOpen: boolean;
  readonly pattern: Pattern;
  /** Absent: people make it. */
  readonly maker?: ObjectName;
  /** The ExternalSecret that makes it. */
  readonly external?: string;
  /** How often that fetches it, if it does so again and again. */
  readonly interval?: string;
  /** It goes when the values in the store go (`deletionPolicy: Delete`). */
  readonly isDeleted: boolean;
  readonly sources: readonly Source[];
  readonly readers: readonly RunbookReader[];
}

/** A store, or the generator, that values come from. */
export interface Source extends ObjectName {
  /** The names of the entries there. */
  readonly keys: readonly string[];
}

export interface RunbookReader extends ObjectName {
  /** Of its pods, that keys end in. */
  readonly variables: readonly string[];
  readonly pickup: Pickup;
  readonly rollout?: Rollout;
}

/** An entry of AWS. */
export interface RunbookEntry {
  readonly name: string;
  readonly service: 'ParameterStore' | 'SecretsManager';
  /** Absent: it is not filled in. */
  readonly region?: string;
  /** The account that the store reads; absent: no manifest tells. */
  readonly account?: string;
  /** A customer's key that encrypts it; absent: AWS' own, or it is not known which. */
  readonly key?: string;
  /** Of its JSON; none: the value is taken as it is. */
  readonly properties: readonly string[];
  readonly stores: readonly ObjectName[];
  /** The ExternalSecrets that fetch it, and their Secrets. */
  readonly secrets: readonly RunbookSecret[];
}

/** A Phoenix whose API keys other programs of the set may need (docs/facts/phoenix.md#api-keys). */
export interface Phoenix {
  readonly namespace: string;
  /** What `kubectl port-forward` takes. */
  readonly target: string;
  readonly port: string;
  /** The Secret with the key `PHOENIX_ADMIN_SECRET`. */
  readonly adminSecret?: string;
  /** It has the variable already. */
  readonly isAdmin: boolean;
  /** Where the API key goes. */
  readonly entries: readonly RunbookEntry[];
}
