import { distance } from 'fastest-levenshtein';
import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { nearestTo } from '../../graph/secret-graph.ts';
import { dependenciesOf, WAITING } from '../../kinds/flux/kustomization.ts';
import { displayKind, type PlacedObject } from '../../kinds/kind.ts';
import { isDeclared } from '../../world/object-set.ts';
import type { Rule } from '../rule.ts';

export const unknownDependency: Rule = {
  id: 'unknown-dependency',
  severity: 'error',
  claimsAbsence: 'anywhere',
  summary: 'What a Flux Kustomization or HelmRelease waits for is not misspelt.',

  *check({ byKind, outside }) {
    for (const kind of WAITING) {
      const all = byKind(kind);
      for (const { object, namespace, name, path } of all.flatMap(namesOf)) {
        const hint = hintFor(all, { object, namespace, name });
        if (hint === undefined || isDeclared(outside, kind.kind, { namespace, name })) continue;
        yield {
          object,
          path,
          message: `there is no ${displayKind(object)} "${name}"${inNamespace(namespace)} to wait for`,
          hint,
          absent: { namespace, name },
        };
      }
    }
  },
};

/** Something that an object waits for. */
type Wait = ReturnType<typeof dependenciesOf>[number] & { readonly object: PlacedObject };

function namesOf(object: PlacedObject): Wait[] {
  return dependenciesOf(object)
    .filter(({ namespace, name }) => namespace !== '' && !isUnresolved(namespace + name))
    .map(dependency => ({ ...dependency, object }));
}

/**
 * Which one is meant; undefined: it is there, or is like none that was read, and may be another
 * repository's. One without a namespace may get any.
 */
function hintFor(
  all: readonly PlacedObject[],
  { object, namespace, name }: Omit<Wait, 'path'>,
): string | undefined {
  const alike = all.filter(other => other.name === name);
  if (alike.some(other => [namespace, ''].includes(other.namespace))) return undefined;
  const other = nearestTo(object, alike);
  if (other !== undefined)
    return `There is one in namespace "${other.namespace}": write namespace: ${other.namespace} beside its name.`;
  const near = all.find(one => one.namespace === namespace && isMisspelt(name, one.name));
  return near && `Did you mean "${near.name}"?`;
}

/** Names that differ by one letter, and not by a number: two are as far apart as those of two programs. */
function isMisspelt(name: string, meant: string): boolean {
  const [a, b] = [name, meant].map(text => text.replaceAll(/\d+/g, ''));
  return name.length > 3 && a !== b && distance(name, meant) === 1;
}
