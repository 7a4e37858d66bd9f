import { nameFaults } from '../../graph/aws-names.ts';
import type { Rule } from '../rule.ts';

export const parameterName: Rule = {
  id: 'parameter-name',
  severity: 'error',
  check: graph => nameFaults(graph).filter(({ id }) => id === 'parameter-name'),
};
