import type { Rule } from '../rule.ts';

export const notCreated: Rule = {
  id: 'not-created',
  severity: 'error',
  claimsAbsence: 'beside',
  summary:
    'No ExternalSecret with creationPolicy None is the only source of a Secret that is read.',

  *check({ externalSecrets, readers, secrets }) {
    const read = new Map(readers.map(reader => [`${reader.namespace}/${reader.secret}`, reader]));
    for (const { object, path, namespace, target, creationPolicy } of externalSecrets) {
      const reader = read.get(`${namespace}/${target}`);
      if (creationPolicy !== 'None' || reader === undefined) continue;
      if (secrets.has(`${namespace}/${target}`)) continue;
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
