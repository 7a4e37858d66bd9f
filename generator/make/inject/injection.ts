import type { JsonObject } from '../../ground/json.ts';
import type { Named } from '../spec/named.ts';
import type { EnvFromSpec, EnvSpec, MountSpec } from '../spec/workload-spec.ts';

/** A RemSecretsInjection, as its JSON Schema lets it through. */
export interface Injection {
  /** What it has put into a workload is recorded under its name; without one nothing is. */
  readonly metadata?: { readonly name: string };
  readonly spec: {
    readonly workloads?: Named<InjectionEntry>;
    /** By `Kind.group`. */
    readonly shapes?: Named<ShapeSpec>;
  };
}

/** What some workloads are to have. */
export interface InjectionEntry {
  readonly target: Target;
  readonly env?: Named<string | InjectedEnv>;
  readonly envFrom?: readonly (string | InjectedEnvFrom)[];
  /** By directory. */
  readonly mounts?: Named<InjectedMount>;
  /** Reloader restarts the workload for what the entry reads. */
  readonly reload?: boolean;
  /** Variables that are there with another value are replaced. */
  readonly replace?: boolean;
}

/** The workloads that fit all that is said. */
export interface Target {
  readonly kind?: string;
  readonly group?: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly labels?: Named<string>;
  readonly containers?: readonly string[];
}

/** A variable by reference. */
export type InjectedEnv = Pick<EnvSpec, 'secret' | 'configMap' | 'key' | 'optional' | 'valueFrom'>;

/** A source of many variables; `first`: those that are there win over it. */
export interface InjectedEnvFrom extends EnvFromSpec {
  readonly first?: boolean;
}

/** Files; `volume` is the source of a volume in Kubernetes' own terms. */
export interface InjectedMount extends MountSpec {
  readonly volume?: JsonObject;
}

/** Where the containers and volumes of a kind are, by paths such as `spec.containers[*]`. */
export interface ShapeSpec {
  readonly containers: readonly ContainerSpec[];
  readonly volumes?: string;
}

/** Where containers are; the other paths are from each of them on. */
export interface ContainerSpec {
  readonly path: string;
  readonly init?: boolean;
  readonly name?: string;
  readonly env?: string;
  readonly envFrom?: string;
  readonly volumeMounts?: string;
}
