import type { JsonObject } from '../../ground/json.ts';
import type { Named } from './named.ts';

/** What a spec says of those who apply its tree; the types of the fields, as in `spec.ts`. */
export interface DeployerSpecs {
  readonly argocd?: ArgocdSpec;
  readonly flux?: FluxSpec;
}

export interface ArgocdSpec {
  readonly repository: string;
  readonly revision?: string;
  readonly path?: string;
  readonly project?: string;
  readonly namespace?: string;
  readonly clusters: Named<string>;
  readonly operators?: Named<OperatorSpec>;
  readonly applicationSets?: ApplicationSetsSpec | boolean;
}

export interface FluxSpec {
  readonly repository?: string;
  readonly branch?: string;
  readonly secret?: string;
  readonly source?: FluxSourceSpec;
  readonly path?: string;
  readonly namespace?: string;
  readonly interval?: string;
  readonly timeout?: string;
  readonly serviceAccount?: string;
  readonly dependsOn?: readonly string[];
  readonly secretsFirst?: boolean;
}

interface FluxSourceSpec {
  readonly kind?: 'Bucket' | 'GitRepository' | 'OCIRepository';
  readonly name: string;
  readonly namespace?: string;
}

export interface ApplicationSetsSpec {
  readonly namespaces?: readonly string[];
  readonly steps?: readonly StepSpec[];
}

interface StepSpec {
  readonly name: string;
  readonly environments?: readonly string[];
  readonly maxUpdate?: number | string;
}

interface OperatorSpec {
  readonly version?: string;
  readonly namespace?: string;
  readonly values?: JsonObject;
}

/** The folder of the spec in its repository, as the spec says it, without what means nothing; empty for the root. */
export function folderIn(path = ''): string {
  return path.replace(/^(\.?\/){1,100}|^\.$|\/{1,100}$/g, '');
}
