import { groupBy } from '../../ground/group-by.ts';
import type { FlowSecret, FlowSource } from '../graph/flow.ts';
import type { SecretEffect } from './review.ts';
import { inWords, objectText } from './words.ts';

/** What becomes of a Secret, and how that looks: the worst first. */
export function fateOf(effect: SecretEffect): {
  readonly text: string;
  readonly tone: 'added' | 'removed' | 'changed' | 'block';
} {
  const { base, head, isSourceChanged } = effect;
  if (head === undefined) return { text: 'gone', tone: 'removed' };
  if (head.state === 'missing') return { text: 'nothing makes it, and it is read', tone: 'block' };
  if (head.missingKeys.length > 0) return { text: 'lacks a key that is read', tone: 'block' };
  if (base === undefined) return { text: 'new', tone: 'added' };
  return { text: isSourceChanged ? 'its values may change' : partsText(effect), tone: 'changed' };
}

function partsText(effect: SecretEffect): string {
  const parts = changedParts(effect);
  if (parts.length === 0) return 'it is made otherwise';
  const text = inWords(parts);
  return `its ${text} ${text === 'refresh' ? 'changes' : 'change'}`;
}

/** A store, or a generator, and what of it comes and goes. */
export interface SourceChange {
  readonly source: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Where the values of a Secret come from that they did not before, and the other way round. */
export function sourceChanges({ base, head }: SecretEffect): SourceChange[] {
  if (head === undefined) return [];
  const [before, after] = [sourcesOf(base), sourcesOf(head)];
  return [...new Map([...before, ...after])].flatMap(([name, [source]]) => {
    const [was, is] = [remoteKeysOf(before.get(name)), remoteKeysOf(after.get(name))];
    const added = notIn(was, is);
    const removed = notIn(is, was);
    if (source === undefined || added.length + removed.length === 0) return [];
    return [{ source: objectText(source), added, removed }];
  });
}

function remoteKeysOf(sources: readonly FlowSource[] = []): string[] {
  return sources.flatMap(({ remoteKeys }) => remoteKeys);
}

function notIn(known: readonly string[], keys: readonly string[]): string[] {
  const all = new Set(known);
  return keys.filter(key => !all.has(key));
}

/** Several makers may fetch from one store. */
function sourcesOf(secret: FlowSecret | undefined): Map<string, FlowSource[]> {
  const all = (secret?.makers ?? []).flatMap(({ sources }) => sources);
  return groupBy(all, ({ kind, namespace = '', name }) => `${kind}/${namespace}/${name}`);
}

/** When it is fetched, where that changes: `1h0m0s → 30m0s`. */
export function refreshChange({ base, head }: SecretEffect): string | undefined {
  if (base === undefined || head === undefined) return undefined;
  const [was, is] = [base, head].map(({ makers }) =>
    makers.flatMap(({ refresh = [] }) => refresh).join(', '),
  );
  return was === is || was === '' || is === '' ? undefined : `${was} → ${is}`;
}

/** What of a Secret is not as it was, apart from its values: `keys and readers`. */
function changedParts(effect: SecretEffect): readonly string[] {
  const { base, head, addedKeys, removedKeys } = effect;
  const readers = [base, head].map(secret => JSON.stringify(secret?.readers));
  return [
    ...(addedKeys.length + removedKeys.length > 0 || base?.isOpen !== head?.isOpen ? ['keys'] : []),
    ...(refreshChange(effect) === undefined ? [] : ['refresh']),
    ...(readers[0] === readers[1] ? [] : ['readers']),
  ];
}
