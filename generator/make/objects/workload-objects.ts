import type { Path } from '../../ground/finding.ts';
import type { WorkloadModel } from '../model/model.ts';
import type { EntryObject } from './patches.ts';
import type { SecretMakers } from './secret-makers.ts';
import { service } from './service.ts';
import { serviceAccount } from './service-account.ts';
import { workloadObject } from './workload.ts';

/** A workload, its ServiceAccount and its Service; a collector's operator makes the last two. */
export function workloadObjects(
  workload: WorkloadModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { name, kind, ports, reads, databases } = workload;
  const isCollector = kind === 'OpenTelemetryCollector';
  const needs = [
    ...reads.flatMap(makers),
    ...databases.map(database => `Cluster/${database}`),
    ...(isCollector ? [] : [`ServiceAccount/${name}`]),
  ];
  return [
    { object: workloadObject(workload, namespace), needs, ownTerms: ownTerms(workload) },
    ...(isCollector ? [] : [{ object: serviceAccount(name, namespace) }]),
    ...(isCollector || ports.length === 0 ? [] : [{ object: service(workload, namespace) }]),
  ];
}

function ownTerms({ kind, env }: WorkloadModel): NonNullable<EntryObject['ownTerms']> {
  if (kind === 'OpenTelemetryCollector') return [[['spec', 'config'], ['config']]];
  const raw = env.filter(({ valueFrom }) => valueFrom !== undefined && !isReference(valueFrom));
  return raw.length === 0 ? [] : [[['spec'] satisfies Path, ['env']]];
}

function isReference(valueFrom: object): boolean {
  return 'secretKeyRef' in valueFrom || 'configMapKeyRef' in valueFrom;
}
