import { type CnpgHost, cnpgHosts } from '../../graph/cnpg-hosts.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { Path } from '../../ground/finding.ts';
import { coreService } from '../../kinds/core/service.ts';
import type { Rule } from '../rule.ts';

export const servicePort: Rule = {
  id: 'service-port',
  severity: 'error',
  summary: 'A Service of a CNPG Cluster is asked on its port.',

  *check(graph) {
    for (const host of cnpgHosts(graph)) {
      const port = portOf(host);
      if (port === undefined || port.value === '5432' || !isStandard(graph, host)) continue;
      yield {
        item: host.item,
        path: port.path,
        message: `"${host.service}" listens on 5432, not on ${port.value}`,
        hint: 'Write 5432. A Pooler has a Service of its own, called like the Pooler.',
      };
    }
  },
};

/** The Service is one of the three that CNPG makes, not one of a manifest that has other ports. */
function isStandard({ find }: SecretGraph, host: CnpgHost): boolean {
  const namespace = host.givenNamespace ?? host.namespace;
  return host.suffix !== undefined && find(coreService, namespace, host.service) === undefined;
}

/** The port behind the host, or in the variable beside a variable that is the host. */
function portOf({
  port,
  path,
  container,
  text,
  service,
}: CnpgHost): { value: string; path: Path } | undefined {
  if (port !== undefined) return { value: port, path };
  const isHostAlone = text.startsWith(service) && !text.includes('/') && !text.includes(' ');
  const variable = container?.env.find(entry => [...entry.path, 'value'].join() === path.join());
  if (!isHostAlone || variable === undefined || !/HOST/.test(variable.name)) return undefined;
  const beside = container?.env.find(({ name }) => name === variable.name.replace('HOST', 'PORT'));
  return beside?.value === undefined || !/^\d+$/.test(beside.value)
    ? undefined
    : { value: beside.value, path: [...beside.path, 'value'] };
}
