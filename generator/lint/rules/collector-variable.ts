import { knownNames } from '../../core/names.ts';
import { collectorVariables } from '../../graph/variables.ts';
import { absenceBeside, type Rule } from '../rule.ts';

export const collectorVariable: Rule = absenceBeside(
  'collector-variable',
  collectorVariables,
  ({ path, name, candidates }) => ({
    path,
    message: `the collector has no variable "${name}"`,
    hint: knownNames('variables', name, candidates),
  }),
);
