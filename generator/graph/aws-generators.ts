import type { Path } from '../ground/finding.ts';
import { isMap, textAt } from '../ground/json.ts';
import { oncePer } from '../ground/once-per.ts';
import { valueAt } from '../ground/value-path.ts';
import { registryLogin, sessionLogin } from '../kinds/eso/aws-generator.ts';
import type { AwsSource } from '../kinds/eso/aws-provider.ts';
import { generatorKind } from '../kinds/eso/generators.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import type { Item } from '../kinds/kind.ts';
import type { AwsEntry } from './aws-stores.ts';
import { eachSpec } from './each-spec.ts';
import type { SecretGraph } from './secret-graph.ts';

/** A place that has a generator make something, and the generator. */
interface GeneratorUse {
  readonly item: Item;
  /** Of the reference. */
  readonly path: Path;
  readonly namespace: string;
  readonly generator: Item;
}

/** Every use of a generator of the set. */
const generatorUses: (graph: SecretGraph) => readonly GeneratorUse[] = oncePer(graph => [
  ...eachSpec(graph.externalSecrets).flatMap(({ item, namespace, dataFrom }) =>
    dataFrom.flatMap(({ path, generator }) =>
      used(item, [...path, 'sourceRef', 'generatorRef'], namespace, generator, graph),
    ),
  ),
  ...[...PUSH_SECRETS].flatMap(([kind, specPath]) =>
    graph.byKind(kind).flatMap(item => {
      const path = [...specPath, 'selector', 'generatorRef'];
      const ref = valueAt(item.object, path);
      const named = { kind: textAt(ref, 'kind') ?? '', name: textAt(ref, 'name') ?? '' };
      return used(item, path, item.namespace, isMap(ref) ? named : undefined, graph);
    }),
  ),
]);

/** Those that are used, each once. */
function usedGenerators(graph: SecretGraph): Item[] {
  return [...new Set(generatorUses(graph).map(({ generator }) => generator))];
}

function used(
  item: Item,
  path: Path,
  namespace: string,
  named: { readonly kind: string; readonly name: string } | undefined,
  { find }: SecretGraph,
): GeneratorUse[] {
  const kind = named && generatorKind(named.kind);
  if (named === undefined || kind === undefined) return [];
  const generator = find(kind, kind.isOfCluster === true ? '' : namespace, named.name);
  return generator === undefined ? [] : [{ item, path, namespace, generator }];
}

/** The tokens that generators get of AWS, each where it is asked for. */
export function awsTokens(graph: SecretGraph): AwsEntry[] {
  return generatorUses(graph).flatMap(({ item, path, namespace, generator }): AwsEntry[] => {
    const store = registryLogin(generator);
    return store === undefined ? [] : [{ item, path, store, namespace, uses: ['token'] }];
  });
}

/** The generators that log in to AWS, each once. */
export function awsGenerators(graph: SecretGraph): AwsSource[] {
  return usedGenerators(graph).flatMap(item => registryLogin(item) ?? []);
}

/** The generators of sessions that are used, and who asks for them. */
export function awsSessions(
  graph: SecretGraph,
): { readonly item: Item; readonly by: 'user' | 'role' }[] {
  return usedGenerators(graph).flatMap(item => {
    const by = sessionLogin(item);
    return by === undefined ? [] : [{ item, by }];
  });
}
