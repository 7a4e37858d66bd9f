import type { Path } from '../../ground/finding.ts';
import type { WorkloadModel } from '../model/model.ts';
import type { EntryObject } from './patches.ts';
import type { SecretMakers } from './secret-makers.ts';
import { service } from './service.ts';
import { serviceAccount } from './service-account.ts';
import { WORKLOADS } from './workloads.ts';

/** A workload with its ServiceAccount, unless it is given one, and its Service. */
export function workloadObjects(
  workload: WorkloadModel,
  namespace: string,
  makers: SecretMakers,
): EntryObject[] {
  const { name, kind, ports, reads, databases, serviceAccount: given } = workload;
  const { accountAnnotations } = workload;
  const { object, isWhole = false } = WORKLOADS[kind];
  const needs = [
    ...reads.flatMap(makers),
    ...databases,
    ...(isWhole ? [] : [`ServiceAccount/${given ?? name}`]),
  ];
  return [
    { object: object(workload, namespace), needs, ownTerms: ownTerms(workload) },
    ...(isWhole || given !== undefined
      ? []
      : [{ object: serviceAccount(name, namespace, accountAnnotations) }]),
    ...(isWhole || ports.length === 0 ? [] : [{ object: service(workload, namespace) }]),
  ];
}

function ownTerms({ kind, env }: WorkloadModel): NonNullable<EntryObject['ownTerms']> {
  const own = WORKLOADS[kind].ownTerms;
  if (own !== undefined) return [own];
  const raw = env.filter(({ valueFrom }) => valueFrom !== undefined && !isReference(valueFrom));
  return raw.length === 0 ? [] : [[['spec'] satisfies Path, ['env']]];
}

function isReference(valueFrom: object): boolean {
  return 'secretKeyRef' in valueFrom || 'configMapKeyRef' in valueFrom;
}
