import { type Json, type JsonObject, listAt, mapAt, textAt } from '../../ground/json.ts';
import { given } from '../forms/given.ts';

/** What the spec says of an ApplicationSet: its steps, and the patterns of namespaces that its project allows. */
export function setsOf(
  spec: JsonObject,
  allowed: readonly Json[],
  parameters: ReadonlyMap<string, JsonObject>,
): JsonObject {
  const patterns = allowed.flatMap(one => textAt(one, 'namespace') ?? []);
  const steps = listAt(spec, 'strategy', 'rollingSync', 'steps');
  return given({
    namespaces: [...new Set(patterns)].filter(pattern => pattern.includes('*')),
    steps: steps.map((step, index) => stepOf(step, parameters, index === steps.length - 1)),
  });
}

/** A step by its label, with the environments that are told to be in it; the last has all others. */
function stepOf(
  step: Json,
  parameters: ReadonlyMap<string, JsonObject>,
  isLast: boolean,
): JsonObject {
  const [expression = null] = listAt(step, 'matchExpressions');
  const [name = null] = listAt(expression, 'values');
  const members = [...parameters].filter(([, told]) => told['step'] === name).map(([one]) => one);
  const { maxUpdate } = mapAt(step);
  return given({ name, environments: isLast ? [] : members, maxUpdate });
}
