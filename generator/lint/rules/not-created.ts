import type { Path } from '../../core/finding.ts';
import { secretId } from '../../graph/secret-graph.ts';
import { otherKind } from '../../kinds/eso/external-secret-spec.ts';
import { absenceBeside, type Rule } from '../rule.ts';

export const notCreated: Rule = absenceBeside('not-created', function* (graph) {
  const { externalSecrets, readers, secrets } = graph;
  const read = new Map(readers.map(reader => [secretId(reader.namespace, reader.secret), reader]));
  for (const { object, path, spec, namespace, target, creationPolicy } of externalSecrets) {
    const id = secretId(namespace, target);
    const reader = read.get(id);
    if (creationPolicy !== 'None' || reader === undefined || secrets.has(id)) continue;
    yield {
      object,
      ...explained(otherKind(spec), path, target),
      related: [{ object: reader.object, path: reader.path, note: 'read here' }],
    };
  }
});

function explained(kind: string | undefined, path: Path, target: string) {
  return kind === undefined
    ? {
        path: [...path, 'target', 'creationPolicy'],
        message: `creationPolicy None makes no Secret, and "${target}" is read`,
        hint: 'Write creationPolicy: Owner.',
      }
    : {
        path: [...path, 'target', 'manifest'],
        message: `it makes a ${kind}, no Secret, and the Secret "${target}" is read`,
        hint: 'Leave manifest out, or make the Secret with an ExternalSecret beside this one.',
      };
}
