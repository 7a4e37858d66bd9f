import type { Validator, Validators } from '../../core/schema.ts';
import { objectFaults } from '../../graph/objects.ts';
import type { Rule } from '../rule.ts';

export const invalidObject: Rule = {
  id: 'invalid-object',
  severity: 'error',
  summary: 'Each object is one that the API server accepts.',
  isLocal: true,

  *check(graph) {
    const known = { validators: remembering(graph.validators), versions: graph.versions };
    for (const object of graph.objects)
      for (const fault of objectFaults(object, known)) yield { object, ...fault };
  },
};

/** To look for a validator touches the disk: once for each kind, not for each object. */
function remembering(validators: Validators): Validators {
  const known = new Map<string, Validator | undefined>();
  return (apiVersion, kind, version) => {
    const id = `${apiVersion}/${kind}/${version}`;
    if (!known.has(id)) known.set(id, validators(apiVersion, kind, version));
    return known.get(id);
  };
}
