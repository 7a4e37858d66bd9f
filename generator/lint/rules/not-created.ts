import type { Path } from '../../core/finding.ts';
import { secretId } from '../../graph/secret-graph.ts';
import { otherKind } from '../../kinds/eso/external-secret-spec.ts';
import { absenceBeside, type Rule } from '../rule.ts';

export const notCreated: Rule = absenceBeside('not-created', 'externalSecrets', (secret, graph) => {
  const { path, spec, namespace, target, creationPolicy } = secret;
  if (creationPolicy !== 'None' || graph.secrets.has(secretId(namespace, target))) return undefined;
  const reader = graph.readers.findLast(
    read => read.namespace === namespace && read.secret === target,
  );
  if (reader === undefined) return undefined;
  return {
    ...explained(otherKind(spec), path, target),
    related: [{ object: reader.object, path: reader.path, note: 'read here' }],
  };
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
