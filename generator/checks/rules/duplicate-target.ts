import type { Maker, SecretNode } from '../../graph/secret-graph.ts';
import type { Rule } from '../rule.ts';

export const duplicateTarget: Rule = {
  id: 'duplicate-target',
  severity: 'error',
  summary: 'Each Secret has one owner.',

  *check({ secrets }) {
    for (const node of secrets.values()) {
      const [first, ...others] = ownersOf(node);
      if (first === undefined) continue;
      for (const { item, path } of others) {
        yield {
          item,
          path,
          message: `Secret "${node.name}" is made by ${first.item.kind} "${first.item.name}" too`,
          hint: 'Give it a name of its own, or add keys to the other one with creationPolicy: Merge.',
          related: [{ item: first.item, path: first.path, note: 'the other maker' }],
        };
      }
    }
  },
};

/** Those that write the whole Secret; an operator or a person before an ExternalSecret. */
function ownersOf({ makers }: SecretNode): Maker[] {
  const isSync = ({ item }: Maker): boolean => item.kind.endsWith('ExternalSecret');
  const owners = makers.filter(maker => !maker.isMerging);
  return [...owners.filter(maker => !isSync(maker)), ...owners.filter(isSync)];
}
