import { objectFaults } from '../../graph/object-faults.ts';
import type { Rule } from '../rule.ts';

export const invalidObject: Rule = {
  id: 'invalid-object',
  severity: 'error',
  summary: 'Each object is one that the API server accepts.',

  *check({ items, validators }) {
    for (const item of items)
      for (const fault of objectFaults(item, validators)) yield { item, ...fault };
  },
};
