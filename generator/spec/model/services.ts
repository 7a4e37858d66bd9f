import { missing, type Path, type Report } from '../../core/finding.ts';
import { isMap, type Json, type JsonObject } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import { placedFields } from '../own-fields.ts';
import type { ServiceSpec, WorkloadSpec } from '../spec.ts';
import type { ServiceModel } from './model.ts';

/** The Service of a workload; undefined: it has none. Without a word it has one if its container has ports. */
export function resolveService(
  workload: string,
  { service, kind }: WorkloadSpec,
  containerPorts: readonly JsonObject[],
  path: Path,
  report: Report,
): ServiceModel | undefined {
  if (service === false || (service === undefined && containerPorts.length === 0)) return undefined;
  const at = [...path, 'service'];
  const spec = isMap(service) ? (service as ServiceSpec & JsonObject) : {};
  const fields = placedFields('service', 'service', spec);
  const names = new Set(fields.map(({ name }) => name));
  const isHeadless = kind === 'StatefulSet' && !names.has('clusterIP') && !names.has('type');
  const single = typeof service === 'number' || typeof service === 'string' ? service : spec.port;
  const ports = portsOf(single, spec.ports, containerPorts, at, report);
  if (ports.length === 0 && !names.has('externalName'))
    report(missing('port', at, 'port: "80:8080"'));
  checkTwice(ports, at, report);
  return {
    name: spec.name ?? workload,
    isHeadless,
    labels: spec.labels ?? {},
    annotations: spec.annotations ?? {},
    selector: spec.selector,
    ports,
    fields,
  };
}

type Port = number | string;

function portsOf(
  single: Port | undefined,
  ports: ServiceSpec['ports'],
  containerPorts: readonly JsonObject[],
  path: Path,
  report: Report,
): JsonObject[] {
  if (Array.isArray(ports)) return ports.map(port => ({ protocol: 'TCP', ...port }) as JsonObject);
  if (single === undefined && ports === undefined) return containerPorts.map(usualPort);
  const known = containerPorts.flatMap(({ name }) => (typeof name === 'string' ? name : []));
  const portOf = (port: Port, at: Path, name?: string): JsonObject => {
    const [number, target] = String(port).split(':');
    const targetPort = targetOf(target, name !== undefined && known.includes(name) ? name : number);
    if (typeof targetPort === 'string' && !known.includes(targetPort))
      report({
        id: 'unknown-port',
        message: `the container has no port "${targetPort}"`,
        hint: knownNames('ports', targetPort, known),
        path: at,
      });
    return {
      ...(name !== undefined && { name }),
      port: Number(number),
      protocol: 'TCP',
      targetPort,
    };
  };
  const byName = Object.entries(ports ?? {}).map(([name, port]) =>
    portOf(port as Port, [...path, 'ports', name], name),
  );
  return single === undefined ? byName : [portOf(single, path), ...byName];
}

/** A number, or the name of a port. */
function targetOf(target: string | undefined, usual: string | undefined): Json {
  const value = target ?? usual ?? '';
  return /^\d+$/.test(value) ? Number(value) : value;
}

function usualPort({ name, containerPort = 0, protocol = 'TCP' }: JsonObject): JsonObject {
  const target = name ?? containerPort;
  return { ...(name !== undefined && { name }), port: containerPort, protocol, targetPort: target };
}

/** A Service cannot have one port twice, whatever the names. */
function checkTwice(ports: readonly JsonObject[], path: Path, report: Report): void {
  const taken = new Map<string, string>();
  for (const { name = '', port, protocol = 'TCP' } of ports) {
    const key = `${port}/${protocol}`;
    const first = taken.get(key);
    taken.set(key, String(name));
    if (first !== undefined)
      report({
        id: 'duplicate-port',
        message: `ports "${first}" and "${name}" of the Service are both ${port}`,
        hint: 'Give each port a number of its own.',
        path,
      });
  }
}
