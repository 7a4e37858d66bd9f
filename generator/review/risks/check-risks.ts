import { objectIdentity } from '../../graph/graph-of.ts';
import { sortBy } from '../../ground/sort-by.ts';
import { type Comparison, environmentOf } from '../changes/comparison.ts';
import { LEVELS, type Level, type Risk, type RiskRule } from './risk-rule.ts';
import { riskRules } from './risk-rules.ts';

/** A risk with the rule that found it. */
export interface FoundRisk extends Risk {
  readonly rule: RiskRule;
  readonly level: Level;
}

/** Every risk of an environment: the worst first, then by object and rule. */
export function checkRisks(
  comparison: Comparison,
  only: readonly RiskRule[] = riskRules,
): FoundRisk[] {
  const found = only.flatMap(rule =>
    [...rule.check(comparison)].map(risk => ({ level: rule.level, ...risk, rule })),
  );
  return sortBy(found, risk => `${environmentOf(comparison, risk.object)}\0${keyOf(risk)}`);
}

function keyOf({ level, object, rule, path, message }: FoundRisk): string {
  return JSON.stringify([LEVELS.indexOf(level), objectIdentity(object), rule.id, path, message]);
}
