import { nameFaults } from '../../graph/aws-accounts.ts';
import { error, type Rule } from '../rule.ts';

export const awsName: Rule = error('aws-name', graph =>
  nameFaults(graph).filter(({ id }) => id === 'aws-name'),
);
