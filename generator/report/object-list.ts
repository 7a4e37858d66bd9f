import type { KubeObject } from '../ground/kube-object.ts';

/** Objects as one Kubernetes List, as `kubectl get --output json` prints them. */
export function renderList(objects: readonly KubeObject[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, undefined, 2)}\n`;
}
