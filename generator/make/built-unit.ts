import { andThen, type Outcome, ok } from '../ground/finding.ts';
import type { BuiltObject } from '../ground/kube-object.ts';
import type { Validators } from '../ground/schema/schema-check.ts';
import type { Versions } from '../kinds/products.ts';
import type { Model } from './model/model.ts';
import { resolveEnvironment } from './model/resolve-environment.ts';
import type { SharedCluster } from './model/shared-clusters.ts';
import { isOfStore, type Sharing, withShared } from './model/sharing.ts';
import { sharedVersions } from './model/versions.ts';
import { buildObjects, buildStores } from './objects/build-objects.ts';
import { withDeployerOptions } from './objects/deployer-options.ts';
import { type Injected, nothingInjected } from './objects/injections.ts';
import { inDocument } from './spec/source-path.ts';
import type { Omission, SpecObject } from './spec/spec.ts';

/** What is built and applied as one: an environment, or the cluster that several share. */
export interface BuiltUnit {
  readonly name: string;
  /** An environment that it is of, as the spec calls it; the base is of none. */
  readonly environment: string | undefined;
  readonly objects: readonly BuiltObject[];
  readonly components: readonly string[];
  /** The versions that run where it is applied, as far as the spec tells. */
  readonly versions: Versions;
  /** What came of the entries of `inject`. */
  readonly injected: Injected;
  /** Where its objects are that belong to no other team; a shared cluster has none. */
  readonly namespace?: string;
}

/** An environment's objects, or without one those of the base; a cluster that it shares has its ClusterSecretStores. */
export function environmentUnit(
  spec: SpecObject,
  environment: string | undefined,
  sharing: Sharing,
  validators: Validators,
): Outcome<BuiltUnit> {
  const known = sharing.models.get(environment ?? '');
  const model = known === undefined ? resolveEnvironment(spec, environment) : ok(known);
  return andThen(model, own => {
    const { components, namespace, versions } = own;
    const added = components.flatMap(one => spec.spec.componentObjects?.get(one) ?? []);
    const built = buildObjects(withShared(own, sharing), added, validators);
    if (built.value === undefined) return { faults: inDocument(built.faults, spec, environment) };
    const { objects, injected } = built.value;
    const isOwn = ({ object, path }: BuiltObject): boolean =>
      !isOfStore(path, sharing) || object.metadata.namespace === namespace;
    return ok({
      name: environment ?? 'base',
      environment,
      objects: withDeployerOptions(objects.filter(isOwn), spec.spec),
      components,
      versions,
      injected,
      namespace,
    });
  });
}

/** What a cluster has of its own: its stores, but not their objects in an environment's namespace. */
export function clusterUnit(
  spec: SpecObject,
  { name, environments: [environment] }: SharedCluster,
  { stores, models }: Sharing,
  validators: Validators,
): Outcome<BuiltUnit> {
  const namespaces = new Set([...models.values()].map(({ namespace }) => namespace));
  const marks = marksOf(spec, models);
  const built = buildStores(marks, stores, validators);
  if (built.value === undefined) return { faults: inDocument(built.faults, spec, environment) };
  const objects = built.value.filter(
    ({ object }) => !namespaces.has(object.metadata.namespace ?? ''),
  );
  return ok({
    name,
    environment,
    objects: withDeployerOptions(objects, spec.spec),
    components: [],
    versions: marks.versions,
    injected: nothingInjected,
  });
}

/** What the objects of a cluster are given: what all its environments' are. */
function marksOf(
  spec: SpecObject,
  models: Sharing['models'],
): Pick<Model, 'omit' | 'partOf' | 'versions'> {
  const [first, ...others] = [...models.values()];
  const isOfAll = (mark: Omission): boolean => others.every(({ omit }) => omit.includes(mark));
  const omit = (first?.omit ?? []).filter(isOfAll);
  return { partOf: spec.metadata.name, omit, versions: sharedVersions(models) };
}
