import { displayKind } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const unknownPath: Rule = error('unknown-path', function* ({ outside: { lost = [] } }) {
  for (const { object, at, path, near } of lost)
    yield {
      object,
      path: at,
      message: `the repository has no folder "${path}" for ${displayKind(object)} "${object.name}" to apply`,
      hint: `Did you mean "${near}"?`,
    };
});
