import type { SecretGraph } from '../../graph/secret-graph.ts';
import type { Path } from '../../ground/finding.ts';
import type { PlacedObject } from '../../kinds/kind.ts';
import type { RemoteEntry } from '../params/entry.ts';
import type { Found } from '../params/facts.ts';
import type { Commands } from './commands.ts';
import type { Dump } from './dump.ts';
import type { ExpectedSecret } from './expected-secrets.ts';

/** A step on the way of a secret from its store to a program, in their order. */
export const LINKS = [
  'entry',
  'permission',
  'store',
  'external-secret',
  'secret',
  'keys',
  'pods',
  'restart',
  'cnpg',
  'push',
] as const;
export type LinkName = (typeof LINKS)[number];

/** What a look at one link gave; undefined: the way has no such link. */
export type Verdict = { readonly state: 'ok' } | NotKnown | Broken | undefined;

/** Nothing can be said: a reason, and the command that would show it. */
export interface NotKnown {
  readonly state: 'unknown';
  /** Goes on after "because". */
  readonly because: string;
  /** It may be known in a while: something has not come to it yet. */
  readonly isPending?: true;
  readonly command?: string | undefined;
}

/** The secret gets no further. */
export interface Broken {
  readonly state: 'broken';
  /** One sentence without a full stop. */
  readonly message: string;
  /** What the dump says, in the words of those who said it. */
  readonly evidence: readonly Evidence[];
  /** The manifest that is about it, and the field. */
  readonly object: PlacedObject;
  readonly path: Path;
  /** What mends it, or what to look at next; absent: it would hold a name that no shell should see. */
  readonly command?: string | undefined;
}

/** Something that the cluster said. */
export interface Evidence {
  readonly kind: 'condition' | 'event' | 'status' | 'absence' | 'time' | 'policy';
  readonly text: string;
  /** How long before the newest time of the dump. */
  readonly age?: string | undefined;
}

/** A Secret that is expected, and where it is looked for. */
export interface Examined {
  readonly secret: ExpectedSecret;
  readonly graph: SecretGraph;
  readonly dump: Dump;
  readonly commands: Commands;
  /** What AWS says of an entry; absent: it was not asked. */
  readonly found?: ((entry: RemoteEntry) => Found | undefined) | undefined;
}

export const OK: Verdict = { state: 'ok' };

/** The first that is broken, or else the first that is not known. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return (
    verdicts.find(verdict => verdict?.state === 'broken') ??
    verdicts.find(verdict => verdict?.state === 'unknown') ??
    verdicts.find(verdict => verdict !== undefined)
  );
}
