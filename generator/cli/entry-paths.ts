import { identityOf, type KubeObject } from '../objects/kube-object.ts';
import type { Target } from '../pipeline.ts';
import type { Path } from '../source/finding.ts';
import { documentPath } from '../spec/source-path.ts';
import type { SpecObject } from '../spec/spec.ts';

/** The entry of the spec that an object comes from; undefined for what people wrote beside it. */
export function entryPaths(
  spec: SpecObject,
  { name, objects }: Target,
): (object: KubeObject) => Path | undefined {
  const entries = new Map(objects.map(({ object, path }) => [identityOf(object), path]));
  return object => {
    const path = entries.get(identityOf(object));
    return path && documentPath(spec, name, path);
  };
}
