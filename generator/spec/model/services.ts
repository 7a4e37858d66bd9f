import { missing, type Path, type Report } from '../../core/finding.ts';
import type { Json, JsonObject } from '../../core/json.ts';
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
  const spec = wholeSpec(service);
  const fields = placedFields('service', 'service', spec);
  const has = (field: string): boolean => fields.some(({ name }) => name === field);
  const ports = portsOf(spec, containerPorts, at, report);
  if (ports.length === 0 && !has('externalName')) report(missing('port', at, 'port: "80:8080"'));
  if (service !== undefined) checkTwice(ports, at, report);
  const { name = workload, labels = {}, annotations = {}, selector } = spec;
  const isHeadless = kind === 'StatefulSet' && !has('clusterIP') && !has('type');
  return { name, isHeadless, labels, annotations, selector, ports, fields };
}

/** A port alone is a Service of that port. */
function wholeSpec(service: WorkloadSpec['service']): ServiceSpec {
  if (typeof service === 'number' || typeof service === 'string') return { port: service };
  return typeof service === 'object' ? service : {};
}

type Port = number | string;

function portsOf(
  { port: single, ports }: ServiceSpec,
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
  for (const { name = 'port', port, protocol = 'TCP' } of ports) {
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
