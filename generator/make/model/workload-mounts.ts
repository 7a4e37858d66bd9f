import type { Path } from '../../ground/finding.ts';
import type { MountSpec } from '../spec/workload-spec.ts';
import type { Mount } from './model.ts';
import { checkSecret } from './references.ts';
import { checkSources, type WorkloadContext } from './workload-env.ts';

/** A Secret or ConfigMap as files in a directory. */
export function volume(at: string, spec: MountSpec, path: Path, context: WorkloadContext): Mount {
  const { secret, configMap, keys, optional } = spec;
  checkSources({ secret, configMap }, path, context.report);
  const files = Object.entries(keys ?? {});
  if (secret !== undefined && optional !== true) {
    checkSecret({ secret }, [...path, 'secret'], [...path, 'secret'], context);
    for (const [key] of files) {
      if (context.lookUp(secret) === undefined) break;
      checkSecret({ secret, key, isKeyName: true }, path, [...path, 'keys', key], context);
    }
  }
  const items =
    files.length === 0 ? {} : { items: files.map(([key, file]) => ({ key, path: file })) };
  const options = { ...items, ...(optional !== undefined && { optional }) };
  return {
    path: at,
    volume:
      secret === undefined
        ? { configMap: { name: configMap ?? '', ...options } }
        : { secret: { secretName: secret, ...options } },
  };
}
