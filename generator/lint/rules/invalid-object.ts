import type { Validator, Validators } from '../../core/schema.ts';
import { objectFaults } from '../../graph/objects.ts';
import { localError, type Rule } from '../rule.ts';

export const invalidObject: Rule = localError('invalid-object', function* (graph) {
  const versions = { validators: remembering(graph.validators), versions: graph.versions };
  for (const object of graph.objects)
    for (const fault of objectFaults(object, versions)) yield { object, ...fault };
});

function remembering(validators: Validators): Validators {
  const validatorsByKind = new Map<string, Validator | undefined>();
  return (apiVersion, kind, version) => {
    const id = `${apiVersion}/${kind}/${version}`;
    if (!validatorsByKind.has(id)) validatorsByKind.set(id, validators(apiVersion, kind, version));
    return validatorsByKind.get(id);
  };
}
