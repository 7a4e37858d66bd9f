import type { Path } from '../../ground/finding.ts';
import { checkEntry } from '../inject/entry-faults.ts';
import type { InjectedEnv, Injection, InjectionEntry } from '../inject/injection.ts';
import type { InjectSpec, Spec } from '../spec/spec.ts';
import { missing } from './missing-field.ts';
import { envFrom, envVar, type WorkloadContext } from './workload-env.ts';
import { volume } from './workload-mounts.ts';

/**
 * What workloads that others write are to have, with every name resolved: the Secrets have to be known
 * to the spec, as those that its own workloads read.
 */
export function resolveInjections(
  { inject = {}, shapes = {} }: Spec,
  context: WorkloadContext,
): Injection['spec'] {
  const workloads = Object.entries(inject).map(([name, entry]): [string, InjectionEntry] => [
    name,
    resolveEntry(name, entry, context),
  ]);
  return { workloads: Object.fromEntries(workloads), shapes };
}

function resolveEntry(name: string, spec: InjectSpec, context: WorkloadContext): InjectionEntry {
  const path = ['inject', name];
  const { target, env = {}, ...others } = spec;
  if (target === undefined)
    context.report(missing('target', path, 'target: { kind: Deployment, name: web }'));
  const resolved = Object.entries(env).map(([variable, value]): [string, string | InjectedEnv] => {
    const { value: text, valueFrom } = envVar(variable, value, [...path, 'env', variable], context);
    return [variable, valueFrom === undefined ? (text ?? '') : { valueFrom }];
  });
  const entry = { ...others, target: target ?? { name: '*' }, env: Object.fromEntries(resolved) };
  checkEntry(name, entry, path, context.report);
  checkReads(entry, path, context);
  return entry;
}

/** Reports Secrets of sources and files that the spec does not know. */
function checkReads(
  { envFrom: sources = [], mounts = {} }: InjectionEntry,
  path: Path,
  context: WorkloadContext,
): void {
  for (const [index, source] of sources.entries())
    envFrom(
      typeof source === 'string' ? { secret: source } : source,
      [...path, 'envFrom', index],
      context,
    );
  for (const [folder, mount] of Object.entries(mounts))
    if (mount.volume === undefined) volume(folder, mount, [...path, 'mounts', folder], context);
}
