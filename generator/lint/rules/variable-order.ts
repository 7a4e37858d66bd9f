import { unresolvedReferences } from '../../graph/variables.ts';
import { writtenAt } from '../../kinds/kinds.ts';
import { error, type Rule } from '../rule.ts';

export const variableOrder: Rule = error('variable-order', unresolvedReferences, reference => {
  const { object, path, name, definedAt } = reference;
  if (definedAt === undefined) return undefined;
  // Values for a chart have variables under their names.
  const place = writtenAt(object, definedAt).path.at(-1);
  const isNamed = object.written !== undefined && typeof place === 'string';
  return {
    path,
    message: `$(${name}) stands before the variable that it refers to, so the text stays as it is`,
    hint: isNamed
      ? `Variables of a map come in the order of their names: say that this one depends on "${name}" (dependsOn).`
      : `Move "${name}" up: Kubernetes knows only the variables that stand earlier in the list.`,
    related: [{ object, path: definedAt, note: `"${name}" is defined here` }],
  };
});
