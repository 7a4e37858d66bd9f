import type { Path } from '../core/finding.ts';
import { groupBy, sortBy } from '../core/json.ts';
import { isUnresolved } from '../core/kube-object.ts';
import { hideSecrets } from '../core/secret-text.ts';
import {
  findSecret,
  type Reader,
  type SecretGraph,
  type SecretNode,
  secretId,
} from '../graph/secret-graph.ts';
import type { ExternalSecret } from '../kinds/eso/external-secret-spec.ts';
import type { PlacedObject } from '../kinds/kind.ts';

/** Commands for people to paste; undefined: one would hold what no shell should see. */
export interface Commands {
  readonly kubectl: (...words: readonly string[]) => string | undefined;
  /** A command of `rem-secrets`, for the environment or the manifests that doctor was run for. */
  readonly remSecrets: (part: string, ...words: readonly string[]) => string | undefined;
  /** Has External Secrets fetch an ExternalSecret once more (docs/facts/eso.md#refresh). */
  readonly refetch: (namespace: string, name: string) => string | undefined;
  readonly apply: (object: PlacedObject) => string | undefined;
  /** Has Argo CD apply what an Application lacks. */
  readonly sync: (application: PlacedObject) => string | undefined;
}

interface CommandScope {
  readonly environment?: string | undefined;
  readonly paths: readonly string[];
  /** The context of kubectl, where one is named: a command is for the same cluster. */
  readonly context?: string | undefined;
  readonly applied: (object: PlacedObject) => readonly string[] | undefined;
}

export function commandsFor({ environment, paths, context, applied }: CommandScope): Commands {
  const flags = context === undefined ? [] : ['--context', context];
  const kubectl: Commands['kubectl'] = (...words) => commandOf('kubectl', [...flags, ...words]);
  return {
    kubectl,
    remSecrets: (part, ...words) => {
      const named = part.startsWith('params') ? ['--manifests', ...paths] : paths;
      const which = paths.length > 0 ? named : environment === undefined ? [] : ['-e', environment];
      return commandOf(`rem-secrets ${part}`, [...words, ...which]);
    },
    refetch: (namespace, name) =>
      kubectl('annotate', 'externalsecret', name, '-n', namespace, NOW, '--overwrite'),
    apply: object => {
      const words = applied(object);
      return words === undefined ? undefined : kubectl('apply', ...words);
    },
    sync: ({ namespace, name }) =>
      commandOf('argocd', ['app', 'sync', namespace === 'argocd' ? name : `${namespace}/${name}`]),
  };
}

/** Words that a shell reads as no more than a word; flags are from this list only. */
const WORD = /^[\w./-][\w./:@%+,=-]{0,400}$/;
const FLAGS =
  /^(-[nekflo]|--(all-namespaces|context|overwrite|manifests|show-managed-fields|from-file=[\w./=-]{1,200}))$/;

/** The time at which the command is pasted. */
const NOW = 'force-sync=$(date +%s)';

function commandOf(program: string, words: readonly string[]): string | undefined {
  return words.every(isPlain) ? [program, ...words].join(' ') : undefined;
}

function isPlain(word: string): boolean {
  if (word === NOW) return true;
  const isAllowed = !word.startsWith('-') || FLAGS.test(word);
  return WORD.test(word) && isAllowed && hideSecrets(word) === word;
}

/** A Secret that the manifests make or read, which has to be in the cluster therefore. */
export interface ExpectedSecret {
  readonly namespace: string;
  readonly name: string;
  /** Absent: nothing in the manifests makes it. */
  readonly node?: SecretNode;
  readonly external: readonly ExternalSecret[];
  readonly readers: readonly Reader[];
  /** Where the manifests speak of it first. */
  readonly object: PlacedObject;
  readonly path: Path;
}

/** The objects that make and read a Secret. */
export function objectsAround({
  node,
  readers,
}: Pick<ExpectedSecret, 'node' | 'readers'>): PlacedObject[] {
  return [...(node?.makers ?? []), ...readers].map(({ object }) => object);
}

/** All Secrets that the shown objects of a graph make or need, by namespace and name. */
export function expectedSecrets(
  graph: SecretGraph,
  shown: ReadonlySet<PlacedObject>,
): ExpectedSecret[] {
  const isShown = ({ object }: { readonly object: PlacedObject }): boolean =>
    shown.has(object.written?.by ?? object);
  const readers = groupBy(graph.readers.filter(isShown), ({ namespace, secret }) =>
    secretId(namespace, secret),
  );
  const writing = graph.externalSecrets.filter(({ creationPolicy }) => creationPolicy !== 'None');
  const external = groupBy(writing, ({ namespace, target }) => secretId(namespace, target));
  const made = [...graph.secrets.values()].filter(({ makers }) =>
    makers.some(maker => isShown(maker) && maker.isInternal !== true),
  );
  const needed = [...readers.values()].flatMap(
    all => all.find(({ isOptional }) => !isOptional) ?? [],
  );
  const names = new Map(
    [...made, ...needed.map(({ namespace, secret }) => ({ namespace, name: secret }))]
      .filter(({ namespace, name }) => name !== '' && ![namespace, name].some(isUnresolved))
      .map(secret => [secretId(secret.namespace, secret.name), secret]),
  );
  return sortBy([...names], ([id]) => id).flatMap(([id, { namespace, name }]) => {
    const node = findSecret(graph, namespace, name);
    const [place] = [...(node?.makers ?? []), ...(readers.get(id) ?? [])];
    if (place === undefined) return [];
    return {
      namespace,
      name,
      ...(node !== undefined && { node }),
      external: external.get(id) ?? [],
      readers: readers.get(id) ?? [],
      object: place.object,
      path: place.path,
    };
  });
}
