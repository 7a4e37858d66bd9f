import { mapAt } from '../../core/json.ts';
import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { specOf } from '../../kinds/kind.ts';
import { type Rule, warning } from '../rule.ts';

export const recoveryOwner: Rule = warning('recovery-owner', cnpgCluster, (object, graph) => {
  const { method, path, secret } = bootstrapOf(object.json);
  const { database, owner = database } = mapAt(specOf(object), 'bootstrap', method);
  if (method === 'initdb' || owner !== undefined || 'replica' in specOf(object)) return undefined;
  const reader = graph.readers.find(
    ({ object: { knownKind }, namespace, secret: name }) =>
      name === secret && namespace === object.namespace && knownKind !== cnpgCluster,
  );
  if (reader === undefined) return undefined;
  return {
    path,
    message: `${method} of "${object.name}" names no database and no owner: the login in "${secret}" is that of "app", whatever the backup has`,
    hint: 'Write database and owner as they are in the backup; database: app and owner: app say that they are these.',
    related: [{ object: reader.object, path: reader.path, note: 'the login is read here' }],
  };
});
