import { coreNamespace } from '../../kinds/core/namespace.ts';
import type { ObjectSource } from '../../read/sets/parse-source.ts';

/** What kustomizations are to each other. */
type Relation = 'environments' | 'one set' | 'several things';

/**
 * Kustomizations are environments of one thing where most have half of their objects in common with each
 * other, by kind and name; those of different things may have an object or two of one name. Where some
 * are and others are not, several things have environments of their own.
 */
export function relationOf(built: readonly ObjectSource[]): Relation {
  const sets = built.map(refsOf).filter(refs => refs.size > 0);
  const alike = sets.map(
    refs => sets.filter(other => other !== refs && isAlike(refs, other)).length,
  );
  const most = Math.max(0, ...alike);
  if (most === 0) return 'one set';
  return (most + 1) * 2 >= sets.length ? 'environments' : 'several things';
}

function isAlike(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  const both = [...a].filter(ref => b.has(ref)).length;
  return both > 0 && both * 2 >= Math.min(a.size, b.size);
}

/** Namespaces differ from environment to environment. */
function refsOf({ objects }: ObjectSource): ReadonlySet<string> {
  return new Set(
    objects
      .filter(({ known }) => known !== coreNamespace)
      .map(({ group, kind, name }) => `${group}/${kind}/${name}`),
  );
}
