import { hideSecrets } from '../../ground/secret-text.ts';
import type { PlacedObject } from '../../kinds/kind.ts';

/** Commands for people to paste; undefined: one would hold what no shell should see. */
export interface Commands {
  readonly kubectl: (...words: readonly string[]) => string | undefined;
  /** `rem-secrets`, for the environment or the manifests that are looked at. */
  readonly own: (part: string, ...words: readonly string[]) => string | undefined;
  /** Has ESO fetch what an ExternalSecret says once more (docs/facts/eso.md#refresh). */
  readonly sync: (namespace: string, name: string) => string | undefined;
  /** Applies the manifest of an object. */
  readonly apply: (object: PlacedObject) => string | undefined;
}

/** What the manifests are, as other commands name them. */
export interface Looked {
  readonly environment?: string | undefined;
  readonly paths: readonly string[];
  /** The context of kubectl, where it is not its own choice: a command is for the same cluster. */
  readonly context?: string | undefined;
  readonly applied: (object: PlacedObject) => readonly string[] | undefined;
}

export function commandsFor({ environment, paths, context, applied }: Looked): Commands {
  const own = context === undefined ? [] : ['--context', context];
  const kubectl: Commands['kubectl'] = (...words) => commandOf('kubectl', [...own, ...words]);
  return {
    kubectl,
    own: (part, ...words) => {
      const named = part.startsWith('params') ? ['--manifests', ...paths] : paths;
      const which = paths.length > 0 ? named : environment === undefined ? [] : ['-e', environment];
      return commandOf(`rem-secrets ${part}`, [...words, ...which]);
    },
    sync: (namespace, name) =>
      kubectl('annotate', 'externalsecret', name, '-n', namespace, NOW, '--overwrite'),
    apply: object => {
      const words = applied(object);
      return words === undefined ? undefined : kubectl('apply', ...words);
    },
  };
}

/** Nothing that a shell reads as more than a word; flags are ours alone, and the time is. */
const WORD = /^[\w./-][\w./:@%+,=-]{0,400}$/;
const FLAGS =
  /^(-[nekflo]|--(all-namespaces|context|overwrite|manifests|show-managed-fields|from-file=[\w./=-]{1,200}))$/;

/** When it is pasted. */
const NOW = 'force-sync=$(date +%s)';

function commandOf(program: string, words: readonly string[]): string | undefined {
  return words.every(isPlain) ? [program, ...words].join(' ') : undefined;
}

function isPlain(word: string): boolean {
  if (word === NOW) return true;
  const isFlag = word.startsWith('-');
  return WORD.test(word) && (!isFlag || FLAGS.test(word)) && hideSecrets(word) === word;
}
