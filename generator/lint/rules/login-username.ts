import { listAt, mapAt, textAt } from '../../core/json.ts';
import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { coreSecret, otherThan } from '../../kinds/core/secret.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import type { Rule, RuleFault } from '../rule.ts';

/** A Secret that a Cluster takes a role's login from. */
interface GivenLogin {
  readonly secret: string;
  readonly role: string;
}

export const loginUsername: Rule = {
  id: 'login-username',
  severity: 'error',
  summary: 'The username in a Secret that CNPG logs in with is the role that it is for.',

  *check(graph) {
    const targets = new Map(
      graph.externalSecrets.map(secret => [`${secret.namespace}/${secret.target}`, secret]),
    );
    for (const cnpg of graph.byKind(cnpgCluster)) {
      for (const { secret, role } of loginsOf(cnpg)) {
        const source = targets.get(`${cnpg.namespace}/${secret}`);
        const place =
          source === undefined
            ? writtenElse(graph.find(coreSecret, cnpg.namespace, secret), role)
            : templatedElse(source, role);
        if (place === undefined) continue;
        yield {
          ...place,
          message: `Secret "${secret}" is the login of the role "${role}", and its username is another`,
          hint: `Write username: ${role}.`,
          related: [
            { object: cnpg, path: ['metadata', 'name'], note: 'the Cluster that reads it' },
          ],
        };
      }
    }
  },
};

type Place = Pick<RuleFault, 'object' | 'path'>;

/** Where a template has another username than the role's. */
function templatedElse({ object, path, spec }: ExternalSecret, role: string): Place | undefined {
  const username = textAt(spec, 'target', 'template', 'data', 'username');
  const isElse = username !== undefined && !username.includes('{{') && username.trim() !== role;
  return isElse ? { object, path: [...path, 'target', 'template', 'data', 'username'] } : undefined;
}

/** Where a Secret that people wrote has one. */
function writtenElse(object: PlacedObject | undefined, role: string): Place | undefined {
  const path = object && otherThan(object.json, 'username', role);
  return path && { object, path };
}

/** The owner is the database's name where none is given. */
function loginsOf(cnpg: PlacedObject): GivenLogin[] {
  const spec = specOf(cnpg);
  const { path } = bootstrapOf(cnpg.json);
  const bootstrap = mapAt(cnpg.json, ...path.map(String));
  const owner = textAt(bootstrap, 'owner') ?? textAt(bootstrap, 'database') ?? 'app';
  const roles = listAt(spec, 'managed', 'roles').map(role =>
    given(textAt(role, 'passwordSecret', 'name'), textAt(role, 'name') ?? ''),
  );
  const own = given(textAt(bootstrap, 'secret', 'name'), owner);
  return [own, given(textAt(spec, 'superuserSecret', 'name'), 'postgres'), ...roles].flat();
}

function given(secret: string | undefined, role: string): GivenLogin[] {
  return secret === undefined || role === '' ? [] : [{ secret, role }];
}
