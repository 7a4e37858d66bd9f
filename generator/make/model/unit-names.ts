import type { Fault, Path } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import { clusterNameOf } from '../spec/cluster-of.ts';
import type { SpecObject } from '../spec/spec.ts';
import { sharedClusters } from './shared-clusters.ts';

/** The environments' names, sorted. */
export function environmentNames({ spec }: SpecObject): string[] {
  return Object.keys(spec.environments ?? {}).sort();
}

/** Everything that can be built by name: the environments and the shared clusters. */
export function unitNames(spec: SpecObject): string[] {
  return [...environmentNames(spec), ...sharedClusters(spec).map(({ name }) => name)];
}

/** Two things that would be built under one name. */
export function nameFaults(spec: SpecObject): Fault[] {
  const environments = environmentNames(spec);
  const twice = sharedClusters(spec)
    .filter(({ name }) => environments.includes(name))
    .map(({ name }) => ({
      id: 'duplicate-target',
      message: `"${name}" is an environment and a cluster that several environments share`,
      hint: 'Each is built under its name: give one of them another.',
      path: ['spec', 'environments', name],
      isAboutName: true,
    }));
  return [...twice, ...idleClusters(spec, environments)];
}

/** What the spec says of clusters in which no environment runs. */
function idleClusters(spec: SpecObject, environments: readonly string[]): Fault[] {
  const known = new Set(environments.map(name => clusterNameOf(spec, name)));
  const idle = Object.keys(spec.spec.clusters ?? {}).filter(name => !known.has(name));
  return idle.map(name => ({
    id: 'idle-cluster',
    message: `no environment runs in cluster "${name}", and what is said of it does nothing`,
    hint: knownNames('clusters of the environments', name, known),
    path: ['spec', 'clusters', name],
    isAboutName: true,
  }));
}

/** No unit has the name that stands at `path`, or no name does. */
export function unknownEnvironment(
  name: string | undefined,
  known: readonly string[],
  path: Path,
): Fault {
  return {
    id: 'unknown-environment',
    message: name === undefined ? 'no environment is chosen' : `there is no environment "${name}"`,
    hint: knownNames('environments', name ?? '', known),
    path,
  };
}
