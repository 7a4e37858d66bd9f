import type { Path, Report } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import { WORKLOADS } from '../objects/workloads.ts';
import type { WorkloadSpec } from '../spec/workload-spec.ts';
import { missing } from './missing-field.ts';
import type { WorkloadModel } from './model.ts';

/** Reports fields that a kind needs and that are missing, or that it has no use for. */
export function checkFields(spec: WorkloadSpec, path: Path, report: Report): void {
  const kind = spec.kind ?? 'Deployment';
  const { needs, unused, check } = WORKLOADS[kind];
  check?.(spec, path, report);
  const [needed, example] = needs;
  if (spec[needed] === undefined) report(missing(needed, path, example));
  for (const field of unused) {
    if (spec[field] !== undefined) report(unusedField(kind, field, path));
  }
  if (spec.health !== undefined && !portsOf(spec).some(({ name }) => name === 'http')) {
    report(healthWithoutPort(path));
  }
  checkPorts(spec, path, report);
}

/** A Service cannot have one port twice, whatever the names. */
function checkPorts(spec: WorkloadSpec, path: Path, report: Report): void {
  if (spec.port !== undefined && spec.ports?.['http'] !== undefined) {
    report(duplicatePort('"port" and "http" are both named http', 'http', path));
  }
  const taken = new Map<number, string>();
  for (const { name, port } of portsOf(spec)) {
    const other = taken.get(port);
    const isTwice = other !== undefined && other !== name;
    if (isTwice)
      report(duplicatePort(`ports "${other}" and "${name}" are both ${port}`, name, path));
    taken.set(port, name);
  }
}

/** The ports by name; a single `port` is named http. */
export function portsOf({ port, ports = {} }: WorkloadSpec): WorkloadModel['ports'] {
  const single = port === undefined ? [] : [{ name: 'http', port }];
  return [...single, ...Object.entries(ports).map(([name, number]) => ({ name, port: number }))];
}

function unusedField(kind: string, field: string, path: Path): Parameters<Report>[0] {
  return {
    id: 'unused-field',
    message: `kind ${kind} has no use for "${field}"`,
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

function duplicatePort(message: string, name: string, path: Path): Parameters<Report>[0] {
  return {
    id: 'duplicate-port',
    message,
    hint: 'Give each port a name and a number of its own.',
    path: [...path, 'ports', name],
  };
}

/** Reports names in `envOrder` that are no variables. A patch may bring others. */
export function checkEnvOrder(
  { envOrder = [], env = {}, patch }: WorkloadSpec,
  path: Path,
  report: Report,
): void {
  if (patch !== undefined) return;
  for (const [index, name] of envOrder.entries()) {
    if (Object.hasOwn(env, name)) continue;
    report({
      id: 'unknown-variable',
      message: `envOrder names "${name}", which is no variable of this workload`,
      hint: knownNames('variables', name, Object.keys(env)),
      path: [...path, 'envOrder', index],
    });
  }
}
