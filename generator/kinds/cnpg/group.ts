import type { JsonObject } from '../../core/json.ts';
import type { Served } from '../kind.ts';

/** CloudNativePG, 1.30: its CRDs, api/v1 and internal/webhook. */
export const CNPG = 'postgresql.cnpg.io';

export const CNPG_V1: string = `${CNPG}/v1`;

export const served: Served = { versions: ['v1'], since: 'CloudNativePG 1.15' };

/** The label with which CNPG follows changes of a Secret (docs/facts/cnpg.md#reload-label). */
export const RELOAD_LABEL = 'cnpg.io/reload';

/** Whether labels have it. CNPG ignores its value. */
export function hasReloadLabel(labels: JsonObject): boolean {
  return Object.hasOwn(labels, RELOAD_LABEL);
}
