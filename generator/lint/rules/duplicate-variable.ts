import { groupBy } from '../../core/json.ts';
import { error, type Rule } from '../rule.ts';

export const duplicateVariable: Rule = error(
  'duplicate-variable',
  'containers',
  function* (container) {
    const { object, env } = container;
    for (const [name, [first, ...others]] of groupBy(env, entry => entry.name))
      for (const { path } of name === '' ? [] : others)
        yield {
          path: [...path, 'name'],
          message: `"${name}" is twice in the env of container "${container.name}", and the later one wins`,
          hint: `Keep the one that is meant. Server-side apply, which Argo CD and Flux can use, refuses both.`,
          related: [{ object, path: [...first.path, 'name'], note: 'the first one' }],
        };
  },
);
