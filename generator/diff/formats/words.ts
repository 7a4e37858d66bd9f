import { shownNumber } from '../../capacity/formats.ts';
import type { ObjectName, Place } from '../../core/finding.ts';
import { groupBy } from '../../core/json.ts';
import type { FlowSecret, FlowSource } from '../../report/flow.ts';
import { oneLine, shortened, objectText as textOf } from '../../report/text.ts';
import {
  type Acknowledgement,
  type AwsCalls,
  type BrokenSide,
  type EnvironmentReview,
  isOpen,
  isWhole,
  type Review,
  type SecretEffect,
} from '../review.ts';
import { LEVELS } from '../risk.ts';

/** `origin/main → the working tree: 1 block, 2 warn; 3 added, 4 changed`. */
export function summaryLine(review: Review): string {
  const { base, head } = review;
  const unread = unreadText(review);
  const rest = unread === '' ? '' : `; ${unread}`;
  return `${oneLine(base)} → ${oneLine(head)}: ${levelsText(review)}; ${objectsText(review)}${rest}`;
}

/** `1 block, 2 warn`: the risks that nobody acknowledged. */
export function levelsText(review: Review): string {
  const open = review.risks.filter(isOpen);
  const levels = LEVELS.map(level => ({
    count: open.filter(risk => risk.level === level).length,
    word: level,
  }));
  return listed(levels) || (isWhole(review) ? 'no risks' : 'no risks in what was read');
}

/** `3 added, 4 changed; 2 written differently and the same`. */
export function objectsText({ environments }: Review): string {
  const sum = (field: 'added' | 'removed' | 'changed' | 'noise'): number =>
    environments.reduce((total, environment) => total + environment[field], 0);
  const objects = (['added', 'removed', 'changed'] as const).map(field => ({
    count: sum(field),
    word: field,
  }));
  const noise = sum('noise');
  const text = listed(objects) || 'no object changes';
  return noise > 0 ? `${text}; ${noise} written differently and the same` : text;
}

function listed(counts: readonly { readonly count: number; readonly word: string }[]): string {
  return counts
    .filter(({ count }) => count > 0)
    .map(({ count, word }) => `${count} ${word}`)
    .join(', ');
}

/** `3 units were not read`; nothing where all were. */
export function unreadText(review: Review): string {
  const units = unreadUnits(review).length;
  if (units === 0) return '';
  return units === 1 ? '1 unit was not read' : `${units} units were not read`;
}

/** A unit that could not be read, and is compared on neither side. */
export interface UnreadUnit {
  /** Empty for the folder that was asked for. */
  readonly environment: string;
  /** The sides that the reason is true of. */
  readonly sides: Sides;
  /** The first sentence of the first reason. */
  readonly reason: string;
  readonly at?: Place;
  /** What to do, at the first unit that has it to do. */
  readonly hint?: string;
  /** How many reasons there are besides, and of which sides. */
  readonly more: number;
  readonly moreSides: Sides;
}

type Sides = BrokenSide['side'] | 'both';

/** The units that could not be read, one entry each, in the order of the review. */
export function unreadUnits({ broken }: Review): UnreadUnit[] {
  const told = new Set<string>();
  return [...groupBy(broken, ({ environment }) => environment)].map(([environment, all]) => {
    const reasons = groupBy(all, ({ finding }) => finding.message);
    const [[message, own] = ['', []], ...others] = reasons;
    const { at, hint = '' } = (own.find(({ side }) => side === 'head') ?? own[0])?.finding ?? {};
    const isNew = hint !== '' && !told.has(hint);
    told.add(hint);
    return {
      environment,
      sides: sidesOf(own),
      reason: firstSentence(message),
      ...(at !== undefined && { at }),
      ...(isNew && { hint }),
      more: others.length,
      moreSides: sidesOf(others.flatMap(([, other]) => other)),
    };
  });
}

function sidesOf(broken: readonly BrokenSide[]): Sides {
  const [side = 'head', other] = new Set(broken.map(one => one.side));
  return other === undefined ? side : 'both';
}

