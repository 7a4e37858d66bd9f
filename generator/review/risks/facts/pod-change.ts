import type { Path } from '../../../ground/finding.ts';
import { isSame } from '../../../ground/json.ts';
import { type Changed, fieldPath } from '../../changes/comparison.ts';

/** A field of what pods are made from. */
export interface PodField {
  readonly path: Path;
  readonly basePath?: Path;
  readonly text: string;
}

/**
 * What changes in what the pods of a workload are made from, checksum annotations included; the
 * order of lists counts, as it does for the controllers. A CronJob's next run has the new template.
 */
export function podChange(change: Changed): PodField[] {
  const source = change.head.known?.podSource;
  if (source === undefined || isSame(source.of(change.before), source.of(change.after))) return [];
  const fields = change.fields.flatMap((field): PodField[] => {
    const path = fieldPath(field);
    const { basePath, field: text } = field;
    if (!source.has(path)) return [];
    return [{ path, ...(basePath !== undefined && { basePath }), text }];
  });
  return fields.length > 0 ? fields : [{ path: ['spec'], text: 'the order of its lists' }];
}
