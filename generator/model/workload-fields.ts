import type { Path, Report } from '../source/finding.ts';
import type { WorkloadKind, WorkloadSpec } from '../spec/spec.ts';
import { missing } from './missing-field.ts';
import type { WorkloadModel } from './model.ts';

type Field = keyof WorkloadSpec;

/** Fields of the short form that a kind has no use for. */
const UNUSED: Readonly<Record<WorkloadKind, readonly Field[]>> = {
  Deployment: ['mode', 'config', 'schedule'],
  StatefulSet: ['mode', 'config', 'schedule'],
  DaemonSet: ['mode', 'config', 'schedule', 'replicas'],
  Job: ['mode', 'config', 'schedule', 'replicas'],
  CronJob: ['mode', 'config', 'replicas'],
  OpenTelemetryCollector: ['schedule', 'health', 'command', 'args', 'mounts', 'imagePullSecrets'],
};

/** Reports fields that a kind needs and that are missing, or that it has no use for. */
export function checkFields(spec: WorkloadSpec, path: Path, report: Report): void {
  const kind = spec.kind ?? 'Deployment';
  if (kind === 'OpenTelemetryCollector') {
    if (spec.config === undefined) report(missing('config', path, 'config: { exporters: … }'));
  } else if (spec.image === undefined) {
    report(missing('image', path, 'image: nginx:1.29'));
  }
  if (kind === 'CronJob' && spec.schedule === undefined) {
    report(missing('schedule', path, 'schedule: "0 4 * * *"'));
  }
  for (const field of UNUSED[kind]) {
    if (spec[field] !== undefined) report(unused(kind, field, path));
  }
  if (spec.health !== undefined && !portsOf(spec).some(({ name }) => name === 'http')) {
    report(healthWithoutPort(path));
  }
  checkPorts(spec, path, report);
}

/** A Service cannot have one port twice, whatever the names. */
function checkPorts(spec: WorkloadSpec, path: Path, report: Report): void {
  const taken = new Map<number, string>();
  for (const { name, port } of portsOf(spec)) {
    const other = taken.get(port);
    if (other !== undefined) report(duplicatePort(port, other, name, path));
    taken.set(port, name);
  }
}

/** The ports by name; a single `port` is named http. */
export function portsOf({ port, ports }: WorkloadSpec): WorkloadModel['ports'] {
  const named = { ...(port !== undefined && { http: port }), ...ports };
  return Object.entries(named).map(([name, number]) => ({ name, port: number }));
}

function unused(kind: string, field: Field, path: Path): Parameters<Report>[0] {
  return {
    id: 'unused-field',
    message: `a ${kind} has no use for "${field}"`,
    hint: `Remove ${field}, or reach what you mean through patch.`,
    path: [...path, field],
    isAboutName: true,
  };
}

function healthWithoutPort(path: Path): Parameters<Report>[0] {
  return {
    id: 'missing-field',
    message: '"health" needs a port named "http"',
    hint: 'Add `port: 8080`, or name one of the ports http.',
    path: [...path, 'health'],
  };
}

function duplicatePort(port: number, a: string, b: string, path: Path): Parameters<Report>[0] {
  return {
    id: 'duplicate-port',
    message: `ports "${a}" and "${b}" are both ${port}`,
    hint: 'Give each port a number of its own.',
    path: [...path, 'ports', b],
  };
}
