import { groupBy, isMap, listAt, textAt } from '../../core/json.ts';
import { knownNames } from '../../core/names.ts';
import { oncePer } from '../../core/once.ts';
import { mayBeMade } from '../../graph/doubts.ts';
import { absentReads, missingKeys } from '../../graph/reads.ts';
import type { Reader, SecretGraph } from '../../graph/secret-graph.ts';
import { findSecret, isMade, secretId } from '../../graph/secret-graph.ts';
import { collectorVariables, unresolvedReferences } from '../../graph/variables.ts';
import { LOGIN_KEYS } from '../../kinds/core/secret.ts';
import { pushSecret } from '../../kinds/eso/external-secret.ts';
import { type ExternalSecret, otherKind } from '../../kinds/eso/external-secret-spec.ts';
import { objectIdentity, type PlacedObject, specOf } from '../../kinds/kind.ts';
import { type Diff, isSameObject } from '../diff.ts';
import { firstPlaces, type Placed, type RelatedObject, relatedOnHead } from '../risk.ts';
import { formerRead, isCompared, isMoved, namespaceMoves, notOnBase } from './moves.ts';

interface Absence {
  readonly reader: Reader;
  readonly hint: string;
  readonly related: readonly RelatedObject[];
  /** An ExternalSecret that names it and makes none: creationPolicy None, or Merge into nothing. */
  readonly idle?: ExternalSecret;
  /** An object of another operator that may make it, and was there before. */
  readonly foreign?: string;
  readonly doubt?: string;
}

export interface LostSecret extends Absence {
  readonly required: readonly Reader[];
  readonly optional: readonly Reader[];
}

/** Secrets that a reader found on base and not on head, or that a new reader does not find. */
export const lostSecrets: (diff: Diff) => readonly LostSecret[] = oncePer(diff => {
  const { base, head } = diff;
  const absent = absences(head).filter(({ reader }) => isCompared(diff)(reader));
  if (absent.length === 0) return [];
  const unmade = absences(base).filter(({ foreign }) => foreign === undefined);
  const missed = unmade.map(({ reader }) => reader);
  // What a required reader of base does not find in Git is made by something else, or by nobody.
  const isOld = new Set(missed.filter(({ isOptional }) => !isOptional).map(idOfRead));
  // A reader that misses a required Secret misses it as optional too.
  const missedBefore = new Set(
    missed.flatMap(read => [readKey(read, true), readKey(read, read.isOptional)]),
  );
  // In another namespace a Secret that is made by hand has to be made anew.
  const wasMissed = (reader: Reader): boolean => {
    const former = isMoved(reader.object, diff) ? reader : formerRead(reader, diff);
    return missedBefore.has(readKey(former, reader.isOptional));
  };
  // What neither side makes may be made by something that was not read. What base made nothing else made: an object of
  // another operator that is alike on both sides does not begin to make it.
  const isSure = ({ reader: { namespace, secret }, doubt, foreign }: Absence): boolean =>
    findSecret(base, namespace, secret) === undefined
      ? doubt === undefined && foreign === undefined
      : foreign === undefined || foreign === mayBeMade(base)(namespace, secret);
  const isOfStore = movedByStore(diff);
  // The rule namespace-move reports the reads that fail in an object's new namespace.
  const ofMoves = namespaceMoves(diff).flatMap(({ head: object, missing }) =>
    head.readers.filter(read => read.object === object && missing.includes(read.secret)),
  );
  const moved = new Set(ofMoves.map(read => readKey(read)));
  const isKnown = (reader: Reader): boolean =>
    isOld.has(idOfRead(reader)) || moved.has(readKey(reader)) || isOfStore(reader);
  const found = absent.filter(
    absence => isSure(absence) && !wasMissed(absence.reader) && !isKnown(absence.reader),
  );
  const groups = groupBy(found, ({ reader }) => idOfRead(reader));
  return [...groups.values()].map(lostSecret);
});

/** The Secrets that a required reader has lost, by `secretId`: the rule secret-lost. */
export function missedSecrets(diff: Diff): Set<string> {
  const missed = lostSecrets(diff).filter(({ required }) => required.length > 0);
  return new Set(missed.map(({ reader }) => idOfRead(reader)));
}