function firstSentence(text: string): string {
  const [line = ''] = text.split('\n', 1);
  return (/^.*?[.!?](?=\s+[A-Z"])/.exec(line)?.[0] ?? line).replace(/\.$/, '');
}

/** A unit by its name, or as the side that it is all of. */
export function unreadName({ environment, sides }: UnreadUnit): string {
  if (environment !== '') return oneLine(environment);
  return sides === 'both' ? 'both sides' : `the ${sides} side`;
}

/** Of which side alone it could not be read, and what else is wrong: ` (base side; 2 more reasons on the head side)`. */
export function unreadNote({ environment, sides, more, moreSides }: UnreadUnit): string {
  const where = moreSides === sides || moreSides === 'both' ? '' : ` on the ${moreSides} side`;
  const parts = [
    ...(sides === 'both' || environment === '' ? [] : [`${sides} side`]),
    ...(more === 0 ? [] : [`${more === 1 ? '1 more reason' : `${more} more reasons`}${where}`]),
  ];
  return parts.length === 0 ? '' : ` (${parts.join('; ')})`;
}

/** The environments that a reader looks at one by one, and how many there are besides. */
export interface ToldEnvironments {
  readonly told: readonly EnvironmentReview[];
  /** Nothing changes in these, and nothing was found. */
  readonly quiet: number;
}

/** Of the environments those with changes, risks or findings, and those that were not read. */
export function toldEnvironments({ environments, findings }: Review): ToldEnvironments {
  const found = new Set(findings.flatMap(finding => finding.environments));
  const told = environments.filter(
    ({ name, presence, added, removed, changed, risks }) =>
      presence !== 'both' ||
      found.has(name) ||
      added + removed + changed + risks.block + risks.high + risks.warn > 0,
  );
  return { told, quiet: environments.length - told.length };
}

/** `247 units without changes`; nothing where all are told of. */
export function quietText({ quiet }: ToldEnvironments): string {
  if (quiet === 0) return '';
  return quiet === 1 ? '1 unit without changes' : `${quiet} units without changes`;
}

/** `Deployment shop/web`, on one line whatever the names hold. */
export function objectText(object: ObjectName): string {
  return oneLine(textOf(object));
}

/** `shop/login`, or the name alone where no namespace is given. */
export function secretText({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): string {
  return oneLine(namespace === '' ? name : `${namespace}/${name}`);
}

/** `dev, prod`; nothing where manifests belong to no environment. */
export function namesOf(environments: readonly string[]): string {
  return shortened(environments.filter(name => name !== '').map(oneLine)).join(', ');
}

/** A unit by its name; without one it is the folder that was asked for. */
export function unitText(environment: string): string {
  return environment === '' ? 'the folder itself' : oneLine(environment);
}

/** `base side of prod`. */
export function sideText(side: 'base' | 'head', environment: string): string {
  return environment === '' ? `${side} side` : `${side} side of ${environment}`;
}

/** `a, b and c`. */
export function inWords(texts: readonly string[]): string {
  const [last = '', ...others] = texts.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}

/** A text as a sentence. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** In words, what is wrong with an acknowledgement that no risk needs. */
export function unusedText({ rule, object, environment }: Acknowledgement): string {
  const where = environment === undefined ? '' : ` in ${environment}`;
  return `nothing is acknowledged here: "${object}" has no risk "${rule}"${where}; remove the entry, or mend the name: Kind/namespace/name`;
}

/** `720 calls of AWS a month become 1,440, and $0.40 become $0.80`. */
export function callsText({ base, head }: AwsCalls): string {
  const calls =
    base.calls === head.calls
      ? `${shownNumber(base.calls)} calls of AWS a month, as before`
      : `${shownNumber(base.calls)} calls of AWS a month become ${shownNumber(head.calls)}`;
  const [before, after] = [base, head].map(({ dollars }) => `$${dollars.toFixed(2)}`);
  return base.dollars === 0 && head.dollars === 0
    ? calls
    : `${calls}, and ${before} become ${after}`;
}

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

/** When it is fetched, where that changes: `1h0m0s → 30m0s`. */
export function refreshChange({ base, head }: SecretEffect): string | undefined {
  if (base === undefined || head === undefined) return undefined;
  const [was, is] = [base, head].map(({ makers }) =>
    makers.flatMap(({ refresh = [] }) => refresh).join(', '),
  );
  return was === is || was === '' || is === '' ? undefined : `${was} → ${is}`;
}

/** A store, or a generator, and what of it comes and goes. */
interface SourceChange {
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
