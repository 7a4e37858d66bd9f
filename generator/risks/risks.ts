import type { RiskRule } from './risk-rule.ts';
import { clusterRemoved } from './rules/cluster-removed.ts';

/** All risk rules, by id. */
export const riskRules: readonly RiskRule[] = [clusterRemoved];