function idOfRead({ namespace, secret }: Reader): string {
  return secretId(namespace, secret);
}

function readKey(read: Reader, isOptional: boolean = read.isOptional): string {
  const { object, namespace, secret } = read;
  return JSON.stringify([objectIdentity(object), namespace, secret, isOptional]);
}

function lostSecret(absences: readonly [Absence, ...Absence[]]): LostSecret {
  const readers = absences.map(({ reader }) => reader);
  const required = firstPlaces(readers.filter(({ isOptional }) => !isOptional));
  const optional = firstPlaces(readers.filter(({ isOptional }) => isOptional));
  const [first] = [...required, ...optional];
  const shown = absences.find(({ reader }) => reader === first) ?? absences[0];
  return { ...shown, required, optional };
}

function absences(graph: SecretGraph): Absence[] {
  const isMadeElsewhere = mayBeMade(graph);
  const unmade = absentReads(graph).filter(({ stray }) => stray === undefined);
  const absent = unmade.flatMap(({ doubt, ...absence }): Absence[] => {
    const { namespace, secret, object } = absence.reader;
    const foreign = isMadeElsewhere(namespace, secret);
    // A kind that is not known may make what it names.
    if (foreign !== undefined && isMadeElsewhere(namespace, secret, object) === undefined)
      return [];
    const why = foreign !== undefined ? { foreign } : doubt !== undefined && { doubt };
    return [{ ...absence, ...why, related: relatedOnHead(absence.related) }];
  });
  return [...absent, ...idleAbsences(graph)];
}

function idleAbsences(graph: SecretGraph): Absence[] {
  const isMadeElsewhere = mayBeMade(graph);
  return graph.externalSecrets.flatMap(idle => {
    const { creationPolicy, namespace, target, spec } = idle;
    if (creationPolicy !== 'None' && creationPolicy !== 'Merge') return [];
    if (isMade(findSecret(graph, namespace, target))) return [];
    if (isMadeElsewhere(namespace, target) !== undefined) return [];
    const todo = otherKind(spec) ? 'Leave target.manifest out' : 'Write creationPolicy: Owner';
    const hint = `${todo}, or let something else make the Secret first.`;
    return readsOf(graph, namespace, target).map(reader => ({ reader, hint, related: [], idle }));
  });
}

/** Whether an ExternalSecret that fetched this entry on base looks elsewhere by another store: rule store-changed. */
function movedByStore({ base }: Diff) {
  return ({ object, namespace, secret }: Pick<Reader, 'object' | 'namespace' | 'secret'>) => {
    const fetching = base.externalSecrets.filter(
      ({ data, dataFrom }) =>
        data.some(({ key }) => key === secret) ||
        dataFrom.some(({ extract }) => extract === secret),
    );
    const isOfIt = (was: Pick<Reader, 'object'>): boolean => isSameObject(was.object, object);
    return fetching.some(isOfIt) && !readsOf(base, namespace, secret).some(isOfIt);
  };
}

export interface MissedRead extends Placed {
  readonly namespace: string;
  readonly secret: string;
  readonly key: string;
  readonly hint: string;
}

/** The reads that miss their key on head only; of envFrom where something expands the variable (docs/facts/kubernetes.md#variables). */
export const newlyMissing: (diff: Diff) => readonly MissedRead[] = oncePer(diff => {
  const { base, head } = diff;
  const isMovedByStore = movedByStore(diff);
  const reads = notOnBase(
    missedReads(head).filter(isCompared(diff)),
    read => missedReadId(formerRead(read, diff)),
    () => missedReads(base).map(missedReadId),
  );
  const variables = notOnBase(
    missingVariables(head).filter(({ container }) => isCompared(diff)(container)),
    missingVariableId,
    () => missingVariables(base).map(missingVariableId),
  );
  return [
    ...reads.filter(read => !isMovedByStore(read)),
    ...variables.flatMap(variable => missedKey(base, variable)),
  ];
});

