import { withField, without } from '../../ground/changed-value.ts';
import type { Path } from '../../ground/finding.ts';
import { type JsonObject, mapAt } from '../../ground/json.ts';
import type { PodPlace, PodSource } from '../kind.ts';
import { templateForm } from '../pod-form.ts';

/** Where most workloads keep the spec of their pods. */
export const TEMPLATE_SPEC: Path = ['spec', 'template', 'spec'];

/** Pods of a template, which run until something replaces them. */
export const lastingPods: PodPlace = {
  path: TEMPLATE_SPEC,
  isLasting: () => true,
  restarts: 'always',
};

/** A change of the template, checksum annotations included, replaces the pods. */
export const templateSource: PodSource = {
  of: object => mapAt(object, 'spec', 'template'),
  has: ([first, second]) => first === 'spec' && second === 'template',
};

/** A workload's spec without what holds anyway (kubernetes/pkg/apis/apps/v1/defaults.go). */
export function workloadForm(defaults: JsonObject, spec: JsonObject): JsonObject {
  return withField(without(defaults, spec), 'template', templateForm);
}

/** How pods are replaced, without what holds anyway: a rolling update at the usual pace. */
export function withRollout(field: string, pace: JsonObject, spec: JsonObject): JsonObject {
  const form = withField(spec, field, strategy =>
    without(
      { type: 'RollingUpdate', rollingUpdate: {} },
      withField(strategy, 'rollingUpdate', update => without(pace, update)),
    ),
  );
  return without({ [field]: {} }, form);
}
