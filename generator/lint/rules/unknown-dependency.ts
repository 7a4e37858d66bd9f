import { distance } from 'fastest-levenshtein';
import { groupBy } from '../../core/json.ts';
import { inNamespace, isUnresolved } from '../../core/kube-object.ts';
import { nearestTo } from '../../graph/secret-graph.ts';
import { configMap } from '../../kinds/core/secret.ts';
import {
  dependenciesOf,
  type FluxReference,
  settingsOf,
  sourcesOf,
  WAITING,
} from '../../kinds/flux/references.ts';
import { ociRepository } from '../../kinds/flux/sources.ts';
import type { Kind, PlacedObject } from '../../kinds/kind.ts';
import { isDeclared } from '../../world/object-set.ts';
import { absence, type Rule } from '../rule.ts';

export const unknownDependency: Rule = absence('unknown-dependency', function* (graph) {
  const references = WAITING.flatMap(graph.byKind).flatMap(object =>
    [dependenciesOf, sourcesOf, settingsOf].flatMap(of => of(object)),
  );
  for (const [kind, ofKind] of groupBy(references, reference => reference.kind)) {
    const hintFor = hintsFor(graph.byKind(kind));
    for (const reference of ofKind) {
      const { object, path, namespace, name, use } = reference;
      const isSure = namespace !== '' && !isUnresolved(namespace + name);
      const hint = isSure ? hintFor(reference) : undefined;
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

/** So many names of a namespace are compared. */
const MOST = 1000;

function hintsFor(all: readonly PlacedObject[]) {
  const named = groupBy(all, ({ name }) => name);
  const homes = groupBy(all, ({ namespace }) => namespace);
  return ({ object, namespace, name }: FluxReference): string | undefined => {
    const sameName = named.get(name) ?? [];
    if (sameName.some(({ namespace: home }) => home === namespace || home === '')) return undefined;
    const elsewhere = nearestTo(object, sameName);
    if (elsewhere?.knownKind !== undefined && !REPEATED.includes(elsewhere.knownKind))
      return `There is one in namespace "${elsewhere.namespace}": write namespace: ${elsewhere.namespace} beside its name.`;
    const here = (homes.get(namespace) ?? []).slice(0, MOST);
    const meant = here.find(candidate => isMisspelt(name, candidate.name));
    return meant && `Did you mean "${meant.name}"?`;
  };
}

/** Whether one letter differs, and no number: names that differ by more are of two programs. */
function isMisspelt(name: string, meant: string): boolean {
  if (name.length <= 3 || Math.abs(name.length - meant.length) > 1) return false;
  const [a, b] = [name, meant].map(text => text.replaceAll(/\d+/g, ''));
  return a !== b && distance(name, meant) === 1;
}
