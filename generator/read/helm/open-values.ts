import { textsIn } from '../../ground/json-walk.ts';
import { isUnresolved } from '../../ground/unresolved.ts';
import type { Unknown } from '../../kinds/deployment-ends.ts';
import type { LocalRelease } from '../../kinds/kind.ts';

/**
 * What a chart may make besides, of which a value is filled in later: a template may ask for it, and make
 * something else. `name`: of the chart.
 */
export function openValues({ values, namespace }: LocalRelease, name: string): Unknown[] {
  if (!textsIn(values, []).some(({ text }) => isUnresolved(text))) return [];
  return [{ what: `the Helm chart "${name}" (of which a value is not known)`, namespace }];
}
