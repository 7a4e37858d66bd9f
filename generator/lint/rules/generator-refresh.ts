import type { Path } from '../../core/finding.ts';
import { textAt } from '../../core/json.ts';
import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { clusterGenerator, isValueMaker } from '../../kinds/eso/generators.ts';
import { specOf } from '../../kinds/kind.ts';
import { error, type Rule } from '../rule.ts';

export const generatorRefresh: Rule = error('generator-refresh', 'specs', (secret, graph) => {
  const { isActive, seconds = 0, interval = '1h, the default,' } = secret.refresh;
  // More often than daily, which is no rotation (docs/facts/eso.md#ownership: not if merged).
  const isOften = isActive && seconds > 0 && seconds < 24 * 3600;
  const generator = valueMaker(secret, graph);
  if (generator === undefined || !isOften || secret.creationPolicy === 'Merge') return undefined;
  return {
    path: cause(secret) ?? generator.path,
    message: `${generator.kind} generator "${generator.name}" makes a new value every ${interval} for Secret "${secret.target}"`,
    hint: 'Set refreshPolicy to CreatedOnce: what was made or signed with the old value stops working when it changes.',
  };
});

function cause(secret: ExternalSecret): Path | undefined {
  const { policy, interval } = secret.refresh;
  if (policy !== undefined) return [...secret.path, 'refreshPolicy'];
  return interval === undefined ? undefined : [...secret.path, 'refreshInterval'];
}

function valueMaker({ dataFrom }: ExternalSecret, { find }: SecretGraph) {
  for (const { path, generator } of dataFrom) {
    if (generator === undefined) continue;
    const { name } = generator;
    const shared =
      generator.kind === clusterGenerator.kind ? find(clusterGenerator, '', name) : undefined;
    const kind = shared === undefined ? generator.kind : (textAt(specOf(shared), 'kind') ?? '');
    if (isValueMaker(kind)) return { kind, name, path: [...path, 'sourceRef', 'generatorRef'] };
  }
  return undefined;
}
