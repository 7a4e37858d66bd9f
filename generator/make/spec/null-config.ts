import type { Fault, Path } from '../../ground/finding.ts';
import { isMap } from '../../ground/json.ts';
import { valueAt } from '../../ground/value-path.ts';
import type { SpecObject } from './spec.ts';

/**
 * Empty members in a collector's configuration, `batch:`. The collector takes them for defaults,
 * but on their way to it they may be dropped while pipelines still name them
 * (docs/facts/opentelemetry.md#empty-members). In an environment null removes what the base has,
 * and only that.
 */
export function nullConfigFaults(document: SpecObject): Fault[] {
  const { workloads, environments = {} } = document.spec;
  const base = configNulls(workloads, ['spec', 'workloads']);
  const changes = Object.entries(environments).flatMap(([name, change]) =>
    configNulls(change?.workloads, ['spec', 'environments', name, 'workloads']).filter(
      path => valueAt(document, ['spec', ...path.slice(3)]) === undefined,
    ),
  );
  return [...base, ...changes].map(path => ({
    id: 'empty-config',
    message: `"${path.at(-1)}" is empty, and would be dropped on the way to the collector`,
    hint: `Write ${path.at(-1)}: {}.`,
    path,
    isAboutName: true,
  }));
}

function configNulls(workloads: SpecObject['spec']['workloads'], path: Path): Path[] {
  return Object.entries(workloads ?? {}).flatMap(([name, workload]) =>
    isMap(workload) ? nullsIn(workload['config'] ?? {}, [...path, name, 'config']) : [],
  );
}

function nullsIn(value: unknown, path: Path): Path[] {
  if (value === null) return [path];
  return isMap(value)
    ? Object.entries(value).flatMap(([name, child]) => nullsIn(child, [...path, name]))
    : [];
}
