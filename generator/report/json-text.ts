import type { KubeObject } from '../ground/kube-object.ts';
import { COMMAND, unitsOf } from './one-line.ts';

/** What JSON leaves as it is though nobody sees it. */
const UNSEEN = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A report as JSON; what cannot be seen, or would be obeyed in a log, stands there as an escape. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replaceAll(UNSEEN, unitsOf).replaceAll(COMMAND, unitsOf)}\n`;
}

/** Objects as one Kubernetes List, as `kubectl get --output json` prints them. */
export function renderList(objects: readonly KubeObject[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }, undefined, 2)}\n`;
}
