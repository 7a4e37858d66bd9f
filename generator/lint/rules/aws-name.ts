import { nameFaults } from '../../graph/aws-names.ts';
import type { Rule } from '../rule.ts';

export const awsName: Rule = {
  id: 'aws-name',
  severity: 'error',
  summary: 'Each secret, ARN and key that is named is one that its store can ask AWS for.',
  check: graph => nameFaults(graph).filter(({ id }) => id === 'aws-name'),
};
