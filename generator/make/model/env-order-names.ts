import type { Path, Report } from '../../ground/finding.ts';
import { knownNames } from '../../ground/suggest.ts';
import type { WorkloadSpec } from '../spec/workload-spec.ts';

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
