import type { Path, Report } from '../../core/finding.ts';
import { isMap, type JsonObject, mergedMaps } from '../../core/json.ts';
import { placedFields, withOwn } from '../own-fields.ts';
import type { SecuritySpec } from '../spec.ts';

/** The securityContexts of a pod; an empty one is left out. */
export interface PodSecurity {
  readonly pod: JsonObject;
  readonly container: JsonObject;
  /** That of containers before and beside its own, which may say another. */
  readonly others: JsonObject;
  /** Its pods have no API token and no variables of Services either. */
  readonly isHardened: boolean;
}

/** What Kubernetes' restricted Pod Security Standard asks of pods and containers. */
export const RESTRICTED: Readonly<Record<'pod' | 'container', JsonObject>> = {
  pod: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  container: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
};

/** What pods may do: a preset, and the fields of pod and container, each at its level. */
export function resolveSecurity(
  spec: SecuritySpec | undefined,
  isHardened: boolean,
  path: Path,
  report: Report,
): PodSecurity {
  const usual = isHardened ? 'restricted' : 'none';
  const fields = typeof spec === 'object' ? spec : {};
  const preset = spec === undefined ? usual : typeof spec === 'string' ? spec : fields.preset;
  const base = preset === 'restricted' ? RESTRICTED : { pod: {}, container: {} };
  const own = withOwn({}, placedFields('security', 'security', fields));
  const { pod = {}, container = {} } = own as Partial<Record<'pod' | 'container', JsonObject>>;
  const inContainer = isMap(fields.container) ? fields.container : {};
  for (const name of Object.keys(inContainer))
    if (Object.hasOwn(container, name))
      report({
        id: 'duplicate-field',
        message: `"${name}" is a field of the container alone, and stands in both`,
        hint: 'Take one of the two out.',
        path: [...path, 'container', name],
        isAboutName: true,
      });
  return {
    pod: mergedMaps(base.pod, pod),
    container: mergedMaps(mergedMaps(base.container, container), inContainer),
    others: base.container,
    isHardened: preset === 'restricted',
  };
}
