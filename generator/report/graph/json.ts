import { jsonText } from '../json-text.ts';
import type { Flow } from './flow.ts';

/** The flows for programs, the fields of `Flow` as they are. */
export function renderFlowJson(flows: readonly Flow[]): string {
  return jsonText({ flows });
}
