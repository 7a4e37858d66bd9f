import { sortBy } from '../core/json.ts';
import type { Rule } from './rule.ts';
import * as list from './rule-list.ts';

export const rules: readonly Rule[] = sortBy(Object.values<Rule>(list), ({ id }) => id);
