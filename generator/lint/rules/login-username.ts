import { listAt, mapAt, textAt } from '../../ground/json.ts';
import { bootstrapOf } from '../../kinds/cnpg/bootstrap.ts';
import { cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { type Item, specOf } from '../../kinds/kind.ts';
import type { Rule } from '../rule.ts';

/** A Secret that a Cluster takes a role's login from. */
interface GivenLogin {
  readonly secret: string;
  readonly role: string;
}

export const loginUsername: Rule = {
  id: 'login-username',
  severity: 'error',
  summary: 'The username in a Secret that CNPG logs in with is the role that it is for.',

  *check({ byKind, externalSecrets }) {
    const targets = new Map(
      externalSecrets.map(secret => [`${secret.namespace}/${secret.target}`, secret]),
    );
    for (const cnpg of byKind(cnpgCluster)) {
      for (const { secret, role } of loginsOf(cnpg)) {
        const source = targets.get(`${cnpg.namespace}/${secret}`);
        const username = textAt(source?.spec, 'target', 'template', 'data', 'username');
        if (source === undefined || username === undefined || username.includes('{{')) continue;
        if (username.trim() === role) continue;
        yield {
          item: source.item,
          path: [...source.path, 'target', 'template', 'data', 'username'],
          message: `Secret "${secret}" is the login of the role "${role}", and its username is another`,
          hint: `Write username: ${role}.`,
          related: [{ item: cnpg, path: ['metadata', 'name'], note: 'the Cluster that reads it' }],
        };
      }
    }
  },
};

/** The owner is the database's name where none is given. */
function loginsOf(cnpg: Item): GivenLogin[] {
  const spec = specOf(cnpg);
  const { path } = bootstrapOf(cnpg.object);
  const bootstrap = mapAt(cnpg.object, ...path.map(String));
  const owner = textAt(bootstrap, 'owner') ?? textAt(bootstrap, 'database') ?? 'app';
  const roles = listAt(spec, 'managed', 'roles').map(role =>
    given(textAt(role, 'passwordSecret', 'name'), textAt(role, 'name') ?? ''),
  );
  const own = given(textAt(bootstrap, 'secret', 'name'), owner);
  return [own, given(textAt(spec, 'superuserSecret', 'name'), 'postgres'), ...roles].flat();
}

function given(secret: string | undefined, role: string): GivenLogin[] {
  return secret === undefined ? [] : [{ secret, role }];
}
