import { type Fault, type Outcome, outcome } from '../../core/finding.ts';
import { environmentNames, nameTaken } from '../environment.ts';
import { type Members, membersOf, sharedClusters } from '../shared-clusters.ts';
import { type FluxSpec, folderIn, type SpecObject } from '../spec.ts';

/** What the Flux of each cluster is to apply. */
export interface FluxModel {
  /** metadata.name of the spec: the first part of the names of its Kustomizations. */
  readonly name: string;
  /** Absent: the source is there already. */
  readonly repository?: FluxRepository;
  readonly source: { readonly kind: string; readonly name: string; readonly namespace?: string };
  /** The folder of the spec in the source; empty for its root. */
  readonly path: string;
  /** Where the Kustomizations are. */
  readonly namespace: string;
  readonly interval: string;
  readonly timeout: string;
  readonly serviceAccount?: string;
  /** Kustomizations of others that have to be ready before any of this spec. */
  readonly dependsOn: readonly string[];
  /** Whether each environment has a second Kustomization for its workloads, which waits for their Secrets. */
  readonly isSecretsFirst: boolean;
  readonly clusters: Members;
}

/** A Git repository for which a source is made. */
interface FluxRepository {
  readonly url: string;
  readonly branch: string;
  /** The Secret with the credentials for Flux. */
  readonly secret?: string;
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
  return outcome(model, [
    ...sourceFaults(spec),
    ...longNames(document, spec),
    ...ownDependencies(document, spec),
    ...(spec.secretsFirst === true ? sameNames(document) : []),
  ]);
}

function repositoryOf({ repository, branch, secret }: FluxSpec): FluxRepository | undefined {
  if (repository === undefined) return undefined;
  return { url: repository, branch: branch ?? 'main', ...(secret !== undefined && { secret }) };
}

/** The source; by default the one that `flux bootstrap` makes. */
function sourceOf(name: string, home: string, { repository, source }: FluxSpec) {
  if (repository !== undefined) return { kind: 'GitRepository', name };
  const { kind = 'GitRepository', ...others } = source ?? {
    name: BOOTSTRAPPED,
    ...(home !== BOOTSTRAPPED && { namespace: BOOTSTRAPPED }),
  };
  return { kind, ...others };
}

/** The namespace of what `flux bootstrap` makes, and the name of its source. */
const BOOTSTRAPPED = 'flux-system';

/** The ending of the name of a Kustomization with the stores, databases and Secrets of an environment. */
export const SECRETS = '-secrets';

/** A label of every object that Flux applies holds the name of its Kustomization (docs/facts/flux.md#pruning). */
const LONGEST = 63;

function sourceFaults(spec: FluxSpec): Fault[] {
  const isMade = spec.repository !== undefined;
  const idle = isMade ? (['source'] as const) : (['branch', 'secret'] as const);
  return idle
    .filter(field => spec[field] !== undefined)
    .map(field => ({
      id: 'flux-source',
      message: isMade
        ? 'flux names a source that is there, and a repository for which one is made'
        : `flux.${field} is of a repository for which a source is made, and there is none`,
      hint: isMade
        ? 'Take `source` away, or `repository`.'
        : `Give \`repository\` too; a source that is there has its own ${field}.`,
      path: ['spec', 'flux', field],
      isAboutName: true,
    }));
}

/** The names of the Kustomizations of all environments and shared clusters. */
function kustomizationsOf(document: SpecObject, { secretsFirst = false }: FluxSpec) {
  const named = (unit: string, end = ''): { unit: string; whole: string } => ({
    unit,
    whole: `${document.metadata.name}-${unit}${end}`,
  });
  const environments = environmentNames(document);
  return [
    ...(environments.length > 0 ? environments : ['base']).flatMap(name => [
      named(name),
      ...(secretsFirst ? [named(name, SECRETS)] : []),
    ]),
    ...sharedClusters(document).map(({ name }) => named(name)),
  ];
}

function longNames(document: SpecObject, spec: FluxSpec): Fault[] {
  const long = kustomizationsOf(document, spec).filter(({ whole }) => whole.length > LONGEST);
  // One name of each unit is reported, the longest.
  return [...new Map(long.map(one => [one.unit, one])).values()].map(({ unit, whole }) => ({
    id: 'long-name',
    message: `"${whole}" is too long for a Kustomization: Flux labels what it applies with it`,
    hint: `Have it at most ${LONGEST} characters: metadata.name of the spec is its first part.`,
    path: placeOf(document, unit),
    isAboutName: true,
  }));
}

/** Reports a Kustomization of this spec in `dependsOn`: as all of them wait for those, it would wait for itself. */
function ownDependencies(document: SpecObject, spec: FluxSpec): Fault[] {
  const names = kustomizationsOf(document, spec).map(({ whole }) => whole);
  return (spec.dependsOn ?? []).flatMap((name, index) => {
    if (!names.includes(name)) return [];
    return {
      id: 'own-dependency',
      message: `Kustomization "${name}" is one that this spec makes, and would wait for itself`,
      hint: 'Name only what others make, such as that of the operators; the order among those of this spec is worked out.',
      path: ['spec', 'flux', 'dependsOn', index],
    };
  });
}

function placeOf({ spec }: SpecObject, unit: string): Fault['path'] {
  const isEnvironment = spec.environments !== undefined && Object.hasOwn(spec.environments, unit);
  return isEnvironment ? ['spec', 'environments', unit] : ['spec', 'flux'];
}

/** Reports environments that have the name of the Kustomization of another environment's Secrets. */
function sameNames(document: SpecObject): Fault[] {
  const all = environmentNames(document);
  return all
    .filter(name => name.endsWith(SECRETS) && all.includes(name.slice(0, -SECRETS.length)))
    .map(name => {
      const environment = name.slice(0, -SECRETS.length);
      return nameTaken(name, `the Kustomization of the Secrets of "${environment}"`);
    });
}
