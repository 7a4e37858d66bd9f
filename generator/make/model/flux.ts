import { type Outcome, outcome } from '../../ground/finding.ts';
import { type Members, membersOf } from '../spec/cluster-of.ts';
import { type FluxSpec, folderIn } from '../spec/deployer-spec.ts';
import type { SpecObject } from '../spec/spec.ts';
import { fluxFaults } from './flux-faults.ts';

/** What Flux is to apply, and where: each cluster has a Flux of its own. */
export interface FluxModel {
  /** metadata.name of the spec: the first part of the names of its Kustomizations. */
  readonly name: string;
  /** Undefined: the source is there already. */
  readonly repository?: FluxRepository;
  readonly source: FluxSource;
  /** The folder of the spec in the source; empty for its root. */
  readonly path: string;
  /** Where the Kustomizations are. */
  readonly namespace: string;
  readonly interval: string;
  readonly timeout: string;
  readonly serviceAccount?: string;
  /** Kustomizations that are there already, and have to be ready before any of ours. */
  readonly dependsOn: readonly string[];
  /** Whether workloads have a Kustomization of their own, which waits for their Secrets. */
  readonly isSecretsFirst: boolean;
  readonly clusters: Members;
}

/** A Git repository for which a source is made. */
interface FluxRepository {
  readonly url: string;
  readonly branch: string;
  /** What lets Flux in. */
  readonly secret?: string;
}

/** What a Kustomization reads its folder from. */
interface FluxSource {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** The spec's `flux` section → what it means. Reports names that Flux could not give. */
export function resolveFlux(document: SpecObject, spec: FluxSpec): Outcome<FluxModel> {
  const { name } = document.metadata;
  const repository = repositoryOf(spec);
  const { serviceAccount, namespace = BOOTSTRAPPED } = spec;
  const model: FluxModel = {
    name,
    ...(repository !== undefined && { repository }),
    source: sourceOf(name, namespace, spec),
    path: folderIn(spec.path),
    namespace,
    interval: spec.interval ?? '10m',
    timeout: spec.timeout ?? '10m',
    ...(serviceAccount !== undefined && { serviceAccount }),
    dependsOn: spec.dependsOn ?? [],
    isSecretsFirst: spec.secretsFirst ?? false,
    clusters: membersOf(document),
  };
  return outcome(model, fluxFaults(document, spec));
}

function repositoryOf({ repository, branch, secret }: FluxSpec): FluxRepository | undefined {
  if (repository === undefined) return undefined;
  return { url: repository, branch: branch ?? 'main', ...(secret !== undefined && { secret }) };
}

/** Without another it is the source that `flux bootstrap` makes. */
function sourceOf(name: string, home: string, { repository, source }: FluxSpec): FluxSource {
  if (repository !== undefined) return { kind: 'GitRepository', name };
  const { kind = 'GitRepository', ...others } = source ?? {
    name: BOOTSTRAPPED,
    ...(home !== BOOTSTRAPPED && { namespace: BOOTSTRAPPED }),
  };
  return { kind, ...others };
}

/** The namespace of what `flux bootstrap` makes, and the name of its source. */
const BOOTSTRAPPED = 'flux-system';
