import { type CnpgHost, cnpgHosts } from '../../graph/hosts.ts';
import { findSecret, type SecretGraph } from '../../graph/secret-graph.ts';
import { cnpgCluster, POSTGRES_PORT } from '../../kinds/cnpg/cluster.ts';
import { coreService } from '../../kinds/kubernetes.ts';
import type { Container } from '../../kinds/pods.ts';
import { error, type Rule } from '../rule.ts';

export const servicePort: Rule = error('service-port', portsOf, ({ path, value, service }) => {
  if (value === POSTGRES_PORT) return undefined;
  return {
    path,
    message: `"${service}" listens on ${POSTGRES_PORT}, not on ${value}`,
    hint: `Write ${POSTGRES_PORT}. A Pooler has a Service of its own, called like the Pooler.`,
  };
});

function* portsOf(graph: SecretGraph) {
  for (const host of cnpgHosts(graph)) {
    const { object, suffix, namespace, service } = host;
    const port = portOf(host);
    // A Service of a manifest may have other ports than one that CNPG makes.
    const isMade = suffix !== undefined && !graph.find(coreService, namespace, service);
    if (port !== undefined && isMade) yield { object, service, ...port };
  }
  for (const container of graph.containers) yield* portsBesideLogins(graph, container);
}

function* portsBesideLogins(graph: SecretGraph, container: Container) {
  const { object, env } = container;
  for (const { name, secret } of env) {
    if (secret?.key !== 'host') continue;
    const [maker, ...others] = findSecret(graph, object.namespace, secret.name)?.makers ?? [];
    const port = portBeside(container, name);
    if (maker?.object.knownKind !== cnpgCluster || others.length > 0 || port === undefined)
      continue;
    yield { object, service: `${maker.object.name}-rw`, ...port };
  }
}

function portOf({ port, path, container, text, service }: CnpgHost) {
  if (port !== undefined) return { value: port, path: [...path] };
  const isHostAlone = text.startsWith(service) && !text.includes('/') && !text.includes(' ');
  const variable = container?.env.find(entry => [...entry.path, 'value'].join() === path.join());
  return isHostAlone && variable !== undefined ? portBeside(container, variable.name) : undefined;
}

function portBeside(container: Container | undefined, host: string) {
  if (!host.includes('HOST')) return undefined;
  const variable = container?.env.find(({ name }) => name === host.replace('HOST', 'PORT'));
  return variable?.value === undefined || !/^\d+$/.test(variable.value)
    ? undefined
    : { value: variable.value, path: [...variable.path, 'value'] };
}