function missedReadId({ object, namespace, secret, key }: MissedRead): string {
  return JSON.stringify([objectIdentity(object), namespace, secret, key]);
}

function missedReads(graph: SecretGraph): MissedRead[] {
  const missing = missingKeys(graph).flatMap(({ reader, object, path, keys, hint }) => {
    const { isOptional, namespace, secret } = reader;
    return isOptional ? [] : keys.map(key => ({ object, path, namespace, secret, key, hint }));
  });
  return [
    ...missing,
    ...graph.readers.filter(({ how }) => how === 'pull').flatMap(read => pulledKey(graph, read)),
    ...graph.byKind(pushSecret).flatMap(object => pushedKeys(graph, object)),
  ];
}

/** The kubelet looks for a login in one of two keys (kubernetes.io, "Pull an Image"). */
function pulledKey(graph: SecretGraph, { object, path, namespace, secret }: Reader): MissedRead[] {
  const node = findSecret(graph, namespace, secret);
  if (node === undefined || node.isOpen) return [];
  const keys = [...LOGIN_KEYS.values()];
  const [key = ''] = keys;
  if (keys.some(each => node.keys.has(each))) return [];
  const hint = knownNames(`keys of "${secret}"`, key, node.keys);
  return [{ object, path, namespace, secret, key, hint }];
}

function pushedKeys(graph: SecretGraph, object: PlacedObject): MissedRead[] {
  const { namespace } = object;
  const secret = textAt(specOf(object), 'selector', 'secret', 'name');
  const node = secret === undefined ? undefined : findSecret(graph, namespace, secret);
  if (node === undefined || node.isOpen || isMap(specOf(object)['template'] ?? null)) return [];
  return listAt(specOf(object), 'data').flatMap((entry, index): MissedRead[] => {
    const key = textAt(entry, 'match', 'secretKey');
    const isRenamed = (textAt(entry, 'conversionStrategy') ?? 'None') !== 'None';
    if (key === undefined || isRenamed || node.keys.has(key)) return [];
    const path = ['spec', 'data', index, 'match', 'secretKey'];
    const hint = knownNames(`keys of "${node.name}"`, key, node.keys);
    return [{ object, path, namespace, secret: node.name, key, hint }];
  });
}

type MissingVariable = ReturnType<typeof missingVariables>[number];

function missingVariables(graph: SecretGraph) {
  const pods = new Map(graph.pods.map(pod => [pod.object, pod]));
  return [
    ...unresolvedReferences(graph).filter(({ definedAt, isOwn }) => !definedAt && !isOwn),
    ...collectorVariables(graph).flatMap(({ object, candidates, ...variable }) => {
      const [container] = pods.get(object)?.containers ?? [];
      return container === undefined
        ? []
        : [{ container, candidates: () => candidates, ...variable }];
    }),
  ];
}

function missingVariableId({ container, name }: MissingVariable): string {
  return JSON.stringify([objectIdentity(container.object), container.name, name]);
}

function missedKey(base: SecretGraph, variable: MissingVariable): MissedRead[] {
  const { container, path, name, candidates } = variable;
  const { object, envFrom } = container;
  const { namespace } = object;
  const sources = envFrom.flatMap(({ secret, prefix }) => {
    const key = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return secret === undefined ? [] : [{ secret, key }];
  });
  const isOf = ({ secret, key }: Pick<MissedRead, 'secret' | 'key'>) =>
    findSecret(base, namespace, secret)?.keys.has(key);
  const source = sources.find(isOf) ?? sources[0];
  if (source === undefined) return [];
  const hint = knownNames('variables', name, candidates());
  return [{ object, path, namespace, ...source, hint }];
}

export function readsOf({ readers }: SecretGraph, namespace: string, secret: string): Reader[] {
  return readers.filter(reader => reader.namespace === namespace && reader.secret === secret);
}

/** The required reads of a Secret in the namespace of an object by others than it. */
export function needsOf(graph: SecretGraph, secret: string, except: PlacedObject): Reader[] {
  const reads = readsOf(graph, except.namespace, secret);
  return reads.filter(({ isOptional, object }) => !isOptional && object !== except);
}
