import { listAt, textAt } from '../../core/json.ts';
import { eachSpec } from '../../graph/secret-graph.ts';
import { deadRewrites } from '../../kinds/eso/external-secret.ts';
import { type Rule, warning } from '../rule.ts';

export const unmatchedRewrite: Rule = warning('unmatched-rewrite', function* ({ externalSecrets }) {
  for (const { object, dataFrom } of eachSpec(externalSecrets))
    for (const { spec, path } of dataFrom) {
      const rewrite = listAt(spec, 'rewrite');
      for (const { index, by } of deadRewrites(rewrite)) {
        const source = (at: number): string => textAt(rewrite[at], 'regexp', 'source') ?? '';
        yield {
          object,
          path: [...path, 'rewrite', index, 'regexp', 'source'],
          message: `"${source(index)}" matches no key after "${source(by)}" has renamed them`,
          hint: 'Each entry works on the keys that the one before it left: change their order, or write what the keys are called by then.',
          related: [
            { object, path: [...path, 'rewrite', by, 'regexp'], note: 'the entry before it' },
          ],
        };
      }
    }
});
