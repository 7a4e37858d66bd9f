import { coreNamespace } from '../../kinds/core/namespace.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';

/**
 * Whether kustomizations are environments of one thing: two of them have half of their objects in common,
 * by kind and name. Those of different things may have an object or two of one name.
 */
export function areOverlays(built: readonly ObjectSource[]): boolean {
  const sets = built.map(refsOf).filter(refs => refs.size > 0);
  return sets.some((refs, index) =>
    sets.slice(index + 1).some(other => {
      const both = [...refs].filter(ref => other.has(ref)).length;
      return both > 0 && both * 2 >= Math.min(refs.size, other.size);
    }),
  );
}

/** Namespaces differ from environment to environment. */
function refsOf({ items }: ObjectSource): ReadonlySet<string> {
  return new Set(
    items
      .filter(({ known }) => known !== coreNamespace)
      .map(({ group, kind, name }) => `${group}/${kind}/${name}`),
  );
}
