import { type Fault, type Outcome, outcome } from '../../ground/finding.ts';
import { isSame } from '../../ground/json.ts';
import { knownNames } from '../../ground/suggest.ts';
import { sharedClusters } from '../../make/model/shared-clusters.ts';
import { environmentNames } from '../../make/model/unit-names.ts';
import { mergeEnvironment } from '../../make/spec/merge-environment.ts';
import { inDocument } from '../../make/spec/source-path.ts';
import type { IamFormatName, IamSpec, Spec, SpecObject } from '../../make/spec/spec.ts';
import { defaultSettings, type IamSettings, withSaid } from './settings.ts';

/** The environments of a spec that one External Secrets serves, as they are in one cluster. */
export interface SpecCluster {
  /** The environment, or the cluster that several share. */
  readonly name: string;
  /** Sorted; `base` for a spec that has none. */
  readonly environments: readonly string[];
  readonly settings: IamSettings;
  /** What expand writes; none without `iam`. */
  readonly formats: readonly IamFormatName[];
}

/** The clusters of a spec, with what it says of their IAM. */
export function specClusters(spec: SpecObject): Outcome<SpecCluster[]> {
  const faults: Fault[] = [];
  const clusters = clustersOf(spec).map(({ name, environments }): SpecCluster => {
    const merged = environments.map(environment => ({
      environment,
      spec: mergeEnvironment(spec, environment === 'base' ? undefined : environment),
    }));
    for (const one of merged)
      faults.push(...inDocument(keyFaults(one.spec), spec, one.environment));
    const [first, ...others] = merged;
    for (const other of others)
      if (!isSame(other.spec.iam, first?.spec.iam))
        faults.push(...inDocument([differs(name)], spec, other.environment));
    const iam = first?.spec.iam;
    const settings = settingsOf(`${spec.metadata.name}-${name}`, iam ?? {});
    return { name, environments, settings, formats: iam === undefined ? [] : formatsOf(iam) };
  });
  return outcome(clusters, faults);
}

function formatsOf({ formats = ['terraform'] }: IamSpec): readonly IamFormatName[] {
  return [...formats].sort();
}

function clustersOf(spec: SpecObject): Pick<SpecCluster, 'name' | 'environments'>[] {
  const shared = sharedClusters(spec);
  const inShared = new Set(shared.flatMap(({ environments }) => [...environments]));
  const alone = environmentNames(spec).filter(name => !inShared.has(name));
  const all = [...alone.map(name => ({ name, environments: [name] })), ...shared];
  return all.length > 0 ? all : [{ name: 'base', environments: ['base'] }];
}

function settingsOf(prefix: string, iam: IamSpec): IamSettings {
  const { account, cluster, oidcProvider, trust, serviceAccount, keys = {} } = iam;
  const defaults = defaultSettings(prefix);
  return withSaid(defaults, {
    ...{ account, cluster, oidcProvider, trust },
    controller: { ...defaults.controller, ...serviceAccount },
    keys: new Map(Object.entries(keys)),
  });
}

function keyFaults({ iam, stores = {} }: Spec): Fault[] {
  const known = Object.keys(stores);
  return Object.keys(iam?.keys ?? {})
    .filter(store => !known.includes(store))
    .map(store => ({
      id: 'unknown-store',
      message: `there is no store "${store}"`,
      hint: knownNames('stores', store, known),
      path: ['iam', 'keys', store],
      isAboutName: true,
    }));
}

function differs(cluster: string): Fault {
  return {
    id: 'shared-iam',
    message: `"iam" differs between environments that share cluster "${cluster}"`,
    hint: 'One External Secrets serves them all, with one role: give them the same.',
    path: ['iam'],
  };
}
