import { groupBy } from '../../core/json.ts';
import { mayBeMade } from '../../graph/doubts.ts';
import { objectIdentity } from '../../graph/graph.ts';
import { absentReads, type Reason } from '../../graph/reads.ts';
import {
  findSecret,
  isMade,
  type Reader,
  type SecretGraph,
  secretId,
} from '../../graph/secret-graph.ts';
import type { ExternalSecret } from '../../kinds/eso/external-secret-spec.ts';
import { formerRead, isMoved, partnersOf } from '../compare.ts';
import type { Comparison } from '../field-changes.ts';
import { firstPlaces } from '../risk.ts';
import { isOwn, readsOf } from './losses.ts';
import { namespaceMoves } from './moves.ts';
import { movedByStore } from './values.ts';

/** A Secret that is read on head and that nothing makes there. */
export interface LostSecret {
  readonly namespace: string;
  readonly secret: string;
  /** The reader that it is told of: one that cannot do without, if there is any. */
  readonly first: Reader;
  /** Those that cannot do without. */
  readonly required: readonly Reader[];
  readonly optional: readonly Reader[];
  readonly hint: string;
  readonly related: Reason['related'];
  /** An ExternalSecret that names it and makes none: creationPolicy None, or Merge into nothing. */
  readonly idle?: ExternalSecret;
}

/** A read of an absent Secret, with what there is to say about it. */
interface Absence {
  readonly reader: Reader;
  readonly hint: string;
  readonly related: Reason['related'];
  /** Why it is not known. */
  readonly doubt?: string;
  readonly idle?: ExternalSecret;
}

/**
 * Secrets with readers that find them on base, or are new themselves, and do not on head. What a
 * reader missed before is not lost by the change.
 */
export function lostSecrets(comparison: Comparison): LostSecret[] {
  const absent = absences(comparison.head).filter(({ reader }) => isOwn(comparison)(reader));
  if (absent.length === 0) return [];
  const missed = absences(comparison.base).map(({ reader }) => reader);
  const before = new Set(missed.flatMap(missedBy));
  // What base cannot do without and Git does not make, something else makes, or nobody does.
  const isOld = secretsOf(missed.filter(({ isOptional }) => !isOptional));
  const partners = partnersOf(comparison);
  // In another namespace a Secret that is made by hand has to be made anew.
  const wasMissed = (reader: Reader): boolean => {
    const former = isMoved(reader.object, partners) ? reader : formerRead(reader, partners);
    return before.has(keyOf(former, reader.isOptional));
  };
  const isOfStore = movedByStore(comparison);
  const moved = readsOfMoves(comparison);
  const found = absent.filter(
    ({ reader, doubt }) =>
      isSure(comparison, reader, doubt) &&
      !wasMissed(reader) &&
      !isOld.has(secretId(reader.namespace, reader.secret)) &&
      !moved.has(keyOf(reader, reader.isOptional)) &&
      !isOfStore(reader),
  );
  const groups = groupBy(found, ({ reader }) => secretId(reader.namespace, reader.secret));
  return [...groups.values()].flatMap(group => lostSecret(group) ?? []);
}

/** What base had is lost; of what no side has, something that was not read may be the maker. */
function isSure(
  { base }: Comparison,
  { namespace, secret }: Reader,
  doubt: string | undefined,
): boolean {
  return doubt === undefined || findSecret(base, namespace, secret) !== undefined;
}

/** The Secrets that a reader cannot do without and has lost, by `secretId`: the rule secret-lost. */
export function missedSecrets(comparison: Comparison): Set<string> {
  const missed = lostSecrets(comparison).filter(({ required }) => required.length > 0);
  return secretsOf(missed.map(({ first }) => first));
}

/** What an object misses where it moves to is the rule namespace-move. */
function readsOfMoves(comparison: Comparison): Set<string> {
  const { readers } = comparison.head;
  const reads = namespaceMoves(comparison).flatMap(({ head: object, missing }) =>
    readers.filter(read => read.object === object && missing.includes(read.secret)),
  );
  return new Set(reads.map(read => keyOf(read, read.isOptional)));
}

function secretsOf(readers: readonly Reader[]): Set<string> {
  return new Set(readers.map(({ namespace, secret }) => secretId(namespace, secret)));
}

function lostSecret(absences: readonly Absence[]): LostSecret | undefined {
  const readers = absences.map(({ reader }) => reader);
  const required = firstPlaces(readers.filter(({ isOptional }) => !isOptional));
  const optional = firstPlaces(readers.filter(({ isOptional }) => isOptional));
  const named = required[0] ?? optional[0];
  const first = absences.find(({ reader }) => reader === named);
  if (first === undefined) return undefined;
  const { hint, related, idle, reader } = first;
  return {
    namespace: reader.namespace,
    secret: reader.secret,
    first: reader,
    required,
    optional,
    hint,
    related,
    ...(idle !== undefined && { idle }),
  };
}

/** Who missed a Secret that it cannot do without misses it as optional too. */
function missedBy(reader: Reader): string[] {
  return [keyOf(reader, true), ...(reader.isOptional ? [] : [keyOf(reader, false)])];
}

function keyOf({ object, namespace, secret }: Reader, isOptional: boolean): string {
  return JSON.stringify([objectIdentity(object), namespace, secret, isOptional]);
}

function absences(graph: SecretGraph): Absence[] {
  const isMadeElsewhere = mayBeMade(graph);
  const absent = absentReads(graph).filter(
    ({ stray, reader: { namespace, secret } }) =>
      stray === undefined && isMadeElsewhere(namespace, secret) === undefined,
  );
  return [...absent, ...idleAbsences(graph)];
}

/** Reads of Secrets that ExternalSecrets name and do not make. */
function idleAbsences(graph: SecretGraph): Absence[] {
  const idle = graph.externalSecrets.filter(
    secret => isIdle(secret) && !isMade(findSecret(graph, secret.namespace, secret.target)),
  );
  if (idle.length === 0) return [];
  const isMadeElsewhere = mayBeMade(graph);
  return idle
    .filter(({ namespace, target }) => isMadeElsewhere(namespace, target) === undefined)
    .flatMap(secret =>
      readsOf(graph, secret.namespace, secret.target).map(reader => ({
        reader,
        hint: 'Write creationPolicy: Owner, or let something else make the Secret first.',
        related: [],
        idle: secret,
      })),
    );
}

function isIdle({ creationPolicy }: ExternalSecret): boolean {
  return creationPolicy === 'None' || creationPolicy === 'Merge';
}
