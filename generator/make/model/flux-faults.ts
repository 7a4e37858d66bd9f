import type { Fault } from '../../ground/finding.ts';
import type { FluxSpec } from '../spec/deployer-spec.ts';
import type { SpecObject } from '../spec/spec.ts';
import { sharedClusters } from './shared-clusters.ts';
import { environmentNames } from './unit-names.ts';

/** What the Kustomization of an environment's stores, databases and Secrets is called, after the environment. */
export const SECRETS = '-secrets';

/** A label of every object that Flux applies holds the name of its Kustomization (docs/facts/flux.md#pruning). */
const LONGEST = 63;

/** What is wrong with the `flux` section, and with the names of what it makes. */
export function fluxFaults(document: SpecObject, spec: FluxSpec): Fault[] {
  return [
    ...sourceFaults(spec),
    ...longNames(document, spec),
    ...ownDependencies(document, spec),
    ...(spec.secretsFirst === true ? sameNames(document) : []),
  ];
}

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

/** A Kustomization by its name, and the environment or shared cluster that it applies. */
interface Applying {
  readonly unit: string;
  readonly whole: string;
}

/** All but the one that applies the others. What clusters share has no stage of its own before it. */
function kustomizationsOf(document: SpecObject, { secretsFirst = false }: FluxSpec): Applying[] {
  const named = (unit: string, end = ''): Applying => ({
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
  // The longest of a unit's tells enough.
  return [...new Map(long.map(one => [one.unit, one])).values()].map(({ unit, whole }) => ({
    id: 'long-name',
    message: `"${whole}" is too long for a Kustomization: Flux labels what it applies with it`,
    hint: `Have it at most ${LONGEST} characters: metadata.name of the spec is its first part.`,
    path: placeOf(document, unit),
    isAboutName: true,
  }));
}

/** Each of ours has all that is in `dependsOn` before it: one of ours there would wait for itself. */
function ownDependencies(document: SpecObject, spec: FluxSpec): Fault[] {
  const made = kustomizationsOf(document, spec).map(({ whole }) => whole);
  return (spec.dependsOn ?? []).flatMap((name, index) => {
    if (!made.includes(name)) return [];
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

/** Environments that are called like the Kustomization of another's Secrets. */
function sameNames(document: SpecObject): Fault[] {
  const all = environmentNames(document);
  return all
    .filter(name => name.endsWith(SECRETS) && all.includes(name.slice(0, -SECRETS.length)))
    .map(name => ({
      id: 'duplicate-target',
      message: `"${name}" is an environment, and what the Kustomization of the Secrets of "${name.slice(0, -SECRETS.length)}" is called`,
      hint: 'Give the environment another name.',
      path: ['spec', 'environments', name],
      isAboutName: true,
    }));
}
