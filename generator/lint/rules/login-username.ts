import { listAt, mapAt, textAt } from '../../core/json.ts';
import { relatedName, type SecretGraph } from '../../graph/secret-graph.ts';
import { bootstrapOf, cnpgCluster } from '../../kinds/cnpg/cluster.ts';
import { coreSecret, otherThan } from '../../kinds/core/secret.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { type PlacedObject, specOf } from '../../kinds/kind.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const loginUsername: Rule = error('login-username', function* (graph) {
  for (const cnpg of graph.byKind(cnpgCluster)) yield* otherLogins(cnpg, graph);
});

function* otherLogins(cnpg: PlacedObject, graph: SecretGraph): Iterable<RuleFault> {
  const sources = graph.externalSecrets.filter(({ namespace }) => namespace === cnpg.namespace);
  for (const { secret, role } of loginsOf(cnpg)) {
    const source = sources.findLast(({ target }) => target === secret);
    const place =
      source === undefined
        ? otherInSecret(graph.find(coreSecret, cnpg.namespace, secret), role)
        : otherInTemplate(source, role);
    if (place === undefined) continue;
    yield {
      ...place,
      message: `Secret "${secret}" is the login of the role "${role}", and its username is another`,
      hint: `Write username: ${role}.`,
      related: [relatedName(cnpg, 'the Cluster that reads it')],
    };
  }
}

function otherInTemplate({ object, path, spec }: ExternalSecret, role: string) {
  const username = textAt(spec, 'target', 'template', 'data', 'username');
  if (username === undefined || username.includes('{{') || username.trim() === role)
    return undefined;
  return { object, path: [...path, 'target', 'template', 'data', 'username'] };
}

function otherInSecret(object: PlacedObject | undefined, role: string) {
  const path = object && otherThan(object.json, 'username', role);
  return path && { object, path };
}

function loginsOf(cnpg: PlacedObject) {
  const spec = specOf(cnpg);
  const { path } = bootstrapOf(cnpg.json);
  const bootstrap = mapAt(cnpg.json, ...path);
  const owner = textAt(bootstrap, 'owner') ?? textAt(bootstrap, 'database') ?? 'app';
  const logins = [
    { secret: textAt(bootstrap, 'secret', 'name'), role: owner },
    { secret: textAt(spec, 'superuserSecret', 'name'), role: 'postgres' },
    ...listAt(spec, 'managed', 'roles').map(role => ({
      secret: textAt(role, 'passwordSecret', 'name'),
      role: textAt(role, 'name'),
    })),
  ];
  return logins.flatMap(({ secret, role }) => (secret && role ? [{ secret, role }] : []));
}
