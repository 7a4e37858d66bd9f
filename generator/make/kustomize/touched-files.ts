import { type Outcome, ok } from '../../ground/finding.ts';
import { sharedClusters } from '../model/shared-clusters.ts';
import { environmentNames, unitNames, unknownEnvironment } from '../model/unit-names.ts';
import { clusterNameOf } from '../spec/cluster-of.ts';
import type { SpecObject } from '../spec/spec.ts';

/**
 * Which files of the tree are an environment's, or shared: all but those in a folder, or of a name, of
 * another environment or of a cluster that it does not run in. An overlay of a name that the spec
 * does not know is not its either.
 */
export function touchedFiles(
  spec: SpecObject,
  environment: string,
): Outcome<(path: string) => boolean> {
  const known = environmentNames(spec);
  if (!known.includes(environment))
    return { faults: [unknownEnvironment(environment, known, ['spec', 'environments'])] };
  const clusters = sharedClusters(spec).filter(({ environments }) =>
    environments.includes(environment),
  );
  const own = new Set([environment, ...clusters.map(({ name }) => name)]);
  const home = clusterNameOf(spec, environment);
  const others = new Set(unitNames(spec).filter(name => !own.has(name)));
  return ok(path => {
    const [folder, file = ''] = path.split('/');
    const name = file.replace(/\.\w+$/, '');
    if (folder === 'flux') return file === home;
    return folder === 'overlays' ? own.has(name) : !others.has(name);
  });
}
