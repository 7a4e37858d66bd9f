import { groupBy } from '../../core/json.ts';
import type { Container } from '../../kinds/pods.ts';
import { error, type Rule } from '../rule.ts';

export const duplicateVariable: Rule = error('duplicate-variable', 'containers', repeatedIn);

function* repeatedIn({ name: container, object, env }: Container) {
  for (const [name, [first, ...others]] of groupBy(env, entry => entry.name))
    for (const { path } of name === '' ? [] : others)
      yield {
        path: [...path, 'name'],
        message: `"${name}" is twice in the env of container "${container}", and the later one wins`,
        hint: `Keep the one that is meant. Server-side apply, which Argo CD and Flux can use, refuses both.`,
        related: [{ object, path: [...first.path, 'name'], note: 'the first one' }],
      };
}
