import type { Path } from '../ground/finding.ts';
import { isMap, textAt, valueAt } from '../ground/json.ts';
import { oncePer } from '../ground/once-per.ts';
import type { AwsSource } from '../kinds/eso/aws-provider.ts';
import { generatorKind, registryLogin, sessionLogin } from '../kinds/eso/generators.ts';
import { PUSH_SECRETS } from '../kinds/eso/specs.ts';
import type { PlacedObject } from '../kinds/kind.ts';
import type { AwsEntry } from './aws-stores.ts';
import { eachSpec, type SecretGraph } from './secret-graph.ts';

/** A place that has a generator make something, and the generator. */
interface GeneratorUse {
  readonly object: PlacedObject;
  /** Of the reference. */
  readonly path: Path;
  readonly namespace: string;
  readonly generator: PlacedObject;
}

/** Every use of a generator of the set. */
const generatorUses: (graph: SecretGraph) => readonly GeneratorUse[] = oncePer(graph => [
  ...eachSpec(graph.externalSecrets).flatMap(({ object, namespace, dataFrom }) =>
    dataFrom.flatMap(({ path, generator }) =>
      used(object, [...path, 'sourceRef', 'generatorRef'], namespace, generator, graph),
    ),
  ),
  ...[...PUSH_SECRETS].flatMap(([kind, specPath]) =>
    graph.byKind(kind).flatMap(object => {
      const path = [...specPath, 'selector', 'generatorRef'];
      const ref = valueAt(object.json, path);
      const named = { kind: textAt(ref, 'kind') ?? '', name: textAt(ref, 'name') ?? '' };
      return used(object, path, object.namespace, isMap(ref) ? named : undefined, graph);
    }),
  ),
]);

/** Those that are used, each once. */
function usedGenerators(graph: SecretGraph): PlacedObject[] {
  return [...new Set(generatorUses(graph).map(({ generator }) => generator))];
}

function used(
  object: PlacedObject,
  path: Path,
  namespace: string,
  named: { readonly kind: string; readonly name: string } | undefined,
  { find }: SecretGraph,
): GeneratorUse[] {
  const kind = named && generatorKind(named.kind);
  if (named === undefined || kind === undefined) return [];
  const generator = find(kind, kind.isOfCluster === true ? '' : namespace, named.name);
  return generator === undefined ? [] : [{ object, path, namespace, generator }];
}

/** The tokens that generators get of AWS, each where it is asked for. */
export function awsTokens(graph: SecretGraph): AwsEntry[] {
  return generatorUses(graph).flatMap(({ object, path, namespace, generator }): AwsEntry[] => {
    const store = registryLogin(generator);
    return store === undefined ? [] : [{ object, path, store, namespace, uses: ['token'] }];
  });
}

/** The generators that log in to AWS, each once. */
export function awsGenerators(graph: SecretGraph): AwsSource[] {
  return usedGenerators(graph).flatMap(object => registryLogin(object) ?? []);
}

/** The generators of sessions that are used, and who asks for them. */
export function awsSessions(
  graph: SecretGraph,
): { readonly object: PlacedObject; readonly by: 'user' | 'role' }[] {
  return usedGenerators(graph).flatMap(object => {
    const by = sessionLogin(object);
    return by === undefined ? [] : [{ object, by }];
  });
}
