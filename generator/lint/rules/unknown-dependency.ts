import { distance } from 'fastest-levenshtein';
import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { nearestTo } from '../../graph/secret-graph.ts';
import { dependenciesOf, WAITING } from '../../kinds/flux/kustomization.ts';
import { displayKind, type PlacedObject } from '../../kinds/kind.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownDependency: Rule = absence('unknown-dependency', function* (graph) {
  const { byKind, outside } = graph;
  for (const kind of WAITING) {
    const all = byKind(kind);
    const waits = all.flatMap(object => dependenciesOf(object).map(wait => ({ object, ...wait })));
    for (const { object, namespace, name, path } of waits) {
      const isSure = namespace !== '' && !isUnresolved(namespace + name);
      const hint = isSure ? hintFor(object, all, { namespace, name }) : undefined;
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
});

type Wait = Pick<PlacedObject, 'namespace' | 'name'>;

function hintFor(object: PlacedObject, all: readonly PlacedObject[], { namespace, name }: Wait) {
  const sameName = all.filter(candidate => candidate.name === name);
  if (sameName.some(candidate => [namespace, ''].includes(candidate.namespace))) return undefined;
  const elsewhere = nearestTo(object, sameName)?.namespace;
  if (elsewhere !== undefined)
    return `There is one in namespace "${elsewhere}": write namespace: ${elsewhere} beside its name.`;
  const here = all.filter(candidate => candidate.namespace === namespace);
  const meant = here.find(candidate => isMisspelt(name, candidate.name));
  return meant && `Did you mean "${meant.name}"?`;
}

/** Whether one letter differs, and no number: names that differ by more are of two programs. */
function isMisspelt(name: string, meant: string): boolean {
  const [a, b] = [name, meant].map(text => text.replaceAll(/\d+/g, ''));
  return name.length > 3 && a !== b && distance(name, meant) === 1;
}
