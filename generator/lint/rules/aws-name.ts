import { nameFaults } from '../../graph/aws-names.ts';
import type { Rule } from '../rule.ts';

export const awsName: Rule = {
  id: 'aws-name',
  severity: 'error',
  check: graph => nameFaults(graph).filter(({ id }) => id === 'aws-name'),
};
