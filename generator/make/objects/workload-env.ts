import type { Path, Report } from '../../ground/finding.ts';
import { isMap, type Json, type JsonObject, scalarText } from '../../ground/json.ts';
import type { KubeObject } from '../../ground/kube-object.ts';
import type { WorkloadModel } from '../model/model.ts';
import { orderEnv } from './env-order.ts';

/** A workload's object, patches included, with every container's variables in order. */
export function orderWorkloadEnv(
  object: KubeObject,
  workload: WorkloadModel,
  report: Report,
): KubeObject {
  const spec = object['spec'];
  if (!isMap(spec)) return object;
  return { ...object, spec: orderIn(spec, workload, report) };
}

/** Walks from a controller's spec down to its pod spec: template, or jobTemplate.spec.template. */
function orderIn(spec: JsonObject, workload: WorkloadModel, report: Report): JsonObject {
  for (const name of ['template', 'jobTemplate']) {
    const template = spec[name];
    if (!isMap(template) || !isMap(template['spec'])) continue;
    return { ...spec, [name]: { ...template, spec: orderIn(template['spec'], workload, report) } };
  }
  const lists = ['initContainers', 'containers', 'additionalContainers'].filter(name =>
    Array.isArray(spec[name]),
  );
  const ordered = lists.map(name => [name, orderList(spec[name] ?? [], workload, report)] as const);
  return orderContainer({ ...spec, ...Object.fromEntries(ordered) }, workload, report);
}

function orderList(containers: Json, workload: WorkloadModel, report: Report): Json {
  if (!Array.isArray(containers)) return containers;
  return containers.map((item: Json) =>
    isMap(item) ? orderContainer(item, workload, report) : item,
  );
}

/** A container, or the spec of an OpenTelemetryCollector, which has env and args of its own. */
function orderContainer(
  container: JsonObject,
  workload: WorkloadModel,
  report: Report,
): JsonObject {
  const env = (Array.isArray(container['env']) ? container['env'] : []).filter(isMap);
  const words = ['command', 'args'].flatMap(field =>
    wordsOf(container[field], [...workload.path, field]),
  );
  if (env.length === 0 && words.length === 0) return container;
  const before = isOwnEnvFrom(container, workload)
    ? workload.envFromKeys
    : { keys: new Set<string>(), isOpen: true };
  const ordered = orderEnv(
    { env, words, before, order: workload.envOrder, path: workload.path },
    report,
  );
  return ordered.length === 0 ? container : { ...container, env: ordered };
}

/** Whether the container's envFrom is what the spec's short form says; a patch may add others. */
function isOwnEnvFrom(container: JsonObject, { envFrom }: WorkloadModel): boolean {
  const found = container['envFrom'] ?? [];
  return Array.isArray(found) && found.length === envFrom.length;
}

function wordsOf(list: Json | undefined, path: Path): { text: string; path: Path }[] {
  if (!Array.isArray(list)) return [];
  return list.map((word, index) => ({ text: scalarText(word), path: [...path, index] }));
}
