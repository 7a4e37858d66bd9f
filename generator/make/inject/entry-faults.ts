import type { Fault, Path, Report } from '../../ground/finding.ts';
import { missing } from '../model/missing-field.ts';
import { checkSources } from '../model/workload-env.ts';
import type { InjectedEnv, Injection, InjectionEntry } from './injection.ts';

/** What of the entries has no source, or several; entries that ask for nothing, or mean every workload. */
export function entryFaults({ spec: { workloads = {} } }: Injection): Fault[] {
  const faults: Fault[] = [];
  const report: Report = fault => {
    faults.push(fault);
  };
  for (const [name, entry] of Object.entries(workloads)) {
    const path = ['spec', 'workloads', name];
    checkEntry(name, entry, path, report);
    checkValues(entry, path, report);
  }
  return faults;
}

/** Reports an entry that asks for nothing, means every workload, or takes a volume from two places. */
export function checkEntry(name: string, entry: InjectionEntry, path: Path, report: Report): void {
  const { target, env = {}, envFrom = [], mounts = {} } = entry;
  const count = Object.keys(env).length + envFrom.length + Object.keys(mounts).length;
  if (count === 0) report(emptyEntry(name, path));
  if (Object.keys(target).every(field => field === 'containers')) report(emptyTarget(name, path));
  for (const [folder, { secret, configMap, volume }] of Object.entries(mounts))
    if (volume !== undefined)
      checkSources({ secret, configMap, volume }, [...path, 'mounts', folder], report);
}

function checkValues(
  { env = {}, envFrom = [], mounts = {} }: InjectionEntry,
  path: Path,
  report: Report,
): void {
  for (const [variable, value] of Object.entries(env))
    if (typeof value !== 'string') checkVariable(value, [...path, 'env', variable], report);
  for (const [index, source] of envFrom.entries()) {
    if (typeof source === 'string') continue;
    const { secret, configMap } = source;
    checkSources({ secret, configMap }, [...path, 'envFrom', index], report);
  }
  for (const [folder, { secret, configMap, volume }] of Object.entries(mounts))
    if (volume === undefined)
      checkSources({ secret, configMap, volume }, [...path, 'mounts', folder], report);
}

function checkVariable(value: InjectedEnv, path: Path, report: Report): void {
  const { secret, configMap, valueFrom = {}, key } = value;
  const isGiven = Object.keys(valueFrom).length > 0;
  checkSources({ secret, configMap, valueFrom: isGiven ? valueFrom : undefined }, path, report);
  const isReference = secret !== undefined || configMap !== undefined;
  if (isReference && key === undefined) report(missing('key', path, 'key: password'));
}

function emptyTarget(name: string, path: Path): Fault {
  return {
    id: 'empty-target',
    message: `the target of "${name}" says nothing, so that every workload would be meant`,
    hint: 'Give it kind, name, namespace or labels; name: "*" means every workload.',
    path: [...path, 'target'],
    isAboutName: true,
  };
}

function emptyEntry(name: string, path: Path): Fault {
  return {
    id: 'empty-injection',
    message: `"${name}" injects nothing`,
    hint: 'Give it env, envFrom or mounts, or remove the entry.',
    path,
    isAboutName: true,
  };
}
