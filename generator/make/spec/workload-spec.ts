import type { JsonObject } from '../../ground/json.ts';
import type { Named, Patches } from './named.ts';

/** The kinds of workload that a spec can name; what each makes of it: objects/workloads.ts. */
export type WorkloadKind =
  | 'Deployment'
  | 'StatefulSet'
  | 'DaemonSet'
  | 'Job'
  | 'CronJob'
  | 'OpenTelemetryCollector';

/* The workloads of a spec, as its JSON Schema lets them through (spec.ts). */

export interface WorkloadSpec {
  readonly kind?: WorkloadKind;
  readonly image?: string;
  readonly replicas?: number;
  readonly port?: number;
  readonly ports?: Named<number>;
  readonly health?: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Named<string | EnvSpec>;
  readonly envOrder?: readonly string[];
  readonly envFrom?: readonly (string | EnvFromSpec)[];
  readonly mounts?: Named<MountSpec>;
  readonly selector?: Named<string>;
  readonly serviceAccount?: string | { readonly annotations?: Named<string> };
  readonly imagePullSecrets?: readonly string[];
  readonly resources?: { readonly requests?: Named<string>; readonly limits?: Named<string> };
  readonly schedule?: string;
  readonly mode?: string;
  readonly config?: JsonObject;
  readonly patch?: Patches;
}

export interface EnvSpec {
  readonly secret?: string;
  readonly key?: string;
  readonly optional?: boolean;
  readonly database?: string;
  readonly field?: string;
  readonly pooler?: string;
  readonly configMap?: string;
  readonly valueFrom?: JsonObject;
}

export interface EnvFromSpec {
  readonly secret?: string;
  readonly configMap?: string;
  readonly prefix?: string;
  readonly optional?: boolean;
}

export interface MountSpec {
  readonly secret?: string;
  readonly configMap?: string;
  readonly keys?: Named<string>;
  readonly optional?: boolean;
}
