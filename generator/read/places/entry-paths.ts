import type { Path } from '../../ground/finding.ts';
import { identityOf, type KubeObject } from '../../ground/kube-object.ts';
import type { BuiltUnit } from '../../make/built-unit.ts';
import { documentPath } from '../../make/spec/source-path.ts';
import type { SpecObject } from '../../make/spec/spec.ts';

/** The entry of the spec that an object comes from; undefined for what people wrote beside it. */
export function entryPaths(
  spec: SpecObject,
  { name, objects }: BuiltUnit,
): (object: KubeObject) => Path | undefined {
  const entries = new Map(objects.map(({ object, path }) => [identityOf(object), path]));
  return object => {
    const path = entries.get(identityOf(object));
    return path && documentPath(spec, name, path);
  };
}
