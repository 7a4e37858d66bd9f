import { withField } from '../../ground/changed-value.ts';
import type { Path } from '../../ground/finding.ts';
import { type JsonObject, mapAt } from '../../ground/json.ts';
import { TEMPLATE_SPEC, workloadForm } from '../apps/workload.ts';
import { changedPaths } from '../fixed-fields.ts';
import type { Kind } from '../kind.ts';

export const job: Kind = {
  group: 'batch',
  kind: 'Job',
  served: { versions: ['v1'], since: 'Kubernetes 1.25' },
  pods: { path: TEMPLATE_SPEC, restarts: 'not always' },
  form: object => withField(object, 'spec', jobForm),

  /** Only a Job with an index may be given more to complete. */
  fixed: (before, after) => {
    const isIndexed = mapAt(after, 'spec')['completionMode'] === 'Indexed';
    const fields = isIndexed ? FIXED : [...FIXED, 'completions'];
    return changedPaths(
      fields.map((field): Path => ['spec', field]),
      before,
      after,
    );
  },
};

/** As ValidateJobSpecUpdate has it. */
export const FIXED: readonly string[] = [
  'template',
  'selector',
  'completionMode',
  'podFailurePolicy',
  'successPolicy',
  'backoffLimitPerIndex',
  'managedBy',
];

const DEFAULTS: JsonObject = {
  backoffLimit: 6,
  completionMode: 'NonIndexed',
  suspend: false,
  manualSelector: false,
};

/** Without a number of completions a Job wants as many as run at once: one, if nothing is said. */
export function jobForm(spec: JsonObject): JsonObject {
  const isOne = (spec['parallelism'] ?? 1) === 1 && (spec['completions'] ?? 1) === 1;
  return workloadForm(isOne ? { ...DEFAULTS, parallelism: 1, completions: 1 } : DEFAULTS, spec);
}
