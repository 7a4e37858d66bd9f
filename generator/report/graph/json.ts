import type { Flow } from './flow.ts';

/** The flows for programs, the fields of `Flow` as they are. */
export function renderFlowJson(flows: readonly Flow[]): string {
  return `${JSON.stringify({ flows }, undefined, 2)}\n`;
}
