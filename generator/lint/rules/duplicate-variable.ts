import type { Container } from '../../kinds/pods.ts';
import { error, type Rule, type RuleFault } from '../rule.ts';

export const duplicateVariable: Rule = error('duplicate-variable', function* ({ pods }) {
  for (const container of pods.flatMap(({ containers }) => containers))
    yield* duplicates(container);
});

function* duplicates({ object, name: container, env }: Container): Iterable<RuleFault> {
  const first = new Map<string, (typeof env)[number]>();
  for (const entry of env) {
    const { name, path } = entry;
    const before = first.get(name);
    if (before === undefined) first.set(name, entry);
    else if (name !== '')
      yield {
        object,
        path: [...path, 'name'],
        message: `"${name}" is twice in the env of container "${container}", and the later one wins`,
        hint: `Keep the one that is meant. Server-side apply, which Argo CD and Flux can use, refuses both.`,
        related: [{ object, path: [...before.path, 'name'], note: 'the first one' }],
      };
  }
}
