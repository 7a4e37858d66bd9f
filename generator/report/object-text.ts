import type { ObjectName } from '../ground/finding.ts';

/** `Deployment shop/web`, as kubectl names an object in a namespace. */
export function objectText({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
