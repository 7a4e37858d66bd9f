import { nameFaults } from '../../graph/aws-accounts.ts';
import { error, type Rule } from '../rule.ts';

export const parameterName: Rule = error('parameter-name', graph =>
  nameFaults(graph).filter(({ id }) => id === 'parameter-name'),
);
