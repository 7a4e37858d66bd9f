import { distance } from 'fastest-levenshtein';
import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { nearestTo } from '../../graph/secret-graph.ts';
import { configMap } from '../../kinds/core/secret.ts';
import { dependenciesOf, settingsOf, sourcesOf, WAITING } from '../../kinds/flux/references.ts';
import { ociRepository } from '../../kinds/flux/sources.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownDependency: Rule = absence('unknown-dependency', function* (graph) {
  for (const object of WAITING.flatMap(graph.byKind)) {
    const references = [dependenciesOf, sourcesOf, settingsOf].flatMap(of => of(object));
    for (const { kind, namespace, name, path, use } of references) {
      const isSure = namespace !== '' && !isUnresolved(namespace + name);
      const hint = isSure ? hintFor(object, graph.byKind(kind), { namespace, name }) : undefined;
      if (hint === undefined || isDeclared(graph.outside, kind.kind, { namespace, name })) continue;
      yield {
        object,
        path,
        message: `there is no ${kind.displayName ?? kind.kind} "${name}"${inNamespace(namespace)} to ${use}`,
        hint,
        absent: { namespace, name, notBy: object },
      };
    }
  }
});

/** What is often made in each namespace that takes from it, by something that is not seen. */
const REPEATED: readonly Kind[] = [configMap, ociRepository];

type Reference = Pick<PlacedObject, 'namespace' | 'name'>;

function hintFor(
  object: PlacedObject,
  all: readonly PlacedObject[],
  { namespace, name }: Reference,
) {
  const sameName = all.filter(candidate => candidate.name === name);
  if (sameName.some(candidate => [namespace, ''].includes(candidate.namespace))) return undefined;
  const elsewhere = nearestTo(object, sameName);
  if (elsewhere?.knownKind !== undefined && !REPEATED.includes(elsewhere.knownKind))
    return `There is one in namespace "${elsewhere.namespace}": write namespace: ${elsewhere.namespace} beside its name.`;
  const here = all.filter(candidate => candidate.namespace === namespace);
  const meant = here.find(candidate => isMisspelt(name, candidate.name));
  return meant && `Did you mean "${meant.name}"?`;
}

/** Whether one letter differs, and no number: names that differ by more are of two programs. */
function isMisspelt(name: string, meant: string): boolean {
  const [a, b] = [name, meant].map(text => text.replaceAll(/\d+/g, ''));
  return name.length > 3 && a !== b && distance(name, meant) === 1;
}
