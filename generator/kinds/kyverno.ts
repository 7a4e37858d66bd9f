import { type JsonObject, listAt, mapAt, textAt } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { type Kind, kindsOf, type PlacedObject, specOf } from './kind.ts';

const KYVERNO = 'kyverno.io';

/** Policies may make or copy Secrets; the other kinds make none (docs/facts/operators.md#kyverno). */
export const kyvernoPolicies: readonly Kind[] = [
  ...kindsOf(KYVERNO, '*ClusterPolicy Policy', { secrets: { possibleNames, mayMake } }),
  ...kindsOf(KYVERNO, 'CleanupPolicy PolicyException *ClusterCleanupPolicy'),
];

function possibleNames(object: PlacedObject): string[] {
  return rulesOf(object).flatMap(rule =>
    [textAt(rule, 'name'), textAt(rule, 'clone', 'name')].flatMap(name => name ?? []),
  );
}

/** A name with variables, or a list by labels, may mean any Secret. */
function mayMake(object: PlacedObject): boolean {
  return rulesOf(object).some(
    rule => mapAt(rule)['cloneList'] !== undefined || isUnresolved(textAt(rule, 'name') ?? ''),
  );
}

function rulesOf(object: PlacedObject): JsonObject[] {
  return listAt(specOf(object), 'rules').flatMap(rule => {
    const makes = mapAt(rule, 'generate');
    const isOfSecrets = makes['kind'] === 'Secret' || makes['cloneList'] !== undefined;
    return isOfSecrets ? [makes] : listAt(makes, 'foreach').map(each => mapAt(each));
  });
}
