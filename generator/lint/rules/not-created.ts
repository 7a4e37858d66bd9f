import { secretId } from '../../graph/secret-graph.ts';
import type { Rule } from '../rule.ts';

export const notCreated: Rule = {
  id: 'not-created',
  severity: 'error',
  claimsAbsence: 'beside',

  *check({ externalSecrets, readers, secrets }) {
    const read = new Map(
      readers.map(reader => [secretId(reader.namespace, reader.secret), reader]),
    );
    for (const { object, path, namespace, target, creationPolicy } of externalSecrets) {
      const id = secretId(namespace, target);
      const reader = read.get(id);
      if (creationPolicy !== 'None' || reader === undefined || secrets.has(id)) continue;
      yield {
        object,
        path: [...path, 'target', 'creationPolicy'],
        message: `creationPolicy None makes no Secret, and "${target}" is read`,
        hint: 'Write creationPolicy: Owner.',
        related: [{ object: reader.object, path: reader.path, note: 'read here' }],
      };
    }
  },
};
