import type { Fault, Path } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { SpecObject } from '../spec/spec.ts';
import { sharedClusters } from './shared-clusters.ts';

/** The environments' names, sorted. */
export function environmentNames({ spec }: SpecObject): string[] {
  return Object.keys(spec.environments ?? {}).sort();
}

/** Everything that can be built by name: the environments and the shared clusters. */
export function targetNames(spec: SpecObject): string[] {
  return [...environmentNames(spec), ...sharedClusters(spec).map(({ name }) => name)];
}

/** Two things that would be built under one name. */
export function nameFaults(spec: SpecObject): Fault[] {
  const environments = environmentNames(spec);
  return sharedClusters(spec)
    .filter(({ name }) => environments.includes(name))
    .map(({ name }) => ({
      id: 'duplicate-target',
      message: `"${name}" is an environment and a cluster that several environments share`,
      hint: 'Each is built under its name: give one of them another.',
      path: ['spec', 'environments', name],
      isAboutName: true,
    }));
}

/** No target has the name that stands at `path`, or no name does. */
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
